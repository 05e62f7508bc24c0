"""Say how each statement stands to a request, so that a person sees why the answer is no.

The statements of the documents are read as they are: what a symbol decides is None, not a
guess. Only statements that concern the action are told.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from leastwise.iam.policy import Condition, Pattern, Patterns, PrincipalType, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.actions import action_index
from leastwise.semantics.conditions import evaluate, key_of
from leastwise.semantics.decide import variables_live
from leastwise.semantics.model import Deciding, Layer
from leastwise.semantics.pattern import Lookup, Pieces, Variable
from leastwise.semantics.principals import principal_matches
from leastwise.semantics.readings import action_matches, resource_matches
from leastwise.semantics.remembered import by_identity
from leastwise.semantics.truth import Truth, all_of, any_of, negate
from leastwise.source.value import Symbol


class Probe(NamedTuple):
    """Hold the request that statements are held against; its strings may have unknown parts.

    ``action`` and ``resources`` may be globs; ``resources`` empty: any. ``context`` maps keys,
    lower case, to their values; ``open_keys`` are in the request with a value nobody gave.
    """

    action: str
    resources: tuple[Pattern, ...]
    caller: tuple[PrincipalType, Pieces]
    context: dict[str, tuple[Pieces, ...]]
    open_keys: frozenset[str] = frozenset()


class Standing(NamedTuple):
    """Tell of one statement whether each part of it matches; ``failing`` are conditions."""

    deciding: Deciding
    statement: Statement
    resource: Truth
    principal: Truth
    conditions: Truth
    failing: tuple[Condition, ...] = ()

    @property
    def truth(self) -> Truth:
        """Say whether the statement applies to the request."""
        sure = None if self.statement.effect == "Unknown" else True
        return all_of((self.resource, self.principal, self.conditions, sure))

    @property
    def distance(self) -> int:
        """Count how far the statement is from the request: a condition is nearest."""
        return sum(
            weight
            for weight, truth in ((1, self.conditions), (2, self.resource), (4, self.principal))
            if truth is False
        )


def standings(layer: Layer, policies: Iterable[Policy], probe: Probe) -> Iterator[Standing]:
    """Hold the statements of a layer that concern the action against a request."""
    for policy in policies:
        lookup = _lookup(probe) if variables_live(policy.document) else None
        for index, statement in enumerate(policy.document.statements):
            if concerns(statement, probe.action):
                yield _standing(Deciding(layer, policy, index), statement, probe, lookup)


def concerns(statement: Statement, action: str) -> bool:
    """Say whether a statement may concern an action, or one of those that a glob matches."""
    index, actions = action_index(), statement.actions
    bits = index.bits(action)
    if "*" in action or "?" in action:
        return bool(_literal_bits(actions) & bits)
    if bits:
        return bool(_wide_bits(actions) & bits) or actions.tail is not None
    found = any_of(action_matches(p.pieces, action) for p in actions.globs)
    verdict = negate(found) if actions.negated else found
    return verdict is not False or actions.tail is not None


@by_identity(maxsize=16384)
def _literal_bits(actions: Patterns) -> int:
    """Return the known actions that are spelled out."""
    bits = 0
    for pattern in actions.globs:
        bits |= action_index().bits(pattern.literal or "")
    return action_index().everything & ~bits if actions.negated else bits


@by_identity(maxsize=16384)
def _wide_bits(actions: Patterns) -> int:
    """Return the known actions that may be meant, unknown parts read as any characters."""
    bits = 0
    for pattern in actions.globs:
        if pattern.literal is not None or not actions.negated:
            bits |= action_index().bits("".join(_wide(p) for p in pattern.pieces))
    return action_index().everything & ~bits if actions.negated else bits


def _wide(piece: str | Symbol) -> str:
    return piece if isinstance(piece, str) else piece.glob


def _standing(
    deciding: Deciding, statement: Statement, probe: Probe, lookup: Lookup | None
) -> Standing:
    verdicts = [(c, _condition(c, probe, lookup)) for c in statement.conditions]
    unknown: list[Truth] = [None] if statement.when or statement.conditions_tail else []
    return Standing(
        deciding,
        statement,
        _resource(statement, probe, lookup),
        principal_matches(statement, *probe.caller),
        all_of([*(truth for _, truth in verdicts), *unknown]),
        tuple(condition for condition, truth in verdicts if truth is False),
    )


def _resource(statement: Statement, probe: Probe, lookup: Lookup | None) -> Truth:
    patterns = statement.resources
    if patterns is None or not probe.resources:
        return True
    verdicts: list[Truth] = [None] if patterns.tail is not None else []
    for asked in probe.resources:
        verdicts += [resource_matches(p.pieces, asked.pieces, lookup) for p in patterns.globs]
    found = any_of(verdicts)
    return negate(found) if patterns.negated else found


def _condition(condition: Condition, probe: Probe, lookup: Lookup | None) -> Truth:
    key = key_of(condition) or ""
    if key in probe.open_keys:
        return None
    return evaluate(condition, probe.context.get(key), lookup)


def _lookup(probe: Probe) -> Lookup:
    def look(variable: Variable) -> Pieces | None:
        values = probe.context.get(variable.key, ())
        if len(values) == 1:
            return values[0]
        return (variable.default,) if variable.default is not None and not values else None

    return look
