"""Ask what has to hold beside the calls of a path: of the caller, and of whom it aims at."""

from collections import Counter
from collections.abc import Callable
from functools import cached_property

from leastwise.graph.calls.asking import Found
from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.people import Bits, People, bits_of, members_of
from leastwise.graph.calls.trusts import Trusts
from leastwise.graph.model import Condition
from leastwise.iam.policy import Statement
from leastwise.iam.project import Credential, CredentialKind, Principal, Project, Root
from leastwise.semantics.model import Certainty

_MOST_KEYS = 2
"""Access keys that a user can have: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
_COGNITO = "cognito-identity.amazonaws.com"
_SERVICE_LINKED = "aws-service-role/"


class Conditions:
    """Answer the predicates of paths."""

    def __init__(self, project: Project, people: People, trusts: Trusts) -> None:
        """Take the project in; indexes are made when they are first needed."""
        self._project = project
        self._people = people
        self._trusts = trusts

    def of_self(self, condition: Condition, actor: Actor) -> Certainty:
        """Ask whether a condition on the caller itself holds; what runs will tell is possible."""
        match condition.predicate:
            case "is-user":
                return "proven" if actor.kind == "user" else "no"
            case "is-role":
                # Only Identity Center changes the roles that it makes of permission sets.
                return "proven" if actor.kind == "role" else "no"
            case "has-boundary" | "boundary-binds":
                return "proven" if actor.access.boundary is not None else "no"
            case "customer-managed" | "boundary-of":
                return "proven"  # the leg is asked of no other policies
            case "has-deny":
                return "proven" if _has(actor, _is_deny) else "no"
            case "allowed-by-principal-tag":
                return "possible" if _has(actor, _asks_principal_tag) else "no"
            case "allowed-by-resource-tag":
                return "proven" if _has(actor, _asks_resource_tag) else "no"
            case "assigned-to-self":
                return "possible" if actor.kind == "permission-set" else "no"
            case _:
                return "possible"

    def of_targets(self, condition: Condition, among: Bits) -> Found:
        """Return for whom of a set a condition on the target holds."""
        match condition.predicate:
            case "trusts-service":
                found = Found()
                for service in condition.among:
                    found = found.also(self._trusts.service(service))
                return found.both(Found(among))
            case "not-service-linked":
                return Found(among & ~self.service_linked)
            case "has-boundary":
                return Found(among & self._people.bounded)
            case "free-key-slot":
                return Found(among & ~self._full_of_keys)
            case "has-password":
                held = among & self._users_with("password")
                return Found(held, among & ~held)
            case "no-password":
                return Found(among & ~self._users_with("password"))
            case "trusts-provider":
                return Found(0, among & self._brokered)
            case _:
                return Found(0, among)

    @cached_property
    def service_linked(self) -> Bits:
        """Return the roles that AWS links to its services: nobody else hands them on."""
        return self._where(lambda n: _is_service_linked(self._people, n))

    @cached_property
    def _brokered(self) -> Bits:
        return self._where(lambda n: _trusts_broker(self._people, n))

    def _where(self, holds: Callable[[int], bool]) -> Bits:
        return bits_of([n for n in range(len(self._people.principals)) if holds(n)])

    @cached_property
    def _full_of_keys(self) -> Bits:
        keys = Counter(
            number
            for credential in self._project.credentials
            if credential.kind == "access-key"
            for number in members_of(self._owners(credential))
        )
        return bits_of([number for number, count in keys.items() if count >= _MOST_KEYS])

    def _users_with(self, kind: CredentialKind) -> Bits:
        found = 0
        for credential in self._project.credentials:
            if credential.kind == kind:
                found |= self._owners(credential)
        return found

    def _owners(self, credential: Credential) -> Bits:
        """Return the users of that name or ARN who are in the account that a credential is in."""
        if credential.user is None:
            return 0
        root = self._project.owner(credential)
        numbers = members_of(self._named.get(credential.user.pieces, 0))
        users = [(number, self._people.principals[number]) for number in numbers]
        return bits_of([n for n, user in users if (root, _account(user)) in self._places])

    @cached_property
    def _places(self) -> frozenset[tuple[Root | None, str]]:
        """Return the accounts in which each root declares somebody."""
        people = self._people.principals
        return frozenset((self._project.owner(one), _account(one)) for one in people)

    @cached_property
    def _named(self) -> dict[object, Bits]:
        found: dict[object, Bits] = {}
        for number in members_of(self._people.of_kind("user")):
            user = self._people.principals[number]
            for name in (user.arn.pieces, user.id.name.pieces):
                found[name] = found.get(name, 0) | 1 << number
        return found


def _account(principal: Principal) -> str:
    account = principal.id.account
    return account.number or account.id


def _is_service_linked(people: People, number: int) -> bool:
    name = people.principals[number].id.name.pieces
    return bool(name) and isinstance(name[0], str) and name[0].startswith(_SERVICE_LINKED)


def _trusts_broker(people: People, number: int) -> bool:
    trust = people.principals[number].trust
    if trust is None:
        return False
    rows = (s.principals for s in trust.document.statements if s.principals is not None)
    named = (e.pattern.literal for p in rows for e in p.entries if e.type == "Federated")
    return any(name in (None, "*", _COGNITO) for name in named)


def _has(actor: Actor, holds: Callable[[Statement], bool]) -> bool:
    return any(holds(s) for p in actor.access.identity for s in p.document.statements)


def _is_deny(statement: Statement) -> bool:
    return statement.effect == "Deny"


def _asks_principal_tag(statement: Statement) -> bool:
    return any(c.key_name.startswith("aws:principaltag/") for c in statement.conditions)


def _asks_resource_tag(statement: Statement) -> bool:
    return any("resourcetag/" in c.key_name for c in statement.conditions)
