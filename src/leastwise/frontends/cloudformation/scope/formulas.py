"""What conditions come to: formulas over tests of values that are not known.

A *variable* is a value that is not known (a parameter, a region); an *atom* is a string that it
may be, or ``REST`` for all others. What is assumed of a variable is one of its *outcomes*, which
are sets of atoms that share no atom: they are as coarse as the conditions of a template permit.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from leastwise.iam.worlds import MAX_WORLDS
from leastwise.source.value import Assumption

REST = "\0rest"
"""The atom for all strings that no condition names; one spelled like it is never told apart."""

Atoms: TypeAlias = frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Test:
    """Hold where the variable is one of the atoms."""

    variable: str
    atoms: Atoms


@dataclass(frozen=True, slots=True, eq=False)
class Negation:
    """Hold where the part does not."""

    part: "Formula"


@dataclass(frozen=True, slots=True, eq=False)
class Junction:
    """Hold where all parts do, or, when ``decisive`` is True, where any of them does."""

    parts: "tuple[Formula, ...]"
    decisive: bool


Formula: TypeAlias = bool | Test | Negation | Junction
"""Compared by identity: formulas share parts, so that comparing them could take 2^n steps."""


class Outcome(NamedTuple):
    """Name what a variable may turn out to be."""

    assumption: Assumption
    atoms: Atoms


@dataclass(slots=True, eq=False, repr=False)
class Variable:
    """Collect what is known of a variable while the conditions of a template are read.

    ``words`` say what it is; ``atoms`` are those that conditions name, in their order. ``fixed``
    are its outcomes where a choice between them exists already: one for each atom, and no rest.
    ``closed``: there is no rest, as the atoms are all that a parameter allows.
    """

    id: str
    words: str
    atoms: dict[str, None] = field(default_factory=dict)
    fixed: tuple[Assumption, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    closed: bool = False

    def universe(self) -> Atoms:
        """Return all atoms; those that are fixed are all that there are."""
        return frozenset(self.atoms) | (frozenset() if self.fixed or self.closed else {REST})


@dataclass(slots=True, eq=False, repr=False)
class Tests:
    """Hold the conditions of one stack as formulas, and the variables that they test.

    ``reading`` while conditions are turned into formulas, when a choice stands for a condition
    itself; ``settled`` once the variables have their outcomes, after which no atom is added.
    ``rows`` are, for a variable that is looked up in a mapping, the atoms of each different row.
    ``room`` is how many worlds the branch at hand may still be split into.
    """

    formulas: dict[str, Formula] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    rows: dict[str, list[tuple[Atoms, ...]]] = field(default_factory=dict)
    reading: int = 0
    settled: bool = False
    room: int = MAX_WORLDS


def negated(formula: Formula) -> Formula:
    """Return the negation."""
    match formula:
        case bool():
            return not formula
        case Negation():
            return formula.part
        case _:
            return Negation(formula)


def joined(parts: Iterable[Formula], *, decisive: bool) -> Formula:
    """Return the conjunction of formulas, or with ``decisive`` their disjunction."""
    kept: list[Formula] = []
    for part in parts:
        if part is decisive:
            return decisive
        if not isinstance(part, bool):
            kept.append(part)
    if not kept:
        return not decisive
    return kept[0] if len(kept) == 1 else Junction(tuple(kept), decisive)


def nodes(formula: Formula) -> Iterator[Formula]:
    """Yield each node of a formula once, parts before what they are part of."""
    seen: set[int] = set()
    stack: list[tuple[Formula, bool]] = [(formula, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif id(node) not in seen or isinstance(node, bool):
            seen.add(id(node))
            stack.append((node, True))
            stack += [(part, False) for part in reversed(_parts(node))]


def judge(formula: Formula, known: Mapping[str, Atoms]) -> bool | None:
    """Return whether a formula holds where variables are among the atoms known; None: not known.

    Each node is judged once and by itself, so that None may also be said of what is always so.
    """
    if isinstance(formula, bool):
        return formula
    found: dict[int, bool | None] = {}
    for node in nodes(formula):
        found[id(node)] = _judged(node, known, found)
    return found[id(formula)]


def _judged(
    node: Formula, known: Mapping[str, Atoms], found: dict[int, bool | None]
) -> bool | None:
    match node:
        case bool():
            return node
        case Test():
            atoms = known.get(node.variable)
            if atoms is None:
                return None
            return True if atoms <= node.atoms else (None if atoms & node.atoms else False)
        case Negation():
            inner = found[id(node.part)]
            return None if inner is None else not inner
        case Junction():
            outcomes = [found[id(part)] for part in node.parts]
            if node.decisive in outcomes:
                return node.decisive
            return None if None in outcomes else not node.decisive


def variables_of(formula: Formula) -> tuple[str, ...]:
    """Return the variables of a formula, each once, in the order in which it tests them."""
    tests = (node.variable for node in nodes(formula) if isinstance(node, Test))
    return tuple(dict.fromkeys(tests))


def _parts(node: Formula) -> tuple[Formula, ...]:
    match node:
        case Negation():
            return (node.part,)
        case Junction():
            return node.parts
        case _:
            return ()
