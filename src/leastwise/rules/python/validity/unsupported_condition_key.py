"""validity/unsupported-condition-key: a condition on a key that these requests never carry.

Which actions carry which keys is in the Service Authorization Reference, of which each action
stands for itself and for the resource types it takes. Only conditions that are false without the
key are judged.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

SOUND: what the index does not know may carry the key.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from leastwise.iam.policy import PrincipalEntry, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.tag_support import without_tags
from leastwise.rules.python.validity.written_condition import (
    Written,
    is_negated,
    needs_key,
    of_key,
    written,
)
from leastwise.semantics.actions import action_index, asked_bits, carries, info, is_listed_key
from leastwise.semantics.condition_keys import ConditionKey, is_claim

if TYPE_CHECKING:
    from leastwise.rules.model import Level

_MOST = 400
"""Actions that are looked at one by one; what matches more of them is taken to carry the key."""
_SHOWN = 3
_SESSION_TAGS = ("aws:requesttag/", "aws:tagkeys", "sts:transitivetagkeys")
_TAG_SESSION = "sts:TagSession"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each condition that the statement's requests can't meet."""
    return reported([issue for found in written(case) for issue in _issues(found, case)], case)


def _issues(found: Written, case: Case) -> Iterator[Issue]:
    if needs_key(found.condition):
        yield from _actions(found)
        yield from _tags(found)
        yield from _services(found)
        yield from _session_tags(found, case)
    yield from _networks(found)
    yield from _own_resource(found, case)


def _actions(found: Written) -> Iterator[Issue]:
    key = found.key
    if key is None or key.name.startswith("aws:") or key.traits & {"everywhere", "unlisted"}:
        return
    globs = _globs(found.statement)
    if is_claim(found.name) or globs is None or not is_listed_key(key.name):
        # SOUND: where the reference lists the key for no action, nobody says who sends it.
        return
    without = [glob for glob in globs if not _carries(glob, key, found.name)]
    if not without:
        return
    none = len(without) == len(globs)
    names = ", ".join(without[:_SHOWN]) + (", ..." if len(without) > _SHOWN else "")
    does = "denied" if found.statement.effect == "Deny" else "allowed"
    message = f"{{subject}} tests {found.shown}, which requests of {names} never carry, so that"
    end = "nothing is" if none else "they are never"
    level: Level = "warning" if none else "note"
    code = "UNSUPPORTED_ACTION_FOR_CONDITION_KEY"
    yield of_key(found, code, level, f"{message} {end} {does} here")


def _globs(statement: Statement) -> tuple[str, ...] | None:
    """Return the Action entries; None where they are not all known, or it is a NotAction."""
    actions = statement.actions
    globs = tuple(glob.literal for glob in actions.globs if glob.literal is not None)
    if actions.negated or actions.tail is not None or len(globs) != len(actions.globs):
        return None
    return globs or None


def _carries(glob: str, key: ConditionKey, name: str) -> bool:
    bits = action_index().bits(glob)
    if not bits or bits.bit_count() > _MOST:
        return True
    return any(_carried_by(action, key, name) for action in action_index().names(bits))


def _carried_by(action: str, key: ConditionKey, name: str) -> bool:
    known = info(action)
    if known is None or carries(known, name) or key.name.lower() in known.condition_keys:
        return True
    return any(k.endswith(":") and name.startswith(k) for k in known.condition_keys)


def _tags(found: Written) -> Iterator[Issue]:
    services = without_tags(found)
    if not services:
        return
    effect = found.statement.effect
    negated = "NOTACTION_" if found.statement.actions.negated else ""
    code = f"{effect.upper()}_{negated}WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
    does = "denied" if effect == "Deny" else "allowed"
    message = (
        f"{{subject}} tests {found.shown}, which requests to {services} never carry,"
        f" so that they are never {does} here"
    )
    whole = effect == "Deny" and not negated
    yield of_key(found, code, "warning" if whole else "note", message)


def _services(found: Written) -> Iterator[Issue]:
    principals = found.statement.principals
    if principals is None or principals.negated or principals.tail is not None:
        return
    if not found.has("of-people") or not principals.entries:
        return
    if found.name.startswith("aws:principaltag/") and any(map(_tags_callers, principals.entries)):
        return
    if all(entry.type == "Service" for entry in principals.entries):
        message = (
            f"{{subject}} tests {found.shown}, which AWS services that call for themselves"
            " never carry, so that the statement never holds for them"
        )
        yield of_key(found, "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", "warning", message)


def _tags_callers(entry: PrincipalEntry) -> bool:
    """Say whether a service makes principal tags of the certificate that it is shown.

    https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
    """
    return (entry.pattern.literal or "").lower().startswith("rolesanywhere.amazonaws.com")


def _session_tags(found: Written, case: Case) -> Iterator[Issue]:
    if case.policy is None or case.policy.kind != "trust" or found.statement.effect != "Allow":
        return
    if not found.name.startswith(_SESSION_TAGS):
        return
    statements = case.policy.document.statements
    if any(_may_tag(s) for s in statements) or case.policy.document.opaque is not None:
        return
    message = (
        f"{{subject}} tests {found.shown}, which only sessions with tags carry, but allows"
        " sts:TagSession to nobody"
    )
    yield of_key(found, "MISSING_ACTION_FOR_CONDITION_KEY", "warning", message)


def _may_tag(statement: Statement) -> bool:
    if statement.effect == "Deny":
        return False
    actions = statement.actions
    literal = tuple(glob.literal for glob in actions.globs if glob.literal is not None)
    if actions.tail is not None or len(literal) != len(actions.globs):
        return True
    matched = bool(asked_bits(literal) & asked_bits((_TAG_SESSION,)))
    return matched != actions.negated


def _networks(found: Written) -> Iterator[Issue]:
    """Find keys of networks that only some services send.

    A Deny that spares one network also hits every request that does not carry the key.
    """
    key = found.key
    globs = _globs(found.statement)
    if key is None or not key.services or globs is None:
        return
    prefixes = {glob.partition(":")[0].lower() for glob in globs}
    others = sorted(prefixes - key.services)
    if not others or not (needs_key(found.condition) or is_negated(found.condition)):
        return
    locks = found.statement.effect == "Deny" and is_negated(found.condition)
    names = ", ".join("every service" if p == "*" else p for p in others[:_SHOWN])
    message = (
        f"{{subject}} tests {found.shown} in requests to {names},"
        " but only some services send this key"
    )
    locked = locks and not found.condition.operator.if_exists
    code = "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES"
    yield of_key(found, code, "warning" if locked else "note", message)


def _own_resource(found: Written, case: Case) -> Iterator[Issue]:
    if case.policy is None or case.policy.kind != "resource" or not found.has("own-resource"):
        return
    message = (
        f"{{subject}} tests {found.shown}, which is the same in every request: the policy is"
        " of one resource, in one account"
    )
    yield of_key(found, "IRRELEVANT_CONDITION_KEY_IN_POLICY", "note", message)
