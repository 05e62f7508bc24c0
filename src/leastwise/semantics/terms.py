"""Prepare statements for the search: one ``Term`` is one statement under one reading.

The wide reading matches whatever some value of the unknowns, or some reading of the
documentation, would make match; the narrow one only what all of them do. What is not known in
full (tails, an unknown operator or key, an opaque document) holds in the wide reading and never
in the narrow one.

Between them stands the reading of a comparison's own statement, in which a symbol is itself and
nothing else. That is enough there: a string that the statement matches for some values of its
symbols is, with the symbols put back where they stand in the pattern, one that the pattern
matches as it is. It holds for one statement at a time, so the others of a combination are read
wide.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from leastwise.iam.policy import (
    Condition,
    Effect,
    Operator,
    Pattern,
    Patterns,
    PrincipalType,
    Statement,
)
from leastwise.iam.project import Policy
from leastwise.semantics.actions import action_index
from leastwise.semantics.automaton import Clause
from leastwise.semantics.conditions import Values, evaluate, key_of
from leastwise.semantics.decide import WHOLE_DOCUMENT, variables_live
from leastwise.semantics.entries import entries_for
from leastwise.semantics.holder import Holder
from leastwise.semantics.model import Layer
from leastwise.semantics.pattern import (
    Lookup,
    Pieces,
    Tokens,
    Variable,
    Wild,
    arn_tokens,
    compile_glob,
    split_variables,
    tokenize,
    widen,
)
from leastwise.semantics.principals import principal_matches
from leastwise.semantics.readings import action_matches
from leastwise.semantics.rigid import rigid_condition, rigid_lookup
from leastwise.semantics.truth import Truth, any_of, negate
from leastwise.source.value import Symbol

EVERYTHING = Clause((compile_glob((Wild.MANY,)),))
NOTHING = Clause(())
VARIABLE = "variable:"
"""The prefix of the ids of symbols that stand for policy variables of a request."""


class Reading(NamedTuple):
    """Say how a statement is read where more than one reading is possible.

    ``wide``: what may match does; else only what surely does. ``own``: symbols stand for
    themselves, all else as in the wide reading. ``crossing``: whether a ``*`` that ends a part
    of an ARN matches past the colon; None: in the wide reading.
    """

    wide: bool
    own: bool = False
    crossing: bool | None = None


NARROW, WIDE = Reading(wide=False), Reading(wide=True)


class Only(NamedTuple):
    """Limit a term to actions of some services, or with ``inside`` False to those of all others."""

    services: tuple[str, ...]
    inside: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """Hold one statement under one reading; compared by identity.

    ``actions`` is the bit set of known actions. ``conditions`` are those that can be decided.
    ``variables`` are the keys of policy variables in it, ``condition_variables`` those of its
    condition values that the holder does not fix. ``generous`` is ``resource``, where a symbol
    in a request may be whatever a wide term names. ``symbolic``: symbols or policy variables
    stand in the statement. ``never``: no request matches. ``only`` limits actions that are not
    known, as ``actions`` does those that are.
    """

    layer: Layer
    policy: Policy
    index: int
    statement: Statement
    reading: Reading
    actions: int
    resource: Clause
    conditions: tuple[Condition, ...]
    lookup: Lookup | None
    variables: tuple[str, ...] = ()
    condition_variables: tuple[str, ...] = ()
    generous: Clause = EVERYTHING
    symbolic: bool = False
    never: bool = False
    only: Only | None = None

    @property
    def wide(self) -> bool:
        """Tell whether what may match does."""
        return self.reading.wide

    def holds(self, truth: Truth) -> bool:
        """Read a three-valued answer the way of this term."""
        return truth is not False if self.reading.wide else truth is True

    def meets(self, condition: Condition, values: Values | None, *, fixed: bool = False) -> bool:
        """Tell whether a condition of the statement holds for the values of its key.

        ``fixed``: the key has that value only, so that what stands there for a symbol is known.
        """
        if self.reading.own and not fixed:
            truth = evaluate(rigid_condition(condition), values, rigid_lookup(self.lookup))
        else:
            truth = evaluate(condition, values, self.lookup)
        return self.holds(truth)

    def calls(self, kind: PrincipalType, name: Pieces) -> bool:
        """Tell whether the statement's Principal element names a caller.

        SOUND: over-approximates; callers are listed, not spelled as the statement spells them,
        so that symbols there are read wide in a comparison's own statement too.
        """
        return self.holds(principal_matches(self.statement, kind, name))

    def takes(self, action: str) -> bool:
        """Tell whether the statement matches an action that need not be known."""
        only, service = self.only, action.partition(":")[0].lower()
        if only is not None and (service in only.services) is not only.inside:
            return False
        patterns = self.statement.actions
        verdicts = [action_matches(p.pieces, action) for p in entries_for(patterns, action)]
        if patterns.tail is not None:
            verdicts.append(None)
        truth = any_of(verdicts)
        return self.holds(negate(truth) if patterns.negated else truth)

    @property
    def unconditional(self) -> bool:
        """Tell whether every request for one of its actions matches."""
        return self.resource.universal and not self.conditions and self.statement.principals is None


TermRow: TypeAlias = tuple[Term, ...]


@lru_cache(maxsize=8192)
def terms(policy: Policy, at: tuple[Layer, Effect], holder: Holder, reading: Reading) -> TermRow:
    """Return the terms of a policy that have, or may have, an effect.

    In file order, an opaque remainder last. ``at`` is the layer and the effect.
    """
    layer, effect = at
    row: list[Term] = []
    for index, statement in enumerate(policy.document.statements):
        if statement.effect in (effect, "Unknown"):
            lookup = _lookup(policy, index, holder)
            row.append(_term(policy, (layer, index), lookup, _plainest(statement, lookup, reading)))
    if policy.document.opaque is not None:
        row.append(_term(policy, (layer, WHOLE_DOCUMENT), None, reading))
    return tuple(t for t in row if not t.never)


def _lookup(policy: Policy, index: int, holder: Holder) -> Lookup | None:
    """Return what gives variables their values; of a statement without any, all holders share it.

    A document may be attached to thousands of them.
    """
    if not variables_live(policy.document):
        return None
    return _symbolic(holder if _has_variables(policy, index) else _ANYBODY)


@lru_cache(maxsize=8192)
def _has_variables(policy: Policy, index: int) -> bool:
    statement = policy.document.statements[index]
    return any("${" in p for g in _patterns(statement) for p in g.pieces if isinstance(p, str))


_ANYBODY = Holder()
_ANYTHING = Patterns((Pattern(("*",)),))
_UNKNOWN = Statement("Unknown", _ANYTHING, _ANYTHING)


def _plainest(statement: Statement, lookup: Lookup | None, reading: Reading) -> Reading:
    """Return the plainest reading that reads a statement alike, so that terms are shared."""
    if reading.own and not _is_symbolic(statement, lookup):
        reading = reading._replace(own=False)
    if reading.own and lookup is not None and _has_defaults(statement):
        # SOUND: over-approximates; a default is one more value that the symbol may have.
        reading = reading._replace(own=False)
    if reading.own and _is_crowded(statement, lookup):
        # SOUND: over-approximates; one value can't be spelled as two conditions spell it.
        reading = reading._replace(own=False)
    if reading.crossing is not None and not crosses(statement):
        reading = reading._replace(crossing=None)
    return reading


def _is_symbolic(statement: Statement, lookup: Lookup | None) -> bool:
    """Tell whether symbols or live policy variables stand in a statement."""
    return any(_holds_symbol(pattern, lookup) for pattern in _patterns(statement))


def _holds_symbol(pattern: Pattern, lookup: Lookup | None) -> bool:
    return any(isinstance(p, Symbol) or (lookup is not None and "${" in p) for p in pattern.pieces)


def _is_crowded(statement: Statement, lookup: Lookup | None) -> bool:
    """Tell whether symbols stand in several conditions on one key."""
    symbolic = (c for c in statement.conditions if any(_holds_symbol(v, lookup) for v in c.values))
    keys = [key_of(condition) for condition in symbolic]
    return len(set(keys)) < len(keys)


def _patterns(statement: Statement) -> Iterator[Pattern]:
    if statement.resources is not None:
        yield from statement.resources.globs
    for condition in statement.conditions:
        yield from condition.values
    if statement.principals is not None:
        yield from (entry.pattern for entry in statement.principals.entries)


def crosses(statement: Statement) -> bool:
    """Tell whether it makes a difference that a ``*`` may match past the colon after it."""
    resources = statement.resources
    return resources is not None and any(_crosses(p.pieces) for p in resources.globs)


@lru_cache(maxsize=8192)
def _crosses(pieces: Pieces) -> bool:
    row = tokenize(pieces) or ()
    return arn_tokens(row, crossing=True) != arn_tokens(row, crossing=False)


@lru_cache(maxsize=1024)
def _symbolic(holder: Holder) -> Lookup:
    """Give variables the values the holder fixes, else a symbol of the request's own.

    SOUND: a default counts in the wide reading only (the symbol's glob covers it).
    """
    known = holder.keys()

    def look(variable: Variable) -> Pieces | None:
        if variable.key not in known:
            return (Symbol(VARIABLE + variable.key, variable.key),)
        value = known[variable.key]
        if value is None and variable.default is not None:
            return (variable.default,)
        return value

    return look


@lru_cache(maxsize=16384)
def _term(policy: Policy, at: tuple[Layer, int], lookup: Lookup | None, reading: Reading) -> Term:
    layer, index = at
    statement = _UNKNOWN if index == WHOLE_DOCUMENT else policy.document.statements[index]
    resource = _resource_clause(statement.resources, lookup, reading)
    decidable = tuple(c for c in statement.conditions if _decidable(c))
    partial = len(decidable) < len(statement.conditions) or statement.conditions_tail is not None
    wide = reading.wide
    if not wide:
        decidable += _resolving(statement.resources, lookup)
    unsure = (partial or statement.effect == "Unknown") and not wide
    return Term(
        layer,
        policy,
        index,
        statement,
        reading,
        action_bits(statement.actions, wide=wide),
        resource,
        decidable,
        lookup,
        *_variables(statement, lookup),
        _generous(resource) if wide and not reading.own and not resource.negated else resource,
        symbolic=_is_symbolic(statement, lookup),
        never=unsure or resource.impossible,
    )


def _variables(
    statement: Statement, lookup: Lookup | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys of all variables, and of those in conditions that are the request's."""
    if lookup is None:
        return (), ()
    globs = statement.resources.globs if statement.resources is not None else ()
    in_conditions = _keys_in(v for c in statement.conditions for v in c.values)
    free = [k for k, v in in_conditions.items() if lookup(v) == (Symbol(VARIABLE + k, k),)]
    return tuple(_keys_in(globs) | in_conditions), tuple(free)


def _resolving(resources: Patterns | None, lookup: Lookup | None) -> tuple[Condition, ...]:
    """Demand the keys of the variables in NotResource: without a value, what AWS does is open."""
    if resources is None or not resources.negated or lookup is None:
        return ()
    found = (v for v in _keys_in(resources.globs).values() if v.default is None)
    free = (v.key for v in found if lookup(v) == (Symbol(VARIABLE + v.key, v.key),))
    return tuple(Condition(Operator("Null"), Pattern((k,)), (Pattern(("false",)),)) for k in free)


def _has_defaults(statement: Statement) -> bool:
    return any(part.default is not None for part in _variables_in(_patterns(statement)))


def _keys_in(patterns: Iterable[Pattern]) -> dict[str, Variable]:
    return {part.key: part for part in _variables_in(patterns)}


def _variables_in(patterns: Iterable[Pattern]) -> Iterator[Variable]:
    for pattern in patterns:
        for piece in pattern.pieces:
            if isinstance(piece, str) and "${" in piece:
                parts = split_variables(piece)
                yield from (
                    p for p in parts if isinstance(p, Variable) and p.key not in ("*", "?", "$")
                )


def _decidable(condition: Condition) -> bool:
    return condition.operator.name != "Unknown" and key_of(condition) is not None


def action_bits(patterns: Patterns, *, wide: bool) -> int:
    """Return the bit set of the known actions that an element matches."""
    index = action_index()
    inner_wide = wide != patterns.negated
    total = index.everything if patterns.tail is not None and inner_wide else 0
    for pattern in patterns.globs:
        text = pattern.literal
        if text is None:
            if not inner_wide:
                continue
            text = "".join(p.glob if isinstance(p, Symbol) else p for p in pattern.pieces)
        total |= index.bits(text)
    return index.everything & ~total if patterns.negated else total


def _resource_clause(patterns: Patterns | None, lookup: Lookup | None, reading: Reading) -> Clause:
    if patterns is None:
        return EVERYTHING
    inner_wide = reading.wide != patterns.negated
    rows = [tokenize(p.pieces, lookup) for p in patterns.globs]
    if patterns.negated and None in rows and not reading.wide:
        return NOTHING
    # A symbol of the request may be whatever NotResource spares it from.
    generous = inner_wide and patterns.negated
    crossing = inner_wide if reading.crossing is None else reading.crossing
    globs = [
        compile_glob(
            arn_tokens(widen(row) if inner_wide and not reading.own else row, crossing=crossing),
            generous=generous,
        )
        for row in rows
        if row is not None
    ]
    if patterns.tail is not None and inner_wide:
        globs.append(EVERYTHING.globs[0])
    return Clause(tuple(dict.fromkeys(globs)), patterns.negated)


def _generous(clause: Clause) -> Clause:
    return Clause(tuple(compile_glob(g.tokens, generous=True) for g in clause.globs))


def read_arn(tokens: Tokens, *, wide: bool) -> Tokens:
    """Return the wide or the narrow reading of a Resource entry's tokens."""
    return arn_tokens(widen(tokens), crossing=True) if wide else arn_tokens(tokens, crossing=False)
