"""Find actions that AWS does not have: nothing is granted, and nothing denied, by their names.

IAM stores a policy with a name it does not know, so most of these are warnings: what was meant is
known. Where it is not, the action may be newer than the data, and it is a note. Refused is only
what is no name of an action at all:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
"""

from collections.abc import Iterator

from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.semantics.action_length import is_too_long
from leastwise.semantics.action_names import meant, service_meant
from leastwise.semantics.actions import action_index, data_date

_MOST_MEANT = 100
"""Names of one document for which it is asked what was meant; of the rest it is not."""
_VENDOR = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.*?")
_PLACEHOLDERS = ("<", ">", "{", "}", "%", "$", "[", "]")


def decide(case: Case) -> tuple[Hit, ...]:
    """Report the actions of a document that AWS does not have."""
    return () if case.policy is None else reported(_issues(case.policy.document), case)


def _issues(document: PolicyDocument) -> Iterator[Issue]:
    asked: set[str] = set()
    told: set[str] = set()
    for number, statement in enumerate(document.statements):
        for pattern in statement.actions.globs:
            name = _unknown(pattern)
            if name is None:
                continue
            asked.add(name.lower())
            ask = len(asked) <= _MOST_MEANT
            code, level, message = _malformed(name) or _told(name, statement, ask=ask)
            outcome = _outcome(statement, level)
            if code == _NO_SERVICE:
                prefix = name.partition(":")[0].lower()
                if prefix in told:
                    continue
                told.add(prefix)
            yield Issue(
                code,
                level,
                f"the action {name!r} in {{subject}} {message}{outcome}",
                pattern.span,
                number,
                (name.lower(),),
            )


def _unknown(pattern: Pattern) -> str | None:
    """Return an action that no known one is or matches; None: it may be one."""
    name = pattern.literal
    if not name or not name.strip("*") or any(c in name for c in _PLACEHOLDERS):
        return None
    if is_too_long(name):
        return None
    return None if action_index().bits(name) else name


def _malformed(name: str) -> tuple[str, Level, str] | None:
    """Say what is no name of an action, known or not."""
    prefix, colon, rest = name.partition(":")
    if not colon:
        message = "names no service: write service:action"
    elif ":" in rest:
        message = "has more than one colon: write service:action"
    elif not set(prefix.lower()) <= _VENDOR:
        message = f"names a service with a character that none has: {prefix!r}"
    else:
        return None
    return "INVALID_ACTION", "error", message


def _told(name: str, statement: Statement, *, ask: bool) -> tuple[str, Level, str]:
    prefix, _, _ = name.partition(":")
    known = prefix.lower() in action_index().services
    code = "INVALID_ACTION" if known or "*" in prefix or "?" in prefix else _NO_SERVICE
    near = service_meant(prefix) if ask and code == _NO_SERVICE else None
    if near is not None:
        return code, "warning", f"names no service (did you mean {near!r}?)"
    found = meant(name) if ask else None
    if found is not None:
        harm = found.sure and not _has(statement, found.actions)
        return code, "warning" if harm else "note", found.words
    what = "no service of AWS has that prefix" if code == _NO_SERVICE else "AWS has none like it"
    return code, "note", f"is not known: {what} in the data of {data_date()}"


def _has(statement: Statement, actions: tuple[str, ...]) -> bool:
    """Say whether a statement names what was meant, too: then nothing is lost."""
    index = action_index()
    bits = 0
    for pattern in statement.actions.globs:
        bits |= index.bits(pattern.literal or "")
    return all(index.bits(action) & bits for action in actions)


_NO_SERVICE = "INVALID_SERVICE_IN_ACTION"


def _outcome(statement: Statement, level: Level) -> str:
    if level == "error":
        return "; IAM refuses the policy"
    if level == "note":
        return ""
    actions: Patterns = statement.actions
    if actions.negated:
        return "; it excepts nothing"
    return "; it denies nothing" if statement.effect == "Deny" else "; it grants nothing"
