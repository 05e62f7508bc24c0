"""Find resources that no action of their statement takes, and actions that none of them fits.

An Allow of the one grants nothing on it, a Deny of the other denies nothing. What an action takes
is the Service Authorization Reference's word:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
An action that takes no resource is allowed on ``*`` only:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
Amazon S3 refuses the policy of a bucket for that ("Action does not apply to any resource(s) in
statement"). Of other resource policies, ``unsupported_in_policy`` tells what is wrong.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from leastwise.iam.arns import segments, spelled
from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, Statement
from leastwise.iam.project import Resource
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.arn_forms import misfits, takes
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written_arn import WrittenArn, is_blank, is_known, written_arn
from leastwise.semantics.actions import action_index
from leastwise.semantics.arn_formats import formats_of, formats_of_actions, formats_of_service
from leastwise.source.span import Span

_FIELDS = 6
_MOST_ACTIONS = 2_000
"""Actions that a statement names beyond which it takes too many resources to name a wrong one."""
_MOST_ENTRIES = 400
"""Entries of a statement beyond which they are not held against each other."""
_SHOWN = 3
_JUDGED = ("identity", "boundary", "session", "scp", "rcp", "resource")
_COMPLETE = frozenset({"ec2", "kms", "sts"})
"""Services of which it is known that an action without resources in the reference takes none."""
_FREE = frozenset({"execute-api"})
"""Services whose ARNs may end early, so that no form is theirs."""


class _Named(NamedTuple):
    """Hold a Resource entry that is an ARN, as it is written and as it is read."""

    pattern: Pattern
    arn: WrittenArn


def decide(case: Case) -> tuple[Hit, ...]:
    """Report the statements of a document whose actions and resources do not go together."""
    policy = case.policy
    if policy is None or policy.kind not in _JUDGED:
        return ()
    if policy.kind != "resource":
        return reported(_issues(policy.document), case)
    if not _is_of_bucket(case.view.carriers.get(id(policy))):
        return ()
    return reported(map(_of_bucket, _issues(policy.document)), case)


def _is_of_bucket(carrier: Resource | None) -> bool:
    """Say whether a policy is that of a bucket."""
    parts = segments(carrier.arn) if carrier is not None and carrier.arn is not None else []
    return len(parts) == _FIELDS and spelled(parts[2]) == "s3" and not parts[4]


def _of_bucket(issue: Issue) -> Issue:
    """Raise the level: a statement that grants nothing is refused, an action that does may be."""
    match issue.key[0]:
        case "all":
            return issue._replace(level="error")
        case "action":
            return issue._replace(level="warning")
        case _:
            return issue


def _issues(document: PolicyDocument) -> Iterator[Issue]:
    for number, statement in enumerate(document.statements):
        named = _named(statement, document)
        actions = _actions(statement)
        if not named or not actions:
            continue
        useless = _useless(actions, named)
        if useless and len(useless) == len(named):
            yield _all_useless(statement, number, useless)
            continue
        yield from _useless_resources(statement, number, useless, named)
        yield from _useless_actions(statement, number, named)


def _useless(actions: tuple[str, ...], named: list[_Named]) -> list[_Named]:
    """Return the resources that none of the actions takes, as far as the reference tells."""
    if not all(map(_is_reliable, actions)):
        return []
    formats = formats_of_actions(actions)
    return [one for one in named if not takes(formats, one.arn)]


def _named(statement: Statement, document: PolicyDocument) -> list[_Named]:
    """Return the ARNs of a statement; none where an entry is not known to be an ARN."""
    resources = statement.resources
    if resources is None or resources.negated or resources.tail is not None:
        return []
    found = []
    for pattern in resources.globs[: _MOST_ENTRIES + 1]:
        arn = written_arn(pattern, document)
        if arn is None or not _is_judged(arn):
            return []
        found.append(_Named(pattern, arn))
    return found if len(found) <= _MOST_ENTRIES else []


def _is_judged(arn: WrittenArn) -> bool:
    """Say whether an entry is an ARN of a known service that names something."""
    if len(arn.parts) < _FIELDS or not arn.sure or arn.parts[0] != "arn":
        return False
    service = arn.parts[2].lower()
    if not is_known(service) or service in _FREE or is_blank(arn.parts[5]):
        return False
    if not formats_of_service(service):
        return False
    return next(misfits(arn), None) is None


def _actions(statement: Statement) -> tuple[str, ...]:
    """Return the actions of a statement as globs; none where some are not known, or all are."""
    actions = statement.actions
    if actions.negated or actions.tail is not None or len(actions.globs) > _MOST_ENTRIES:
        return ()
    index, count, found = action_index(), 0, []
    for pattern in actions.globs:
        literal = pattern.literal
        bits = 0 if literal is None else index.bits(literal)
        if literal is None or not bits:
            return ()
        count += bits.bit_count()
        found.append(literal.lower())
    return tuple(dict.fromkeys(found)) if count <= _MOST_ACTIONS else ()


@lru_cache(maxsize=4096)
def _is_reliable(glob: str) -> bool:
    """Say whether the reference is to be believed on what the actions take that a glob matches.

    It lags behind where it has no resource of an action, or those of other services among them:
    policies of AWS's own name others.
    """
    names = action_index().matching(glob)
    owners = [
        (name.partition(":")[0].lower(), f.service) for name in names for f in formats_of(name)
    ]
    if not owners:
        return all(name.partition(":")[0].lower() in _COMPLETE for name in names)
    return all(own in (service, "sts") for own, service in owners)


def _all_useless(statement: Statement, number: int, useless: list[_Named]) -> Issue:
    several = len(useless) > 1
    verb = "denies" if statement.effect == "Deny" else "grants"
    return Issue(
        "",
        "warning",
        f"a statement of {{subject}} {verb} nothing: {_actions_named(statement)}"
        f" on {'resources' if several else 'a resource'} of another kind,"
        f" {_listed([one.pattern for one in useless])}",
        _span(useless[0].pattern, statement),
        number,
        ("all", *(str(one.pattern) for one in useless[:_SHOWN])),
    )


def _useless_resources(
    statement: Statement, number: int, useless: list[_Named], named: list[_Named]
) -> Iterator[Issue]:
    """Tell of resources beside others that the actions take: they do no harm."""
    wider = {f"{one.arn.text.removesuffix('/*')}" for one in named if one not in useless}
    for one in useless:
        if one.arn.text in wider:
            continue  # a bucket beside its objects: written for actions that may come
        verb = "denies" if statement.effect == "Deny" else "allows"
        yield Issue(
            "",
            "note",
            f"no action of a statement of {{subject}} takes the resource {str(one.pattern)!r},"
            f" so that it {verb} nothing on it",
            _span(one.pattern, statement),
            number,
            ("resource", str(one.pattern)),
        )


def _useless_actions(statement: Statement, number: int, named: list[_Named]) -> Iterator[Issue]:
    """Tell of actions that take none of the resources, though others do."""
    useless = [
        pattern for pattern in statement.actions.globs if not _is_taken(_lower(pattern), named)
    ]
    if not useless:
        return
    verb = "denies" if statement.effect == "Deny" else "grants"
    yield Issue(
        "",
        "warning" if verb == "denies" else "note",
        f"a statement of {{subject}} {verb} nothing with {_listed(useless)}:"
        f" no resource of it is one that {'they take' if len(useless) > 1 else 'it takes'}",
        _span(useless[0], statement),
        number,
        ("action", *(str(pattern) for pattern in useless[:_SHOWN])),
    )


def _is_taken(glob: str, named: list[_Named]) -> bool:
    """Say whether some of the resources is one that the actions take; so it is when in doubt."""
    formats = formats_of_actions((glob,))
    return not _is_reliable(glob) or any(takes(formats, one.arn) for one in named)


def _lower(pattern: Pattern) -> str:
    return (pattern.literal or "").lower()


def _actions_named(statement: Statement) -> str:
    actions: Patterns = statement.actions
    return _listed(list(actions.globs))


def _listed(patterns: list[Pattern]) -> str:
    names = [str(pattern) for pattern in patterns]
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _span(pattern: Pattern, statement: Statement) -> Span | None:
    """Return where an entry is written in its statement, the statement where it is elsewhere."""
    whole = statement.span
    span = pattern.span
    if span is None or whole is None or span.path != whole.path:
        return whole
    return span if whole.start <= span.start < whole.end else whole
