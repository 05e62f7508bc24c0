"""List the values of a condition key that can make a difference to the conditions on it.

For numbers, dates and addresses these are the end points of the intervals that the conditions
cut, and their neighbours; for strings and ARNs the literals, and one string for every
combination of globs that a string can meet; for set operators also pairs of those; and the
absence of the key. With one operator family on a key that is every case there is.

Approximations (some case may be missed): case-insensitive operators beside globs on one key,
several families on one key, sets of more than two values, more than ``MOST_GLOBS`` globs on one
key (then each on its own and in pairs).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations

from leastwise.iam.policy import Condition, Pattern
from leastwise.semantics.automaton import Clause, all_cells, join
from leastwise.semantics.conditions import Values
from leastwise.semantics.effort import Effort
from leastwise.semantics.operators import NEGATED, parse_date, parse_network, parse_number
from leastwise.semantics.pattern import (
    FRESH,
    Lookup,
    Pieces,
    Tokens,
    Wild,
    arn_tokens,
    compile_glob,
    condition_arn_tokens,
    tokenize,
)

MOST_GLOBS = 8
_MOST_SINGLES = 12
_TEXTUAL = ("String", "Arn")
_DAY = Decimal(86_400)

Tested = tuple[Condition, Lookup | None]


def candidates(
    tested: tuple[Tested, ...],
    required: tuple[Pattern, ...],
    *,
    earliest: str | None = None,
    several: bool = False,
    effort: Effort | None = None,
) -> list[Values]:
    """List values for one key, the likeliest first; absence is left to the caller.

    ``required`` are globs of which the value must match one. ``earliest`` is the first date the
    key can hold, when it holds dates; ``several``: it can hold more than one value. When the
    ``effort`` is spent on the way, values are missing.
    """
    singles: dict[Pieces, None] = dict.fromkeys(_texts(tested, required, effort or Effort()))
    for condition, _ in tested:
        family = NEGATED.get(condition.operator.name, condition.operator.name)
        for value in condition.values:
            text = value.literal
            if text is not None:
                singles.update(dict.fromkeys((t,) for t in _typed(family, text)))
    if earliest is not None:
        singles = dict.fromkeys(_times(singles, earliest))
    elif any(c.operator.name.startswith(_TEXTUAL) or c.operator.name == "Null" for c, _ in tested):
        singles[(FRESH,)] = None
    values: list[Values] = [(single,) for single in singles]
    if several and any(c.operator.quantifier for c, _ in tested):
        few = list(singles)[:_MOST_SINGLES]
        values += [tuple(pair) for pair in combinations(few, 2)]
    return values


def _typed(family: str, text: str) -> Iterator[str]:
    if family == "Bool":
        yield from ("true", "false")
    elif family.startswith("Numeric"):
        yield from _numbers(text)
    elif family.startswith("Date"):
        yield from _dates(text)
    elif family == "IpAddress":
        yield from _addresses(text)
    elif family == "StringEqualsIgnoreCase":
        yield from (text, text.swapcase())
    elif family == "BinaryEquals":
        yield from (text, "AA==")


def _numbers(text: str) -> Iterator[str]:
    number = parse_number(text)
    if number is not None:
        yield from (format(number + step, "f") for step in (0, -1, 1, Decimal("0.5")))


def _dates(text: str) -> Iterator[str]:
    moment = parse_date(text)
    if moment is not None:
        for step in (0, -1, 1):
            spelled = _spell_date(moment + step)
            if spelled is not None:
                yield spelled


def _spell_date(moment: Decimal) -> str | None:
    try:
        return datetime.fromtimestamp(float(moment), UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None


def _times(singles: Iterable[Pieces], earliest: str) -> Iterator[Pieces]:
    """Keep the dates that are not before ``earliest``, that date first."""
    start = parse_date(earliest) or Decimal(0)
    first = _spell_date(start + _DAY / 2)
    if first is not None:
        yield (first,)
    for single in singles:
        text = single[0] if single else ""
        moment = parse_date(text) if isinstance(text, str) else start
        if moment is not None and moment >= start:
            yield single


def _addresses(text: str) -> Iterator[str]:
    network = parse_network(text)
    if network is None:
        return
    first, last = int(network[0]), int(network[-1])
    kind = type(network[0])
    for number in (first, last, first - 1, last + 1):
        if 0 <= number < 1 << network.max_prefixlen:
            yield str(kind(number))
    yield "203.0.113.7" if network.version == 4 else "2001:db8::7"


def _texts(
    tested: tuple[Tested, ...], required: tuple[Pattern, ...], effort: Effort
) -> Iterator[Pieces]:
    globs: dict[Tokens, None] = {}
    for row in _rows(tested, required):
        if any(isinstance(t, Wild) for t in row):
            globs[row] = None
        else:
            yield join(t for t in row if not isinstance(t, Wild))
    yield from _cells(list(globs), effort)


def _rows(tested: tuple[Tested, ...], required: tuple[Pattern, ...]) -> Iterator[Tokens]:
    for pattern in required:
        row = tokenize(pattern.pieces)
        if row is not None:
            yield row
            yield from _bound(row)
    for condition, lookup in tested:
        family = NEGATED.get(condition.operator.name, condition.operator.name)
        if not family.startswith(_TEXTUAL):
            continue
        plain = family.startswith("StringEquals")
        for value in condition.values:
            row = tokenize(value.pieces, lookup, plain=plain)
            if row is None:
                continue
            segmented = condition_arn_tokens(row) if family.startswith("Arn") else None
            yield segmented or row


def _bound(row: Tokens) -> Iterator[Tokens]:
    # A required ARN glob is met by an ARN of six parts, which is what ARN operators look at.
    if row[:4] == tuple("arn:"):
        yield arn_tokens(row, crossing=False)


def _cells(rows: list[Tokens], effort: Effort) -> Iterator[Pieces]:
    for row in rows:
        yield example(row)
    clauses = [Clause((compile_glob(row),)) for row in rows]
    if len(rows) <= 1:
        return
    groups: Iterable[tuple[Clause, ...]] = [tuple(clauses)]
    if len(rows) > MOST_GLOBS:
        groups = combinations(clauses, 2)
    for group in groups:
        cells = all_cells(group)
        effort.spend_once(group, cells.work)
        if effort.spent:
            return
        yield from (value for mask, value in cells.found if mask)


def example(row: Tokens) -> Pieces:
    """Return a string that a row of tokens matches: a fresh character for each wildcard."""
    return join(FRESH if isinstance(t, Wild) else t for t in row)
