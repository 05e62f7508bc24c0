"""Index the principals of a project, so that no question is put to each pair of them.

Sets of principals are integers, one bit for each in the order of the project. What a string in a
policy may name is found by its characters, not by trying it on everybody.
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

from leastwise.iam.policy import Pattern
from leastwise.iam.project import (
    Account,
    Policy,
    Principal,
    PrincipalKind,
    Project,
    same_account,
)
from leastwise.semantics.aws_owned import is_refused
from leastwise.semantics.pattern import Variable, split_variables
from leastwise.semantics.readings import resource_matches
from leastwise.source.value import Symbol

Bits = int
_LAST = chr(0x10FFFF)
_ATTACH = "iam:AttachRolePolicy"
_COLONS = 5


def members_of(bits: Bits) -> Iterator[int]:
    """Yield the numbers in a set, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


class People:
    """Hold the principals of a project by what finds them."""

    def __init__(self, project: Project) -> None:
        """Take the principals in; indexes are made when they are first needed."""
        self.principals = project.principals
        self._numbers = {id(p): n for n, p in enumerate(project.principals)}

    def number(self, principal: Principal) -> int | None:
        """Return the number of a principal of the project, or None."""
        return self._numbers.get(id(principal))

    def of_kind(self, kind: PrincipalKind) -> Bits:
        """Return everybody of a kind."""
        return self._kinds.get(kind, 0)

    @cached_property
    def _kinds(self) -> dict[PrincipalKind, Bits]:
        found: dict[PrincipalKind, Bits] = {}
        for n, one in enumerate(self.principals):
            found[one.kind] = found.get(one.kind, 0) | 1 << n
        return found

    @cached_property
    def _accounts(self) -> dict[Account, Bits]:
        rows: dict[Account, list[int]] = {}
        for n, one in enumerate(self.principals):
            rows.setdefault(one.id.account, []).append(n)
        return {account: bits_of(numbers) for account, numbers in rows.items()}

    def in_account(self, account: Account, relation: str) -> Bits:
        """Return everybody whose account is the same as one: yes, no or unknown."""
        key = account, relation
        if key not in self._related:
            alike = (b for a, b in self._accounts.items() if same_account(account, a) == relation)
            self._related[key] = _union(alike)
        return self._related[key]

    @cached_property
    def _related(self) -> dict[tuple[Account, str], Bits]:
        return {}

    def named(self, glob: Pattern) -> Bits:
        """Return everybody whose ARN a Resource string matches, or may match.

        SOUND: over-approximates; whether a grant is meant is asked of the engine.
        """
        key = glob.pieces
        if key not in self._named:
            self._named[key] = self._find(glob)
        return self._named[key]

    @cached_property
    def _named(self) -> dict[object, Bits]:
        return {}

    def addressed(self, addresses: tuple[str, ...], account: Account) -> Bits:
        """Return who is called by one of some addresses, in one account."""
        if not addresses:
            return 0
        rows = [n for n, one in enumerate(self.principals) if one.address in addresses]
        return bits_of(rows) & self.in_account(account, "yes")

    @cached_property
    def reserved(self) -> Bits:
        """Return the roles of IAM Identity Center, which only AWS may change."""
        return bits_of([n for n, one in enumerate(self.principals) if _is_reserved(one.arn)])

    @cached_property
    def holders(self) -> dict[Pattern, Bits]:
        """Return who holds each customer managed policy, by the policy's ARN."""
        rows: dict[Pattern, list[int]] = {}
        for n, one in enumerate(self.principals):
            for policy in managed_by_customer(one):
                if policy.arn is not None:
                    rows.setdefault(policy.arn, []).append(n)
        return {arn: bits_of(numbers) for arn, numbers in rows.items()}

    @cached_property
    def bounds(self) -> dict[Pattern, Bits]:
        """Return who is bounded by each customer managed policy, by the policy's ARN."""
        rows: dict[Pattern, list[int]] = {}
        for n, one in enumerate(self.principals):
            policy = None if one.boundary is None else one.boundary.policy
            if policy is not None and policy.arn is not None and not policy.aws_managed:
                rows.setdefault(policy.arn, []).append(n)
        return {arn: bits_of(numbers) for arn, numbers in rows.items()}

    @cached_property
    def bounded(self) -> Bits:
        """Return everybody who has a permissions boundary, in view or not."""
        return bits_of([n for n, one in enumerate(self.principals) if one.boundary is not None])

    @cached_property
    def members(self) -> dict[str, Bits]:
        """Return the users in each group, by the group's address."""
        rows: dict[str, list[int]] = {}
        for n, one in enumerate(self.principals):
            for group in one.groups:
                rows.setdefault(group, []).append(n)
        return {group: bits_of(numbers) for group, numbers in rows.items()}

    def is_of_another(self, arn: Pattern, one: Principal) -> bool:
        """Say whether an ARN as written is that of somebody else."""
        return any(other is not one for other in self._by_arn.get(arn.pieces, ()))

    @cached_property
    def _by_arn(self) -> dict[object, list[Principal]]:
        found: dict[object, list[Principal]] = {}
        for one in self.principals:
            found.setdefault(one.arn.pieces, []).append(one)
        return found

    def _find(self, glob: Pattern) -> Bits:
        glob = Pattern(tuple(map(opened, glob.pieces)))
        text = glob.literal
        if text is None:
            return self._tried(glob, range(len(self.principals)))
        if text == "*":
            return (1 << len(self.principals)) - 1
        found = self._tried(glob, self._symbolic)
        if not any(wildcard in text for wildcard in "*?"):
            return found | self._spelled_bits.get(text, 0)
        if text.count(":") != _COLONS:
            return found | self._tried(glob, self._by_name[1])
        return found | self._among_names(glob, text)

    def _among_names(self, glob: Pattern, text: str) -> Bits:
        """Look for those whose names begin as the glob's last part does.

        INVARIANT: colons of glob and ARN meet one by one, for neither has more than the other.
        """
        *before, last = text.split(":", _COLONS)
        head = last.partition("*")[0].partition("?")[0]
        names, numbers = self._by_name
        start, end = bisect_left(names, head), bisect_left(names, head + _LAST)
        near = numbers[start:end]
        if last != f"{head}*":
            return self._tried(glob, near)
        if not all(part == "*" or not any(c in part for c in "*?") for part in before):
            return self._tried(glob, near)
        arns = ((n, self.principals[n].arn.literal or "") for n in near)
        return bits_of([n for n, arn in arns if _is_within(before, arn)])

    def _tried(self, glob: Pattern, numbers: "range | list[int]") -> Bits:
        row = [
            n
            for n in numbers
            if resource_matches(glob.pieces, self.principals[n].arn.pieces) is not False
        ]
        return bits_of(row)

    @cached_property
    def spelled(self) -> Bits:
        """Return everybody whose ARN is known in full."""
        return bits_of([n for n, one in enumerate(self.principals) if one.arn.literal is not None])

    @cached_property
    def _symbolic(self) -> list[int]:
        return [n for n, one in enumerate(self.principals) if one.arn.literal is None]

    @cached_property
    def _by_name(self) -> tuple[list[str], list[int]]:
        """Sort principals by the last part of their ARNs, those that are known in full."""
        rows = [(one.arn.literal, n) for n, one in enumerate(self.principals)]
        known = sorted((arn.split(":", _COLONS)[-1], n) for arn, n in rows if arn is not None)
        return [name for name, _ in known], [n for _, n in known]

    @cached_property
    def _spelled_bits(self) -> dict[str, Bits]:
        found: dict[str, Bits] = {}
        for n, one in enumerate(self.principals):
            if one.arn.literal is not None:
                found[one.arn.literal] = found.get(one.arn.literal, 0) | 1 << n
        return found


def _is_within(before: list[str], arn: str) -> bool:
    """Say whether the parts of an ARN before the last one are as given; a star is any."""
    parts = arn.split(":", _COLONS)[:_COLONS]
    return all(wanted in ("*", part) for wanted, part in zip(before, parts, strict=True))


def _is_reserved(arn: Pattern) -> bool:
    return is_refused(_ATTACH, arn.literal or "") is True


def managed_by_customer(principal: Principal) -> tuple[Policy, ...]:
    """Return the customer managed policies that a principal holds."""
    held = (a.policy for a in principal.attachments if a.how == "managed")
    return tuple(dict.fromkeys(p for p in held if not p.aws_managed))


def opened(piece: str | Symbol) -> str | Symbol:
    """Put a wildcard in the place of each policy variable."""
    if isinstance(piece, Symbol) or "${" not in piece:
        return piece
    return "".join("*" if isinstance(p, Variable) else p for p in split_variables(piece))


def bits_of(numbers: "list[int]") -> Bits:
    """Set many bits at once; one after the other is quadratic."""
    if not numbers:
        return 0
    row = bytearray(max(numbers) // 8 + 1)
    for n in numbers:
        row[n // 8] |= 1 << n % 8
    return int.from_bytes(row, "little")


def _union(sets: Iterator[Bits]) -> Bits:
    found = 0
    for bits in sets:
        found |= bits
    return found
