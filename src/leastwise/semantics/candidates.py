"""List the values of a condition key that its conditions tell apart.

INVARIANT: when ``Elements.missing`` is empty, every string is alike, under each of the conditions
at hand, to one of the values listed (of those that the key can hold).

- Texts: see ``texts``; numbers, dates, addresses and the like: see ``points``.
- Both on one key: while the texts are literals, and no value is read in two ways.
- In the untyped space a value may be text where a number is due. In the typed space a key that
  is compared as a number holds one.

Symbols in a value (letters) stand for themselves; whether a letter equals other texts is for the
reading of the term to judge. Beside them every plain string is covered, under the narrow and the
wide reading of each symbol.
"""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.iam.policy import Condition, Pattern
from leastwise.semantics.effort import Effort
from leastwise.semantics.operators import NEGATED, literal, parse_date
from leastwise.semantics.pattern import FRESH, Pieces
from leastwise.semantics.points import Points, addresses, binaries, booleans, dates, numbers
from leastwise.semantics.texts import Tested, Words, words

MIXED = "one key is compared in several ways"
RANGE = "numbers or dates at the end of what can be spelled"
_KINDS = ("Numeric", "Date", "Bool", "Binary", "IpAddress")


class Nature(NamedTuple):
    """Say what is known of the values of a key.

    ``typed``: they can be read as what they are compared with. ``earliest`` is the first date of
    a key that holds dates, ``epoch``: spelled as seconds since 1970.
    """

    typed: bool = True
    earliest: str | None = None
    epoch: bool = False


class Elements(NamedTuple):
    """Hold single values of a key, the likeliest first; ``missing`` says why some are not."""

    found: tuple[Pieces, ...]
    missing: str = ""


def elements(
    tested: tuple[Tested, ...], required: tuple[Pattern, ...], nature: Nature, effort: Effort
) -> Elements:
    """List single values for one key; absence and sets of values are left to the caller.

    ``required`` are globs of which a value must match one; values that match none may be listed.
    """
    demanded = [p.literal for p in required]
    if demanded and all(t is not None and "*" not in t and "?" not in t for t in demanded):
        return Elements(tuple(p.pieces for p in required))
    texts = words(tested, required, effort, typed=nature.typed)
    kinds = _kinds(tested)
    if nature.earliest is not None:
        start = parse_date(nature.earliest) or 0
        points = [_times(tested, nature)]
        found = dict.fromkeys(w for w in texts.found if _is_time(w, int(start)))
    else:
        points = [_points(kind, rows, nature) for kind, rows in kinds.items()]
        found = dict.fromkeys(texts.found)
    found.update(dict.fromkeys(_beside(points, texts)))
    compared = any(_base(c).startswith(("String", "Arn")) for c, _ in tested)
    if nature.earliest is None and (compared or not kinds or not nature.typed):
        found[(FRESH,)] = None
    return Elements(tuple(found), texts.missing or _doubt(texts, points, kinds, nature))


def _base(condition: Condition) -> str:
    return NEGATED.get(condition.operator.name, condition.operator.name)


def _kinds(tested: tuple[Tested, ...]) -> dict[str, list[tuple[str, ...]]]:
    """Return the values of the conditions that read them, by what they are read as."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for condition, _ in tested:
        for kind in _KINDS:
            if _base(condition).startswith(kind):
                texts = (value.literal for value in condition.values)
                found.setdefault(kind, []).append(tuple(t for t in texts if t is not None))
    return found


def _points(kind: str, rows: list[tuple[str, ...]], nature: Nature) -> Points:
    if kind == "IpAddress":
        return addresses(rows, blocks=not nature.typed)
    texts = dict.fromkeys(text for row in rows for text in row)
    if kind == "Numeric":
        return numbers(texts)
    if kind == "Date":
        return dates(texts)
    return booleans() if kind == "Bool" else binaries(texts)


def _times(tested: tuple[Tested, ...], nature: Nature) -> Points:
    texts = [value.literal or "" for condition, _ in tested for value in condition.values]
    return dates(texts, nature.earliest, epoch=nature.epoch)


def _is_time(word: Pieces, start: int) -> bool:
    """Keep what may be a date that is not too early."""
    text = literal(word)
    moment = None if text is None else parse_date(text)
    return moment is not None and moment >= start


def _beside(points: list[Points], texts: Words) -> Iterator[Pieces]:
    """Spell the values that are read, as none of the literals on the key where that can be."""
    for row in (row for part in points for row in part.found):
        free = [text for text in row if not texts.spell(text)]
        yield ((free or row)[0],)


def _doubt(
    texts: Words, points: list[Points], kinds: dict[str, list[tuple[str, ...]]], nature: Nature
) -> str:
    """Say why values may be missing that are read in some way."""
    if not all(part.complete for part in points):
        return RANGE
    if nature.earliest is not None:  # texts that are no such date were left out
        return MIXED if texts.globs else ""
    if not kinds:
        return ""
    # A text may be both a number and a date, and most texts are base64. Dates have letters.
    twice = {"Numeric", "Date"} <= set(kinds) or ("Binary" in kinds and len(kinds) > 1)
    hidden = any(all(map(texts.spell, row)) for part in points for row in part.found)
    spelled = bool(texts.literals) and ("Binary" in kinds or "Date" in kinds)
    return MIXED if texts.globs or twice or hidden or spelled else ""
