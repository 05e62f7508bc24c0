"""Find quickly what a principal may do at all, and which statements have a say in one action.

Two principals whose statements on an action are the same get the same answers about it, but for
what the statements ask of the caller itself. That is what answers are shared by: an account of
thousands has few such rows. What is refuted here the engine would answer with *no*.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from leastwise.iam.policy import Condition, Pattern, PolicyDocument, Statement
from leastwise.iam.project import Account, Policy, Principal, PrincipalKind
from leastwise.semantics.actions import action_index
from leastwise.semantics.model import Answer, Deciding, EffectiveAccess

ActionBits: TypeAlias = int
BOUNDARY = "iam:permissionsboundary"
_OF_CALLER = ("aws:username", "aws:userid", "aws:principalarn", "aws:principalaccount")
"""Keys whose values follow from who calls."""


_SERVICE_LINKED = "role/aws-service-role/"
"""SCPs do not bind service-linked roles."""


class Actor(NamedTuple):
    """Hold who acts: a principal in one state of its access.

    ``access`` is what it may do as far as that is known. ``policies`` are the customer managed
    ones that it holds, ``groups`` the addresses of those it is in. ``unseen``: a boundary is
    named whose document is not in view, ``access`` is without it.
    """

    arn: Pattern
    kind: PrincipalKind
    access: EffectiveAccess
    account: Account | None = None
    principal: Principal | None = None
    policies: tuple[Policy, ...] = ()
    groups: tuple[str, ...] = ()
    unseen: bool = False


class Grants(NamedTuple):
    """Hold the statements that have a say in one action of one actor.

    ``key``: equal keys get equal answers. ``allows`` are the Allow statements of its own
    policies, ``globs`` all strings of Resource elements, ``keys`` all condition keys, ``bounds``
    the permissions boundaries that conditions name.
    """

    key: tuple[object, ...]
    allows: tuple[Statement, ...]
    globs: tuple[Pattern, ...]
    keys: frozenset[str]
    bounds: tuple[Pattern, ...] = ()


class Statements:
    """Number statements by what they say, and remember what each document says of an action."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._numbers: dict[Statement, int] = {}
        self._by_id: dict[int, tuple[Statement, int]] = {}
        self._bits: dict[int, tuple[PolicyDocument, ActionBits, ActionBits]] = {}
        self._statements: dict[
            int, tuple[PolicyDocument, tuple[tuple[Statement, ActionBits], ...]]
        ] = {}
        self._grants: dict[tuple[int, Pattern, str], tuple[EffectiveAccess, Grants]] = {}
        self._may: dict[int, tuple[EffectiveAccess, ActionBits]] = {}
        self._policies: dict[tuple[int, str], tuple[Policy, Policy]] = {}
        self._whole: dict[int, tuple[Policy, tuple[int, ...]]] = {}
        self._relevant: dict[tuple[int, str], tuple[PolicyDocument, tuple[Statement, ...]]] = {}

    def number(self, statement: Statement) -> int:
        """Return the same number for statements that say the same; their names say nothing."""
        known = self._by_id.get(id(statement))
        if known is None:
            said = statement if statement.sid is None else replace(statement, sid=None)
            number = self._numbers.setdefault(said, len(self._numbers))
            known = self._by_id[id(statement)] = statement, number
        return known[1]

    def may(self, access: EffectiveAccess) -> ActionBits:
        """Return the actions that an access may allow on something.

        SOUND: over-approximates; resources and conditions are not looked at, and of Deny
        statements only those count that always hold.
        """
        known = self._may.get(id(access))
        if known is None:
            known = self._may[id(access)] = access, self._bounded(access)
        return known[1]

    def _bounded(self, access: EffectiveAccess) -> ActionBits:
        bits = self._allowed(access.identity)
        if access.boundary is not None:
            bits &= self._allowed(access.boundary)
        for level in access.scps:
            bits &= self._allowed(level)
        return bits & ~self._denied(access)

    def _allowed(self, policies: Iterable[Policy]) -> ActionBits:
        bits = 0
        for policy in policies:
            bits |= self._of(policy.document)[0]
        return bits

    def _denied(self, access: EffectiveAccess) -> ActionBits:
        bits = 0
        for policy in _policies(access):
            bits |= self._of(policy.document)[1]
        return bits

    def _of(self, document: PolicyDocument) -> tuple[ActionBits, ActionBits]:
        known = self._bits.get(id(document))
        if known is None:
            allowed = denied = 0
            for statement, bits in self._rows(document):
                if statement.effect != "Deny":
                    allowed |= bits
                elif _is_blanket(statement):
                    denied |= must_bits(statement)
            if document.opaque is not None:
                allowed = action_index().everything
            known = self._bits[id(document)] = document, allowed, denied
        return known[1], known[2]

    def relevant(self, document: PolicyDocument, action: str) -> tuple[Statement, ...]:
        """Return the statements of a document that may concern an action."""
        key = id(document), action
        known = self._relevant.get(key)
        if known is None:
            wanted = action_index().bits(action)
            rows = tuple(s for s, bits in self._rows(document) if bits & wanted)
            known = self._relevant[key] = document, rows
        return known[1]

    def _rows(self, document: PolicyDocument) -> tuple[tuple[Statement, ActionBits], ...]:
        known = self._statements.get(id(document))
        if known is None:
            rows = tuple((s, may_bits(s)) for s in document.statements)
            known = self._statements[id(document)] = document, rows
        return known[1]

    def about(self, access: EffectiveAccess, action: str) -> EffectiveAccess:
        """Return an access with only the statements that may concern an action.

        It answers like the whole one about that action; ``restored`` says where its statements
        stand.
        """
        boundary = access.boundary
        return access._replace(
            identity=tuple(p for p in self._cuts(access.identity, action) if _says(p)),
            boundary=None if boundary is None else self._cuts(boundary, action),
            scps=tuple(self._cuts(level, action) for level in access.scps),
        )

    def _cuts(self, policies: tuple[Policy, ...], action: str) -> tuple[Policy, ...]:
        return tuple(self._cut(policy, action) for policy in policies)

    def _cut(self, policy: Policy, action: str) -> Policy:
        kept = self.relevant(policy.document, action)
        if len(kept) == len(policy.document.statements):
            return policy
        key = id(policy), action
        known = self._policies.get(key)
        if known is None:
            cut = replace(policy, document=replace(policy.document, statements=kept))
            places = {id(s): n for n, s in enumerate(policy.document.statements)}
            known = self._policies[key] = policy, cut
            self._whole[id(cut)] = policy, tuple(places[id(s)] for s in kept)
        return known[1]

    def restored(self, answer: Answer) -> Answer:
        """Return an answer of such an access with the statements of the whole one."""
        return answer._replace(deciding=tuple(map(self._restored, answer.deciding)))

    def _restored(self, deciding: Deciding) -> Deciding:
        whole = self._whole.get(id(deciding.policy))
        if whole is None:
            return deciding
        return deciding._replace(policy=whole[0], statement=whole[1][deciding.statement])

    def grants(self, actor: Actor, action: str) -> Grants:
        """Return the statements that have a say in what an actor may do by one action."""
        key = id(actor.access), actor.arn, action
        known = self._grants.get(key)
        if known is None:
            known = self._grants[key] = actor.access, self._look_up(actor, action)
        return known[1]

    def _look_up(self, actor: Actor, action: str) -> Grants:
        access = actor.access
        layers = [access.identity, access.boundary or (), *access.scps]
        rows = [[s for p in row for s in self.relevant(p.document, action)] for row in layers]
        own = rows[0]
        every = [s for row in rows for s in row]
        conditions = [c for s in every for c in s.conditions]
        keys = frozenset(c.key_name for c in conditions)
        bounds = tuple(v for c in conditions if c.key_name == BOUNDARY for v in c.values)
        globs = tuple(dict.fromkeys(g for s in every if s.resources for g in s.resources.globs))
        of_caller = any(_asks_caller(s) for s in every)
        key = (
            action,
            actor.kind,
            actor.arn.pieces if of_caller else _place(actor.arn),
            access.boundary is None,
            tuple(p.document.version for p in access.identity) if of_caller else (),
            tuple(id(p.document) for p in _policies(access) if p.document.opaque is not None),
            tuple(tuple(sorted({self.number(s) for s in row})) for row in rows),
        )
        return Grants(key, tuple(s for s in own if s.effect != "Deny"), globs, keys, bounds)


def _says(policy: Policy) -> bool:
    return bool(policy.document.statements) or policy.document.opaque is not None


def _policies(access: EffectiveAccess) -> Iterator[Policy]:
    yield from access.identity
    yield from access.boundary or ()
    for level in access.scps:
        yield from level


def _place(arn: Pattern) -> object:
    """Return what of an ARN decides whether a resource, or an SCP, is of the own account."""
    text = arn.literal
    if text is None:
        return arn.pieces
    *account, name = text.split(":", 5)
    return tuple(account), name.startswith(_SERVICE_LINKED)


def _asks_caller(statement: Statement) -> bool:
    if statement.resources is not None and any(map(_has_variable, statement.resources.globs)):
        return True
    return any(map(asks_caller, statement.conditions))


def asks_caller(condition: Condition) -> bool:
    """Say whether a condition may hold for one caller and not for another, by their names."""
    name = condition.key_name
    return name in _OF_CALLER or any(map(_has_variable, condition.values))


def _has_variable(pattern: Pattern) -> bool:
    return any(isinstance(p, str) and "${" in p for p in pattern.pieces)


def may_bits(statement: Statement) -> ActionBits:
    """Return the known actions that a statement may be about, unknown strings read as wildcards."""
    index, actions = action_index(), statement.actions
    if actions.tail is not None or statement.effect == "Unknown":
        return index.everything
    bits = 0
    for glob in actions.globs:
        if actions.negated:
            bits |= index.bits(glob.literal) if glob.literal is not None else 0
        else:
            bits |= index.bits("".join(p if isinstance(p, str) else "*" for p in glob.pieces))
    return index.everything & ~bits if actions.negated else bits


def must_bits(statement: Statement) -> ActionBits:
    """Return the known actions that a statement is about for certain."""
    index, actions = action_index(), statement.actions
    bits = 0
    for glob in actions.globs:
        if actions.negated:
            bits |= index.bits("".join(p if isinstance(p, str) else "*" for p in glob.pieces))
        else:
            bits |= index.bits(glob.literal) if glob.literal is not None else 0
    if not actions.negated:
        return bits
    return 0 if actions.tail is not None else index.everything & ~bits


def _is_blanket(statement: Statement) -> bool:
    resources = statement.resources
    if resources is None or resources.negated or statement.conditions or statement.when:
        return False
    return statement.conditions_tail is None and any(g.literal == "*" for g in resources.globs)
