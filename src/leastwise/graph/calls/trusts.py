"""Find whom trust policies let in: which services, and which principals of the accounts in view.

A trust policy that names the caller is enough in one account; one that opens the role to the
whole account needs sts:AssumeRole of the caller too.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-cross.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, reduce
from operator import or_
from typing import TypeAlias

from leastwise.entry.admission import account_named, is_one_principal
from leastwise.graph.calls.asking import NO, Asking, Found, spellings
from leastwise.graph.calls.grants import Actor, Grants, asks_caller
from leastwise.graph.calls.noise import means_another
from leastwise.graph.calls.people import Bits, People, bits_of, members_of
from leastwise.graph.gains.signatures import wording
from leastwise.iam.arns import Pieces, account_of, is_account, joined, segments
from leastwise.iam.policy import Pattern, PolicyDocument, PrincipalEntry, Principals, Statement
from leastwise.iam.project import Policy, Principal
from leastwise.semantics.access import allows
from leastwise.semantics.known import known_part
from leastwise.semantics.model import (
    Answer,
    CallerPattern,
    Certainty,
    Context,
    EffectiveAccess,
    RequestPattern,
)
from leastwise.semantics.principals import is_everyone, principal_matches
from leastwise.source.value import Symbol, Text

ASSUME = "sts:AssumeRole"
_CALLER_TAG = "aws:principaltag/"
_TAG = "resourcetag/"
_SET_TAGS = "iam:TagRole"
_UNIT = "aws:principalorgpaths"
_UNTOLD = "only with the tags, or in the unit, that the condition asks for"
_FIELDS = 6
_ANY_REGION = "*"
_OF_CHINA = ".cn"
_MANY = 4
"""Statements of a trust policy from which on it is worth to leave out those about others."""
Tags: TypeAlias = tuple[tuple[Text, Text], ...]


@dataclass(slots=True)
class _Index:
    """Sort roles by whom they let in: one principal by its ARN, an account, more than one, all."""

    naming: dict[Pattern, Bits]
    opened: dict[str, Bits]
    wide: Bits = 0
    everybody: Bits = 0

    def add(self, principals: Principals, roles: Bits) -> None:
        """Take in one Principal element, which stands in the trust policies of some roles."""
        if principals.tail is not None or principals.negated:
            self.wide |= roles
        if principals.negated:
            self.everybody |= roles
            return
        for entry in principals.entries:
            if entry.type in ("Service", "Federated"):
                continue
            if is_one_principal(entry.pattern):
                self.naming[entry.pattern] = self.naming.get(entry.pattern, 0) | roles
                continue
            account = account_named(entry.pattern)
            if entry.type == "AWS" and account is not None and is_account(account):
                self.opened[account] = self.opened.get(account, 0) | roles
                continue
            self.wide |= roles
            if is_everyone(entry):
                self.everybody |= roles


class Trusts:
    """Answer whom the roles of a project let in."""

    def __init__(self, people: People, asking: Asking) -> None:
        """Take the roles in; indexes are made when they are first needed."""
        self.people = people
        self.asking = asking
        self._services: dict[str, Found] = {}
        self._assumable: dict[tuple[int, Pattern], tuple[Actor, Found]] = {}
        self._certainties: dict[object, Certainty] = {}
        self._asking_callers: dict[int, tuple[PolicyDocument, bool]] = {}
        self._others: dict[int, tuple[PolicyDocument, tuple[frozenset[str] | None, ...]]] = {}

    @cached_property
    def _roles(self) -> tuple[tuple[Policy, PolicyDocument, Bits], ...]:
        """Put together the roles whose trust policies say the same."""
        rows: dict[PolicyDocument, tuple[Policy, list[int]]] = {}
        for number in members_of(self.people.of_kind("role")):
            trust = self.people.principals[number].trust
            if trust is not None:
                rows.setdefault(trust.document, (trust, []))[1].append(number)
        return tuple((t, document, bits_of(numbers)) for document, (t, numbers) in rows.items())

    @cached_property
    def services(self) -> frozenset[str]:
        """Return the services that trust policies name by their full names."""
        rows = (s.principals for _, d, _ in self._roles for s in d.statements if s.principals)
        entries = (entry for principals in rows for entry in principals.entries)
        names = (service_named(e.pattern) for e in entries if e.type == "Service")
        return frozenset(name for name in names if name is not None)

    def service(self, service: str) -> Found:
        """Return the roles that a service may assume."""
        if service not in self._services:
            found = Found()
            for policy, document, roles in self._roles:
                for spelled in _spellings_of(document, service):
                    certainty = _lets_service(policy, spelled)
                    found = found.also(Found(roles).at_most(certainty))
            self._services[service] = found
        return self._services[service]

    def assumable(self, actor: Actor) -> Found:
        """Return the roles that an actor may assume by sts:AssumeRole."""
        key = id(actor.access), actor.arn
        if key not in self._assumable:
            self._assumable[key] = actor, self._find_assumable(actor)
        return self._assumable[key][1]

    def _find_assumable(self, actor: Actor) -> Found:
        sure: list[int] = []
        maybe: list[int] = []
        grants = self.asking.statements.grants(actor, ASSUME)
        for number in members_of(self._candidates(actor, grants)):
            role = self.people.principals[number]
            if role is actor.principal:
                continue
            match self._certainty(actor, grants, role):
                case "proven":
                    sure.append(number)
                case "possible":
                    maybe.append(number)
        return Found(bits_of(sure), bits_of(maybe))

    def _certainty(self, actor: Actor, grants: Grants, role: Principal) -> Certainty:
        """Ask once for all callers and roles of which the same statements say the same."""
        if role.trust is None or role.arn.literal is None or actor.arn.literal is None:
            return self.assumed(actor, role).certainty
        if any(_TAG in key for key in grants.keys):
            return self.assumed(actor, role).certainty
        who, is_named = actor.arn, self._asks_caller(role.trust.document)
        named = tuple(bool(self.people.named(g) >> self._number(role) & 1) for g in grants.globs)
        place = role.arn.literal.split(":", 5)[:5]
        known = grants.key, named, wording(role.trust), tuple(place), who if is_named else None
        if known not in self._certainties:
            short = actor._replace(access=self.asking.statements.about(actor.access, ASSUME))
            trust = self._about(role.trust, actor.arn)
            self._certainties[known] = self.assumed(short, role, trust).certainty
        return self._certainties[known]

    def _about(self, trust: Policy, caller: Pattern) -> Policy:
        """Leave out of a trust policy what lets in only callers of other names.

        A policy that names hundreds of callers is asked for each of them: what names all others
        would be matched each time.
        """
        key = id(trust.document)
        if key not in self._others:
            rows = tuple(map(_only_named, trust.document.statements))
            self._others[key] = trust.document, rows
        document, rows = self._others[key]
        if len(rows) < _MANY or caller.literal is None or not is_one_principal(caller):
            return trust
        about = zip(document.statements, rows, strict=True)
        kept = tuple(s for s, only in about if only is None or caller.literal in only)
        return replace(trust, document=replace(document, statements=kept))

    def _number(self, role: Principal) -> int:
        number = self.people.number(role)
        return 0 if number is None else number

    def _asks_caller(self, document: PolicyDocument) -> bool:
        """Say whether a trust policy names callers, or asks for more than their account."""
        if id(document) not in self._asking_callers:
            asks = any(_asks_caller(s) for s in document.statements)
            self._asking_callers[id(document)] = document, asks
        return self._asking_callers[id(document)][1]

    def assumed(self, actor: Actor, role: Principal, trust: Policy | None = None) -> Answer:
        """Ask whether an actor may assume a role, its own policies and the role's trust policy.

        ``trust`` is asked in the place of that policy: what it says about the actor.
        """
        trust = trust or role.trust
        if trust is None:
            return NO
        parts = segments(role.arn)
        account = parts[4] if len(parts) == _FIELDS else ()
        document = trust.document
        trust = _with_known_callers(known_part(trust), account)
        access = actor.access._replace(resource=trust)
        names = spellings(actor.access, (role.arn,))
        pattern = RequestPattern((ASSUME,), names)
        own = self.asking.statements.grants(actor, ASSUME).keys
        is_tagged = any(_TAG in key for key in own) and not self._tags(actor, role)
        said = _said_of(actor, own, document, role.tags if is_tagged else ())
        answer = _as_is_known(access, pattern, said)
        return NO if means_another(answer, role, self.people) else answer

    def _tags(self, actor: Actor, role: Principal) -> bool:
        """Say whether a caller may set the tags of a role first."""
        if not self.asking.may(actor, (_SET_TAGS,)):
            return False
        return self.asking.on(actor, _SET_TAGS, role).certainty != "no"

    def _candidates(self, actor: Actor, grants: Grants) -> Bits:
        if actor.account is None:
            return 0
        own = self.people.in_account(actor.account, "yes")
        others = self.people.in_account(actor.account, "no")
        named = self._index.naming.get(actor.arn, 0)
        found = named & (own | others) | self._index.everybody & own
        if not grants.allows:
            return found
        number, opened = account_of(actor.arn), self._index.opened
        wide = self._index.wide & own
        if number is not None:
            wide |= opened.get(number, 0) & (own | others)
        else:
            wide |= reduce(or_, opened.values(), 0) & own
        if any(s.resources is None or s.resources.negated for s in grants.allows):
            return found | wide
        globs = (g for s in grants.allows if s.resources for g in s.resources.globs)
        reached = 0
        for glob in globs:
            reached |= self.people.named(glob)
        return found | wide & reached

    @cached_property
    def _index(self) -> "_Index":
        index = _Index({}, {})
        for policy, _, roles in self._roles:
            for statement in policy.document.statements:
                if statement.effect != "Deny" and statement.principals is not None:
                    index.add(statement.principals, roles)
        return index

    def names(self, actor: Actor) -> Bits:
        """Return the roles whose trust policies name an actor by its very ARN."""
        return self._index.naming.get(actor.arn, 0)


def _said_of(actor: Actor, own: frozenset[str], document: PolicyDocument, tags: Tags) -> Context:
    """Return what is asked of caller and role that no caller chooses: None is not known.

    ``own`` are the keys that the caller's own policies ask for, ``tags`` those of the role.
    """
    keys = own | {c.key_name for s in document.statements for c in s.conditions}
    held = () if actor.principal is None else actor.principal.tags
    known = {f"{_CALLER_TAG}{key.literal}".lower(): value.literal for key, value in held}
    of_role = {str(key.literal).lower(): value.literal for key, value in tags}
    known |= {k: of_role[k.rpartition("/")[2]] for k in keys if _is_of_role(k, of_role)}
    found: list[tuple[str, tuple[Pattern, ...] | None]] = []
    for key in sorted(k for k in keys if k.startswith(_CALLER_TAG) or _TAG in k or k == _UNIT):
        value = known.get(key)
        found.append((key, None if value is None else (Pattern((value,)),)))
    return tuple(found)


def _only_named(statement: Statement) -> frozenset[str] | None:
    """Return the only callers that a statement lets in, or None where it may concern others."""
    principals = statement.principals
    if statement.effect != "Allow" or principals is None or not principals.entries:
        return None
    if principals.negated or principals.tail is not None:
        return None
    if not all(e.type == "AWS" and is_one_principal(e.pattern) for e in principals.entries):
        return None
    names = [e.pattern.literal for e in principals.entries]
    return None if None in names else frozenset(name for name in names if name is not None)


def _is_of_role(key: str, tags: Mapping[str, str | None]) -> bool:
    return _TAG in key and key.rpartition("/")[2] in tags


def _as_is_known(access: EffectiveAccess, pattern: RequestPattern, said: Context) -> Answer:
    """Ask with what is known of a caller; what only other tags or units allow is possible."""
    answer = allows(access, pattern._replace(context=said))
    if answer.certainty != "no" or all(value is not None for _, value in said):
        return answer
    known = tuple((key, value) for key, value in said if value is not None)
    answer = allows(access, pattern._replace(context=known))
    if answer.certainty != "proven":
        return answer
    return answer._replace(certainty="possible", reasons=(*answer.reasons, _UNTOLD))


def _asks_caller(statement: Statement) -> bool:
    principals = statement.principals
    if principals is None or principals.negated or principals.tail is not None:
        return True
    if statement.conditions_tail is not None or any(map(asks_caller, statement.conditions)):
        return True
    entries = (e for e in principals.entries if e.type not in ("Service", "Federated"))
    return any(is_one_principal(e.pattern) or e.pattern.literal is None for e in entries)


def service_named(pattern: Pattern) -> str | None:
    """Return the name of a service as most know it: without a region, and without China's end.

    ``states.eu-west-1.amazonaws.com`` and ``ec2.amazonaws.com.cn`` are other names for the same:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services.
    None: the name is not known.
    """
    text = "".join(p if isinstance(p, str) else _ANY_REGION for p in pattern.pieces)
    if any(isinstance(p, Symbol) and not p.environment for p in pattern.pieces):
        return None
    first, *others = text.removesuffix(_OF_CHINA).split(".")
    if others and _is_region(others[0]):
        others = others[1:]
    name = ".".join((first, *others))
    return None if _ANY_REGION in name else name


def _is_region(label: str) -> bool:
    place, _, number = label.rpartition("-")
    return label == _ANY_REGION or (place.count("-") >= 1 and number.isdigit())


def _spellings_of(document: PolicyDocument, service: str) -> Iterator[Pattern]:
    """Yield a service's name, and those by which a trust policy means the same service."""
    yield Pattern((service,))
    for statement in document.statements:
        for entry in statement.principals.entries if statement.principals else ():
            if entry.type != "Service" or entry.pattern.literal == service:
                continue
            if service_named(entry.pattern) == service:
                yield replace(entry.pattern, origin=None)


def _lets_service(policy: Policy, service: Pattern) -> Certainty:
    trust = known_part(policy)
    named = (s for s in trust.document.statements if s.effect != "Deny")
    if all(principal_matches(s, "Service", service.pieces) is False for s in named):
        return "no"
    return _lets_in(trust.document, service)


@lru_cache(maxsize=4096)
def _lets_in(document: PolicyDocument, service: Pattern) -> Certainty:
    policy = Policy("", "", "trust", document, "concrete", None)
    pattern = RequestPattern(actions=(ASSUME,), principal=CallerPattern("Service", service))
    return allows(EffectiveAccess(trust=policy), pattern).certainty


@lru_cache(maxsize=4096)
def _with_known_callers(trust: Policy, account: Pieces) -> Policy:
    """Leave out callers of whom only the account may be known: whoever applies the code, say.

    The own account itself is spelled as its root, which is the same.
    SOUND: under-approximates who is let in; each role of the account might be that caller.
    """
    document = trust.document
    statements = tuple(_with_known_entries(s, account) for s in document.statements)
    return replace(trust, document=replace(document, statements=statements))


def _with_known_entries(statement: Statement, account: Pieces) -> Statement:
    principals = statement.principals
    if statement.effect == "Deny" or principals is None or principals.negated:
        return statement
    known = (_as_root(e, account) for e in principals.entries)
    entries = tuple(e for e in known if e.type != "AWS" or _is_named(e.pattern))
    return replace(statement, principals=replace(principals, entries=entries))


def _as_root(entry: PrincipalEntry, account: Pieces) -> PrincipalEntry:
    if entry.type != "AWS" or not account or entry.pattern.pieces != account:
        return entry
    root = joined(("arn:aws:iam::", *account, ":root"))
    return entry._replace(pattern=replace(root, origin=entry.pattern.origin))


def _is_named(caller: Pattern) -> bool:
    """Say whether a principal is a whole account, or begins with what it is named."""
    parts = segments(caller)
    last = parts[5] if len(parts) == _FIELDS else caller.pieces
    return bool(last) and isinstance(last[0], str)
