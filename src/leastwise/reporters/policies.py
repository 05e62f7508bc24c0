"""Show policy documents as they stand after evaluation, and what of them is not known.

For people: each document as JSON that can be copied, below it who holds it and why parts of
it stay open. For programs: one list of objects.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from leastwise.iam.project import Policy, Resolution
from leastwise.iam.resolution import Json, plain
from leastwise.iam.unknowns import assumptions_of, unknowns_of
from leastwise.reporters.escape import json_text, line_of_terminal, terminal
from leastwise.reporters.place import location_object
from leastwise.reporters.redact import redact
from leastwise.reporters.story import Places
from leastwise.reporters.style import Sheet, counted, told_lines
from leastwise.source.span import Span, locate
from leastwise.source.value import Symbol

MAX_LISTED = 8
MAX_LINE = 2_000

_KNOWN: dict[Resolution, str] = {
    "concrete": "known",
    "environment": "known but for account, region or partition",
    "symbolic": "known in part",
    "choice": "dependent on assumptions",
    "action-unknown": "not all actions known",
    "opaque": "not known",
}
_NOBODY = {"unattached": "nobody in view", "builder": "nothing in view uses it"}


class Shown(NamedTuple):
    """Hold a policy to be shown; ``holders`` are the addresses of the principals that hold it.

    ``environments`` are those in which it reads so, of roots that have several.
    """

    policy: Policy
    holders: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()


def render(
    shown: Sequence[Shown],
    places: Places,
    sheet: Sheet,
    *,
    show_all: bool = False,
    unseen: int = 0,
) -> str:
    """Spell the documents for people, and count at the end how much of them is known.

    ``unseen`` things (modules, ...) are not in view, and may hold documents as well.
    """
    blocks = [_block(one, places, sheet, show_all=show_all) for one in shown]
    more = f" · {unseen} not in view (leastwise check)" if unseen else ""
    blocks.append([sheet.paint(_tally(shown) + more, "strong")])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def as_json(shown: Sequence[Shown], places: Places) -> str:
    """Spell the documents as one JSON list; schema: ``data/policies.schema.json``."""
    return json_text([_row(one, places) for one in shown])


def _tally(shown: Sequence[Shown]) -> str:
    if not shown:
        return "no policy documents"
    counts = Counter(one.policy.resolution for one in shown)
    parts = [f"{counts[name]} {words}" for name, words in _KNOWN.items() if counts[name]]
    return f"{counted(len(shown), 'policy')}: {', '.join(parts)}"


def _block(one: Shown, places: Places, sheet: Sheet, *, show_all: bool) -> list[str]:
    policy, paint = one.policy, sheet.paint
    name = paint(line_of_terminal(f"{policy.address} {policy.attribute}".rstrip()), "strong")
    lines = [f"{name} ({policy.kind}, {_KNOWN[policy.resolution]})"]
    if policy.span is not None:
        lines.append(f"{paint('-->', 'gutter')} {terminal(places.words(policy.span))}")
    body = json.dumps(_document(policy), indent=2, ensure_ascii=False)
    lines += [line_of_terminal(_shortened(line)) for line in body.split("\n")]
    for word, text in _told(one, places, show_all=show_all):
        lines += told_lines(" =", word, text, sheet)
    return lines


def _shortened(line: str) -> str:
    """Cut a line that no policy needs; the JSON output has all of it."""
    if len(line) <= MAX_LINE:
        return line
    return f"{line[:MAX_LINE]}... ({len(line)} characters, see --format json)"


def _document(policy: Policy) -> Json:
    """Return the document as JSON data without what looks like a secret."""
    if policy.value is None:
        return None
    document: Json = json.loads(redact(json.dumps(plain(policy.value), ensure_ascii=False)))
    return document


def _told(one: Shown, places: Places, *, show_all: bool) -> list[tuple[str, str]]:
    told = [("in", ", ".join(one.environments)), ("held by", _holders(one, show_all=show_all))]
    symbols = [s for s in _symbols(one.policy) if not s.environment]
    listed = symbols if show_all else symbols[:MAX_LISTED]
    told += [("not known", _why(symbol, places)) for symbol in listed]
    if len(symbols) > len(listed):
        told.append(("not known", f"{len(symbols) - len(listed)} more (--show-all)"))
    told += [("depends on", " / ".join(texts)) for texts in _assumptions(one.policy)]
    return [(word, text) for word, text in told if text]


def _holders(one: Shown, *, show_all: bool) -> str:
    if not one.holders:
        return _NOBODY.get(one.policy.consumption, "")
    listed = one.holders if show_all else one.holders[:MAX_LISTED]
    more = len(one.holders) - len(listed)
    return ", ".join(listed) + (f" and {more} more (--show-all)" if more else "")


def _why(symbol: Symbol, places: Places) -> str:
    if symbol.cause is not None:
        own = f"{symbol.reason}, " if symbol.reason != symbol.cause.reason else ""
        return f"{symbol.reference}: {own}{_why(symbol.cause, places)}"
    where = "" if symbol.span is None else f" ({places.words(symbol.span)})"
    matches = "" if symbol.glob == "*" else f", it matches {symbol.glob}"
    reason = f": {symbol.reason}" if symbol.reason else ""
    return f"{symbol.reference}{reason}{matches}{where}"


def _symbols(policy: Policy) -> tuple[Symbol, ...]:
    return () if policy.value is None else unknowns_of(policy.value)


def _assumptions(policy: Policy) -> tuple[tuple[str, ...], ...]:
    """Return what the document depends on, and what it takes for it to be there at all."""
    found = () if policy.value is None else assumptions_of(policy.value)
    told = {text for texts in found for text in texts}
    guards = dict.fromkeys(a.text for s in policy.document.statements for a in s.when)
    return (*found, *((text,) for text in guards if text not in told))


def _row(one: Shown, places: Places) -> dict[str, object]:
    policy = one.policy
    symbols = _symbols(policy)
    return {
        "address": policy.address,
        "attribute": policy.attribute,
        "kind": policy.kind,
        "document": _document(policy),
        "resolution": policy.resolution,
        "location": _location(policy.span, places),
        "consumption": policy.consumption,
        "held_by": list(one.holders),
        "environments": list(one.environments),
        "unknown": [_symbol(symbol, places) for symbol in symbols],
        "assumptions": [list(texts) for texts in _assumptions(policy)],
    }


def _symbol(symbol: Symbol, places: Places) -> dict[str, object]:
    return {
        "reference": symbol.reference,
        "reason": symbol.reason,
        "matches": symbol.glob,
        "environment": symbol.environment,
        "location": _location(symbol.span, places),
    }


def _location(span: Span | None, places: Places) -> dict[str, str | int] | None:
    file = None if span is None else places.file(span.path)
    return None if span is None or file is None else location_object(locate(file, span))
