"""Give unknown strings sample values, so that a symbolic answer has a concrete request.

A valuation fixes one value per symbol and one world of assumptions; a document under it is
concrete. Values are made from the reference (``var.bucket`` becomes ``var-bucket``) and match
the symbol's glob.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from leastwise.iam.policy import Pattern, PolicyDocument, Statement
from leastwise.iam.strings import strings_of, with_strings
from leastwise.semantics.effort import Effort
from leastwise.semantics.pattern import Pieces, Tokens, Wild, accepts, compile_glob, tokenize
from leastwise.semantics.remembered import by_identity
from leastwise.source.value import Assumption, Symbol

ACCOUNT, PARTITION, REGION, SUFFIX = "123456789012", "aws", "us-east-1", "amazonaws.com"
_Row: TypeAlias = list[str | Wild | Symbol]
_STEPS = 10_000
_READ = 50
"""Characters of a value that are held against a glob in the time of one step."""


@dataclass(frozen=True, slots=True)
class Valuation:
    """Fix values of symbols, by id, and the outcomes of tests; other symbols get a sample."""

    symbols: Mapping[str, str] = field(default_factory=dict)
    world: tuple[Assumption, ...] = ()

    def value(self, symbol: Symbol) -> str:
        """Return the value of a symbol."""
        chosen = self.symbols.get(symbol.id)
        return sample(symbol) if chosen is None else chosen

    def spell(self, pieces: Pieces) -> str:
        """Spell pieces with the values of their symbols."""
        return "".join(self.value(p) if isinstance(p, Symbol) else p for p in pieces)


def sample(symbol: Symbol, name: str = "") -> str:
    """Make a value for a symbol that matches its glob, of ``name`` if it is given."""
    known = _environment(symbol)
    if known is not None:
        return known
    parts = symbol.glob.split(":", 5)
    name = name or _slug(symbol.reference)
    if len(parts) == 6 and parts[0] == "arn":
        fills = ("arn", PARTITION, parts[2].strip("*?") or "s3", REGION, ACCOUNT)
        head = [f if "*" in p or "?" in p else p for p, f in zip(parts, fills, strict=False)]
        return ":".join([*head, _fill(parts[5], name)])
    return _fill(symbol.glob, name)


def _environment(symbol: Symbol) -> str | None:
    """Recognise account, partition, region and URL suffix by what their name and glob say."""
    if symbol.glob == "?" * 12:
        return ACCOUNT
    if not symbol.environment:
        return None
    name = symbol.reference.lower()
    for word, value in (
        ("suffix", SUFFIX),  # before the partition, of which it may be an attribute
        ("account", ACCOUNT),
        ("partition", PARTITION),
        ("region", REGION),
    ):
        if word in name:
            return value
    return None


def _slug(reference: str) -> str:
    kept = "".join(c if c.isalnum() and c.isascii() else "-" for c in reference)
    words = [w for w in kept.split("-") if w]
    return "-".join(words)[:48].strip("-").lower() or "example"


def _fill(glob: str, name: str) -> str:
    first, star, rest = glob.partition("*")
    return first.replace("?", "1") + (name if star else "") + _plain(rest)


def _plain(glob: str) -> str:
    return glob.replace("*", "x").replace("?", "1")


def samples(symbols: Iterable[Symbol]) -> dict[str, str]:
    """Give symbols sample values, different symbols of one spelling different ones."""
    values: dict[str, str] = {}
    taken: set[str] = set()
    for symbol in symbols:
        if symbol.id in values:
            continue
        value = sample(symbol)
        number = 2
        while value in taken and _environment(symbol) is None and "*" in symbol.glob:
            # In front, because a long reference is cut at its end.
            renamed = replace(symbol, reference=f"{number}-{symbol.reference}")
            value, number = sample(renamed), number + 1
        values[symbol.id] = value
        taken.add(value)
    return values


@by_identity(maxsize=8192)
def symbols_of(document: PolicyDocument) -> tuple[Symbol, ...]:
    """List the symbols in the strings of a document (not its unknown tails), in order."""
    return tuple(
        piece
        for statement in document.statements
        for pattern in strings_of(statement)
        for piece in pattern.pieces
        if isinstance(piece, Symbol)
    )


def is_concrete(document: PolicyDocument) -> bool:
    """Tell whether a document has neither symbols in its strings nor assumptions."""
    if any(s.when for s in document.statements):
        return False
    return not symbols_of(document)


def valuate(document: PolicyDocument, valuation: Valuation) -> PolicyDocument:
    """Replace symbols by their values and keep the statements of the valuation's world.

    Statement numbers change when statements drop out; unknown tails stay.
    """
    outcomes = {a.id: a.outcome for a in valuation.world}
    kept = [
        _statement(s, valuation)
        for s in document.statements
        if all(outcomes.get(a.id, a.outcome) == a.outcome for a in s.when)
    ]
    return replace(document, statements=tuple(kept))


def _statement(statement: Statement, valuation: Valuation) -> Statement:
    def fix(pattern: Pattern) -> Pattern:
        if pattern.literal is not None:
            return pattern
        return Pattern((valuation.spell(pattern.pieces),), pattern.origin)

    return replace(with_strings(statement, fix), when=())


def bind(tokens: Tokens, value: str, known: Mapping[str, str]) -> dict[str, str] | None:
    """Find values of the symbols in a pattern's tokens under which it matches ``value``.

    ``known`` values are kept; returned are the new ones. None when there are none, or when
    the search takes too long.
    """
    row = [
        part
        for token in tokens
        for part in (
            known[token.id] if isinstance(token, Symbol) and token.id in known else (token,)
        )
    ]
    stack: list[Iterator[_Move]] = [iter([_Move(0, 0, {})])]
    effort = Effort(_STEPS)
    while stack and not effort.spent:
        # Moves are made one at a time: a long value under many stars has millions of them.
        move = next(stack[-1], None)
        effort.spend(1)
        if move is None:
            stack.pop()
        elif move.number < len(row):
            stack.append(_moves(row, value, move, effort))
        elif move.position == len(value):
            return move.bound
    return None


class _Move(NamedTuple):
    """Hold how far a pattern and a value were read, and what symbols were bound on the way."""

    number: int
    position: int
    bound: dict[str, str]


def _moves(row: _Row, value: str, at: _Move, effort: Effort) -> Iterator[_Move]:
    number, position, bound = at
    token = row[number]
    if isinstance(token, Symbol):
        yield from _captures(row, token, value, at, effort)
    elif token is Wild.MANY:
        for end in _ends(row, number, value, position):
            yield _Move(number + 1, end, bound)
    elif isinstance(token, Wild):
        if position < len(value):
            yield _Move(number + 1, position + 1, bound)
    elif value.startswith(token, position):
        yield _Move(number + 1, position + 1, bound)


def _ends(row: _Row, number: int, value: str, position: int) -> Iterator[int]:
    """Yield where a token that matches any string may end, so that the next one may follow."""
    after = row[number + 1] if number + 1 < len(row) else None
    if after is None:
        yield len(value)
    elif isinstance(after, str):
        end = value.find(after, position)
        while end >= 0:
            yield end
            end = value.find(after, end + 1)
    else:
        yield from range(position, len(value) + 1)


def _last_ends(row: _Row, number: int, value: str, position: int) -> Iterator[int]:
    """Yield the same ends, the last one first."""
    after = row[number + 1] if number + 1 < len(row) else None
    if isinstance(after, str):
        end = value.rfind(after, position)
        while end >= 0:
            yield end
            end = value.rfind(after, position, end)
    elif after is None:
        yield len(value)
    else:
        yield from range(len(value), position - 1, -1)


def _captures(row: _Row, symbol: Symbol, value: str, at: _Move, effort: Effort) -> Iterator[_Move]:
    number, position, bound = at
    if symbol.id in bound:
        if value.startswith(bound[symbol.id], position):
            yield _Move(number + 1, position + len(bound[symbol.id]), bound)
        return
    glob = compile_glob(tokenize((symbol.glob,)) or ())
    for end in _last_ends(row, number, value, position):
        if effort.spent:
            return
        part = value[position:end]
        effort.spend(1 + len(part) // _READ)
        # An account, region or partition holds neither colon nor slash.
        if symbol.environment and (":" in part or "/" in part):
            continue
        if accepts(glob, (part,)):
            yield _Move(number + 1, end, {**bound, symbol.id: part})
