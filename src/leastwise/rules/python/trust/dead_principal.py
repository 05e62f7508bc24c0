"""trust/dead-principal: a principal that nobody can be.

When a user or role is deleted, AWS shows its unique id in its place, and a new one of the same
name is somebody else. Principals of another partition cannot assume a role.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

from collections.abc import Iterator

from leastwise.iam.arns import partition_of
from leastwise.iam.policy import Pattern, PrincipalEntry, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.ways import entry_span

DELETED = "{subject} names the principal {principal}, which was deleted"
ELSEWHERE = "{subject} names {principal}, but a principal of {other} can't assume a role of {own}"
_UNIQUE = ("AIDA", "AROA")
"""How the unique ids of users and roles start."""
_SHORTEST = 12


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each principal of a trust policy that is dead."""
    policy = case.policy
    if policy is None or policy.kind != "trust" or policy.consumption == "ignored":
        return ()
    own = None if case.principal is None else partition_of(case.principal.arn)
    found: dict[str, Hit] = {}
    for index, statement in enumerate(policy.document.statements):
        for entry in _entries(statement):
            hit = _dead(entry, own)
            if hit is not None:
                placed = hit._replace(statements=(index,), span=entry_span(entry))
                found.setdefault(str(entry.pattern), placed)
    return tuple(found.values())


def _entries(statement: Statement) -> Iterator[PrincipalEntry]:
    principals = statement.principals
    for entry in principals.entries if principals is not None else ():
        if entry.type == "AWS" and not statement.when:
            yield entry


def _dead(entry: PrincipalEntry, own: str | None) -> Hit | None:
    name = str(entry.pattern)
    if is_unique_id(entry.pattern):
        return Hit("note", "proven", (), DELETED, words={"principal": name}, key=(name,))
    other = partition_of(entry.pattern)
    if own is None or other is None or other == own or not other.startswith("aws"):
        return None
    if not own.startswith("aws"):
        return None
    words = {"principal": name, "other": other, "own": own}
    return Hit("note", "proven", (), ELSEWHERE, words=words, key=(name,))


def is_unique_id(principal: Pattern) -> bool:
    """Say whether a principal is the unique id of a user or role."""
    text = principal.literal or ""
    plain = text.isascii() and text.isalnum() and text.isupper()
    return plain and text.startswith(_UNIQUE) and len(text) >= _SHORTEST
