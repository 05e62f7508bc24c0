"""validity/needless-policy: what one policy of a principal allows, another one allows already.

Told of a policy whose every statement is covered, and of single statements of inline policies,
which are their principal's alone. A managed policy serves others too, who may need all of it.
"""

from collections.abc import Iterator
from functools import lru_cache

from leastwise.iam.policy import Statement
from leastwise.iam.project import Attachment, Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.emptiness import bits_of, sum_of
from leastwise.rules.python.validity.implied import is_implied
from leastwise.source.span import Span

_MOST_PAIRS = 200
"""Policies of one principal that are held against each other."""
_MOST_STATEMENTS = 200
"""Comparisons of statements of two policies."""


def decide(case: Case) -> tuple[Hit, ...]:
    """Report each policy of a principal that adds nothing to another one."""
    return tuple(_found(case)) if case.principal is not None else ()


def _found(case: Case) -> Iterator[Hit]:
    held = list({id(a.policy): a for a in case.attachments}.values())
    pairs = ((a, b) for a in enumerate(held) for b in enumerate(held) if a[0] != b[0])
    done: set[int] = set()
    for count, ((number, own), (by, wide)) in enumerate(pairs):
        if count >= _MOST_PAIRS:
            return
        if number in done or own.via is not None or _is_given(own.policy):
            continue
        if not _may_cover(own.policy, wide.policy):
            continue
        covered = covered_statements(own.policy, wide.policy)
        if not covered:
            continue
        whole = _is_whole(own.policy, covered)
        if whole and by > number and _is_whole(wide.policy, _back(own, wide)):
            continue  # of two that allow the same, the first stays
        if whole or (own.how == "inline" and wide.how == "managed"):
            done.add(number)
            yield _hit(own, wide, covered, whole=whole)


def _is_given(policy: Policy) -> bool:
    """Say whether a policy is one of those for service roles, which tools attach unasked.

    AWS SAM gives the role of a function AWSLambdaBasicExecutionRole beside what it is told to.
    """
    arn = "" if policy.arn is None else str(policy.arn)
    return policy.aws_managed and arn.split("/")[1:2] == ["service-role"]


def _back(own: Attachment, wide: Attachment) -> tuple[int, ...]:
    return covered_statements(wide.policy, own.policy)


@lru_cache(maxsize=8192)
def _allowed(policy: Policy) -> int:
    return sum_of(s for s in policy.document.statements if s.effect == "Allow")


def _may_cover(own: Policy, wide: Policy) -> bool:
    """Say quickly whether some of the actions of a policy are among those of another."""
    return bool(_allowed(own) & _allowed(wide)) and own.document.version == wide.document.version


@lru_cache(maxsize=8192)
def covered_statements(own: Policy, wide: Policy) -> tuple[int, ...]:
    """Return the indexes of Allow statements of a policy that one of another's covers."""
    candidates = [s for s in wide.document.statements if s.effect == "Allow"]
    found: list[int] = []
    tried = 0
    for number, statement in enumerate(own.document.statements):
        bits = bits_of(statement) if statement.effect == "Allow" else 0
        for other in candidates if bits else ():
            if bits & ~bits_of(other):
                continue
            tried += 1
            if tried > _MOST_STATEMENTS:
                return tuple(found)
            if is_implied(statement, other) and not _is_same_place(statement, other):
                found.append(number)
                break
    return tuple(found)


def _is_same_place(statement: Statement, other: Statement) -> bool:
    """Say whether both are instances of one text, which can't be written once."""
    return statement.span is not None and statement.span == other.span


def _is_whole(policy: Policy, covered: tuple[int, ...]) -> bool:
    document = policy.document
    return document.opaque is None and 0 < len(document.statements) == len(covered)


def _hit(own: Attachment, wide: Attachment, covered: tuple[int, ...], *, whole: bool) -> Hit:
    policy, name = own.policy, _name(wide.policy)
    what = f"policy {_name(policy)}"
    if not whole:
        shown = ", ".join(str(n + 1) for n in covered[:5]) + (", ..." if len(covered) > 5 else "")
        what = f"statement{'s' if len(covered) > 1 else ''} {shown} of {what}"
    verb = "add" if len(covered) > 1 and not whole else "adds"
    message = f"{what} {verb} nothing for {{subject}}: {name}, which it has too, allows all of it"
    certain = not any(policy.document.statements[n].when for n in covered)
    return Hit(
        "note",
        "proven" if certain else "possible",
        (),
        message,
        span=_place(own, covered, whole=whole),
        key=(_name(policy), name),
    )


def _place(own: Attachment, covered: tuple[int, ...], *, whole: bool) -> Span | None:
    if whole and own.how == "managed":
        return own.span or own.policy.span
    return own.policy.document.statements[covered[0]].span or own.policy.span


def _name(policy: Policy) -> str:
    if policy.aws_managed and policy.arn is not None:
        return str(policy.arn).rpartition("/")[2]
    return str(policy.name) if policy.name is not None and policy.name.literal else policy.address
