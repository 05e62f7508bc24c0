"""Tell who can become whom in words: chains, the worst first, or all that one of them reaches."""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.reporters.escape import terminal
from leastwise.reporters.graph.picture import (
    Arrow,
    Family,
    Picture,
    Spot,
    Worth,
    cut,
    families,
    is_somebody,
    name_of,
    names_of,
)
from leastwise.reporters.graph.tally import counts, goal_words, listed, more_words, noted
from leastwise.reporters.graph.wording import calls_of, cited_words, so_words
from leastwise.reporters.story import Cited, Places
from leastwise.reporters.style import Sheet, Style, counted, wrapped
from leastwise.semantics.model import Certainty

MOST_SHOWN = 20
_MOST_CITED = 3
_DEEPEST = 8
_INDENT = "    "
_VERBS: dict[Certainty, str] = {"proven": "can", "possible": "may", "no": "can't"}
_STYLES: dict[Certainty, Style] = {"proven": "error", "possible": "warning", "no": "note"}


class _Page(NamedTuple):
    """Hold what all lines of a text need."""

    picture: Picture
    places: Places
    sheet: Sheet


def render(picture: Picture, places: Places, sheet: Sheet, *, show_all: bool) -> str:
    """Return the picture for people: 20 chains unless all are to be shown."""
    if picture.source and not picture.goal:
        shown = picture if show_all else cut(picture, MOST_SHOWN)
        page = _Page(shown, places, sheet)
        blocks = list(_trees(page))
    else:
        found = families(picture)
        kept = found if show_all else found[:MOST_SHOWN]
        missing = sum(len(family.starts) for family in found[len(kept) :])
        shown = picture._replace(left_out=picture.left_out + missing)
        page = _Page(shown, places, sheet)
        blocks = list(_listed(page, kept))
    if shown.left_out:
        more = counted(shown.left_out, "more chain")
        blocks.append([f"and {more}" + ("" if show_all else " (--show-all)")])
    blocks.append(list(_closing(page)))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _closing(page: _Page) -> Iterator[str]:
    for line in counts(page.picture):
        for part in _hanging(line, "", page.sheet):
            yield page.sheet.paint(part, "strong")
    for line in noted(page.picture):
        yield from _hanging(line, "", page.sheet)


# --- chains --------------------------------------------------------------------------------------


def _listed(page: _Page, found: tuple[Family, ...]) -> Iterator[list[str]]:
    """Yield one block for each family of chains; of those worth the same, one root's together."""
    spots = page.picture.spots
    groups: dict[tuple[Worth, str], list[Family]] = {}
    for family in found:
        root = spots[family.starts[0]].root
        groups.setdefault((family.track.worth, root), []).append(family)
    several = len({root for _, root in groups if root}) > 1
    for (_, root), row in groups.items():
        if several:
            where = f"in {page.places.prefix}{root}:" if root else "from outside:"
            yield [page.sheet.paint(terminal(where), "strong")]
        for family in row:
            yield _chain(page, family)


def _chain(page: _Page, family: Family) -> list[str]:
    picture, track = page.picture, family.track
    first, *others = (picture.spots[number] for number in family.starts)
    end = picture.spots[picture.end(track)]
    shared = len(set(family.ends)) == 1 or track.worth == "admin"
    who = listed(names := names_of([first, *others] if shared else [first], first.root))
    if len(names) == 1 and first.span is not None:
        who += f" ({page.places.words(first.span)})"
    does = f"{_VERBS[track.certainty]} {goal_words(picture, track, end)}"
    lines = _head(who, does, track.certainty, page.sheet)
    lines[-1] += f" in {counted(len(track.arrows), 'step')}{more_words(track)}"
    for at, number in enumerate(track.arrows, 1):
        arrow = picture.arrows[number]
        mark = f"{at}. " if len(track.arrows) > 1 else ""
        lines += _step(page, arrow, f"{_INDENT}{mark}")
        if at < len(track.arrows):
            gap = _INDENT + " " * len(mark)
            target = picture.spots[arrow.target]
            lines += _hanging(f"{so_words(arrow, target)} {name_of(target)}", gap, page.sheet)
    if others and not shared:
        alike = listed(names_of(others, first.root))
        lines += _told("likewise, each another", alike, _INDENT, page.sheet)
    return lines


def _head(who: str, does: str, certainty: Certainty, sheet: Sheet) -> list[str]:
    """Return who can do what in one line, in several where that is too long."""
    paint = sheet.paint
    if len(who) + len(does) + len(" in 9 steps") <= sheet.width:
        return [f"{paint(terminal(who), 'strong')} {paint(terminal(does), _STYLES[certainty])}"]
    rows = [paint(line, "strong") for line in _hanging(who, "", sheet)]
    return rows + [paint(line, _STYLES[certainty]) for line in _hanging(does, "  ", sheet)]


def _step(page: _Page, arrow: Arrow, lead: str) -> list[str]:
    """Tell a step: what is done, by which statements, and on what it depends."""
    sheet = page.sheet
    gap = " " * len(lead)
    head = f"{arrow.path}: {arrow.words}" if arrow.path else arrow.words
    lines = _hanging(head, lead, sheet)
    for actions, cited in calls_of(arrow):
        lines += _hanging(f"{actions}: {_cited(page.places, cited)}", gap, sheet)
    lines += [line for text in arrow.depends_on for line in _told("depends on", text, gap, sheet)]
    if arrow.also:
        lines += _told("also", listed(arrow.also), gap, sheet)
    return lines


def _cited(places: Places, cited: tuple[Cited, ...]) -> str:
    shown = [cited_words(c, places) for c in cited]
    more = len(shown) - _MOST_CITED
    words = " and ".join(shown[:_MOST_CITED]) + (f" and {more} more" if more > 0 else "")
    return words or "no statement in view"


def _told(word: str, text: str, gap: str, sheet: Sheet) -> list[str]:
    first, *rest = _hanging(text, gap + " " * (len(word) + 2), sheet)
    return [f"{gap}{sheet.paint(f'{word}:', 'strong')} {first.lstrip()}", *rest]


def _hanging(text: str, lead: str, sheet: Sheet) -> list[str]:
    """Wrap a sentence that begins with ``lead`` and hangs below its first word."""
    first, *rest = wrapped(terminal(text), max(sheet.width - len(lead), 40))
    return [f"{lead}{first}", *(" " * len(lead) + line for line in rest)]


# --- trees ---------------------------------------------------------------------------------------


def _trees(page: _Page) -> Iterator[list[str]]:
    picture = page.picture
    below: dict[int, list[Arrow]] = {}
    used = dict.fromkeys(n for track in picture.tracks for n in track.arrows)
    for number in used:
        arrow = picture.arrows[number]
        below.setdefault(arrow.source, []).append(arrow)
    for start in dict.fromkeys(map(picture.start, picture.tracks)):
        yield list(_tree(page, start, below))


def _tree(page: _Page, start: int, below: dict[int, list[Arrow]]) -> Iterator[str]:
    picture, sheet = page.picture, page.sheet
    spot = picture.spots[start]
    where = "" if spot.span is None else f" ({page.places.words(spot.span)})"
    yield f"{sheet.paint(terminal(name_of(spot)), 'strong')}{terminal(where)}"
    seen = {start}
    pending = [(arrow, 1) for arrow in reversed(below.get(start, ()))]
    while pending:
        arrow, depth = pending.pop()
        if arrow.target in seen:
            continue
        seen.add(arrow.target)
        gap = _INDENT * min(depth, _DEEPEST)
        spot = picture.spots[arrow.target]
        if is_somebody(spot):
            yield _reached(spot, arrow, gap, sheet)
            yield from _step(page, arrow, gap + _INDENT)
        else:
            verb = _VERBS[arrow.certainty]
            yield from _step(page, arrow._replace(words=f"{verb} {arrow.words}"), gap)
        pending += [(after, depth + 1) for after in reversed(below.get(arrow.target, ()))]


def _reached(spot: Spot, arrow: Arrow, gap: str, sheet: Sheet) -> str:
    verb = f"{_VERBS[arrow.certainty]} {'have' if spot.kind == 'admin' else 'become'}"
    admin = {"proven": ", an administrator", "possible": ", perhaps an administrator", "no": ""}
    rest = "" if spot.kind == "admin" else admin[spot.administrator]
    name = sheet.paint(terminal(name_of(spot)), "strong")
    return f"{gap}{sheet.paint(verb, _STYLES[arrow.certainty])} {name}{rest}"
