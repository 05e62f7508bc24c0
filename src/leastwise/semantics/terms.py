"""Prepare statements for the search: one ``Term`` is one statement under one reading.

The wide reading matches whatever some value of the unknowns, or some reading of the
documentation, would make match; the narrow one only what all of them do. What is not known in
full (tails, an unknown operator or key, an opaque document) holds in the wide reading and never
in the narrow one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from leastwise.iam.policy import Condition, Pattern, Patterns, Statement
from leastwise.iam.project import Policy, PrincipalKind
from leastwise.semantics.actions import action_index
from leastwise.semantics.automaton import Clause, join
from leastwise.semantics.conditions import key_of
from leastwise.semantics.decide import WHOLE_DOCUMENT, variables_live
from leastwise.semantics.model import Layer
from leastwise.semantics.pattern import (
    Lookup,
    Pieces,
    Token,
    Tokens,
    Variable,
    Wild,
    action_matches,
    arn_segments,
    arn_tokens,
    compile_glob,
    split_variables,
    tokenize,
    widen,
)
from leastwise.semantics.truth import Truth, any_of, negate
from leastwise.source.value import Symbol

EVERYTHING = Clause((compile_glob((Wild.MANY,)),))
NOTHING = Clause(())
VARIABLE = "variable:"
"""The prefix of the ids of symbols that stand for policy variables of a request."""


class Holder(NamedTuple):
    """Say who makes the requests: what kind of principal, with which ARN, when it is known."""

    kind: PrincipalKind | None = None
    arn: Pattern | None = None

    def keys(self) -> dict[str, Pieces | None]:
        """Return the condition keys that follow from the holder; None: never in a request.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
        (section "Principal key values") and reference_policies_condition-keys.html.
        """
        found: dict[str, Pieces | None] = {}
        if self.kind in ("role", "permission-set"):
            found["aws:username"] = None
            found["aws:principaltype"] = ("AssumedRole",)
        if self.kind in ("user", "group"):
            found["aws:principaltype"] = ("User",)
        if self.arn is None or self.kind not in ("role", "user"):
            return found
        found["aws:principalarn"] = self.arn.pieces
        segments = arn_segments(tokenize(self.arn.pieces, plain=True) or ())
        if len(segments) == 6:
            found["aws:principalaccount"] = join_tokens(segments[4])
            if self.kind == "user":
                found["aws:username"] = join_tokens(_after_last_slash(segments[5]))
        return found


def join_tokens(tokens: "list[Token] | Tokens") -> Pieces:
    """Turn plain tokens back into pieces."""
    return join(t for t in tokens if not isinstance(t, Wild))


def _after_last_slash(tokens: list[Token]) -> list[Token]:
    while "/" in tokens:
        tokens = tokens[tokens.index("/") + 1 :]
    return tokens


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """Hold one statement under one reading; compared by identity.

    ``actions`` is the bit set of known actions. ``conditions`` are those that can be decided.
    ``variables`` are the keys of policy variables in it, ``condition_variables`` those of its
    condition values that the holder does not fix. ``generous`` is ``resource``, where a symbol
    in a request may be whatever a wide term names. ``never``: no request matches.
    """

    layer: Layer
    policy: Policy
    index: int
    statement: Statement
    wide: bool
    actions: int
    resource: Clause
    conditions: tuple[Condition, ...]
    lookup: Lookup | None
    variables: tuple[str, ...] = ()
    condition_variables: tuple[str, ...] = ()
    generous: Clause = EVERYTHING
    never: bool = False

    def holds(self, truth: Truth) -> bool:
        """Read a three-valued answer the way of this term."""
        return truth is not False if self.wide else truth is True

    def takes(self, action: str) -> bool:
        """Tell whether the statement matches an action that need not be known."""
        patterns = self.statement.actions
        verdicts: list[Truth] = [action_matches(p.pieces, action) for p in patterns.globs]
        if patterns.tail is not None:
            verdicts.append(None)
        truth = any_of(verdicts)
        return self.holds(negate(truth) if patterns.negated else truth)

    @property
    def unconditional(self) -> bool:
        """Tell whether every request for one of its actions matches."""
        return self.resource.universal and not self.conditions and self.statement.principals is None


TermRow: TypeAlias = tuple[Term, ...]


@lru_cache(maxsize=4096)
def terms(policy: Policy, layer: Layer, holder: Holder, *, wide: bool) -> TermRow:
    """Return the terms of a policy, in file order, an opaque remainder last."""
    lookup = _symbolic(holder) if variables_live(policy.document) else None
    row = [
        _term(policy, (layer, index), statement, lookup, wide=wide)
        for index, statement in enumerate(policy.document.statements)
    ]
    if policy.document.opaque is not None:
        anything = Patterns((Pattern(("*",)),))
        unknown = Statement("Unknown", anything, anything)
        row.append(_term(policy, (layer, WHOLE_DOCUMENT), unknown, None, wide=wide))
    return tuple(t for t in row if not t.never)


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


def _term(
    policy: Policy,
    at: tuple[Layer, int],
    statement: Statement,
    lookup: Lookup | None,
    *,
    wide: bool,
) -> Term:
    layer, index = at
    resource = _resource_clause(statement.resources, lookup, wide=wide)
    decidable = tuple(c for c in statement.conditions if _decidable(c))
    partial = len(decidable) < len(statement.conditions) or statement.conditions_tail is not None
    unsure = (partial or statement.effect == "Unknown") and not wide
    return Term(
        layer,
        policy,
        index,
        statement,
        wide,
        _action_bits(statement.actions, wide=wide),
        resource,
        decidable,
        lookup,
        *_variables(statement, lookup),
        _generous(resource) if wide and not resource.negated else resource,
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


def _keys_in(patterns: Iterable[Pattern]) -> dict[str, Variable]:
    return {
        part.key: part
        for pattern in patterns
        for piece in pattern.pieces
        if isinstance(piece, str) and "${" in piece
        for part in split_variables(piece)
        if isinstance(part, Variable) and part.key not in ("*", "?", "$")
    }


def _decidable(condition: Condition) -> bool:
    return condition.operator.name != "Unknown" and key_of(condition) is not None


def _action_bits(patterns: Patterns, *, wide: bool) -> int:
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


def _resource_clause(patterns: Patterns | None, lookup: Lookup | None, *, wide: bool) -> Clause:
    if patterns is None:
        return EVERYTHING
    inner_wide = wide != patterns.negated
    rows = [tokenize(p.pieces, lookup) for p in patterns.globs]
    if patterns.negated and None in rows and not wide:
        return NOTHING
    # A symbol of the request may be whatever NotResource spares it from.
    generous = inner_wide and patterns.negated
    globs = [
        compile_glob(read_arn(row, wide=inner_wide), generous=generous)
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


def allowing(row: TermRow) -> TermRow:
    """Keep the terms that allow (or may, in the wide reading)."""
    return tuple(t for t in row if t.statement.effect != "Deny")


def denying(row: TermRow) -> TermRow:
    """Keep the terms that deny (or may, in the wide reading)."""
    return tuple(t for t in row if t.statement.effect != "Allow")
