"""Tell people how one principal becomes another, step by step, or what stops it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from leastwise.reporters.escape import terminal
from leastwise.reporters.graph.picture import Call
from leastwise.reporters.story import LABELS, Cited, Places, cited_name, ended, frames
from leastwise.reporters.style import Sheet, Style, counted, told_lines, wrapped
from leastwise.reporters.why import Cut, Cuts, Hop, Miss, Outcome, Way, Why
from leastwise.reporters.words import request_parts

_STYLES: dict[Outcome, Style] = {
    "reachable": "help",
    "depends": "warning",
    "not-reachable": "error",
}
_MOST_CONTEXT = 4
_MOST_ALSO = 3


class _Mark(NamedTuple):
    """Ask for a statement to be marked with what it does, and to which call."""

    cited: Cited
    words: str
    action: str = ""


class _Page(NamedTuple):
    """Hold what all parts of the text share."""

    why: Why
    places: Places
    sheet: Sheet

    def block(
        self, head: list[str], marks: Iterable[_Mark], told: Iterable[tuple[str, str]]
    ) -> list[str]:
        """Return a headline with quoted lines of source below it, and sentences below those."""
        digits, quotes = frames(_merged(marks), self.places, self.sheet)
        edge = " " * digits + " ="
        lines = [*head, *quotes]
        for word, text in told:
            lines += told_lines(edge, word, text, self.sheet)
        return lines

    def head(self, word: str, text: str) -> list[str]:
        """Return ``word: text`` as lines that are no wider than the page, but for long words."""
        first, *rest = wrapped(f"{word}: {terminal(text)}", self.sheet.width)
        word = f"{word}:"
        return [self.sheet.paint(word, "strong") + first.removeprefix(word), *rest]


def render(why: Why, places: Places, sheet: Sheet) -> str:
    """Return the answer for people, with the lines of source that decide."""
    page = _Page(why, places, sheet)
    head = sheet.paint(f"{why.outcome.replace('-', ' ')}:", _STYLES[why.outcome])
    held = (_Mark(cited, f"{cited.layer}: {LABELS[cited.verb]} everything") for cited in why.held)
    told = ((c.layer, f"{cited_name(c, places)} {c.text}") for c in why.held)
    sentence = sheet.paint(terminal(why.sentence), "strong")
    blocks = [page.block([f"{head} {sentence}"], held, told)]
    for number, way in enumerate(why.ways):
        blocks += _first(page, way) if not number else [_another(page, way)]
    if why.more:
        blocks.append([f"and {counted(why.more, 'more way')}"])
    blocks += (_miss(page, miss) for miss in why.misses)
    blocks.append(list(_closing(page)))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _first(page: _Page, way: Way) -> Iterator[list[str]]:
    """Tell a way with all that decides each step."""
    for number, hop in enumerate(way.hops, start=1):
        head = page.head(f"step {number}", _hop_words(hop))
        marks = (
            _Mark(cited, f"{cited.layer}: allows", call.action)
            for call in hop.calls
            for cited in call.cited
        )
        yield page.block(head, marks, _hop_told(page, hop))


def _hop_words(hop: Hop) -> str:
    path = f" ({hop.path})" if hop.path else ""
    possibly = "" if hop.certainty == "proven" else "possibly "
    return f"{possibly}{hop.source} can {hop.words}{path}"


def _hop_told(page: _Page, hop: Hop) -> Iterator[tuple[str, str]]:
    """Tell the requests, then each statement once with all that it allows of them."""
    yield from (("request", _request(page, call)) for call in hop.calls)
    found: dict[tuple[str, str], tuple[Cited, list[str]]] = {}
    for call in hop.calls:
        for cited in call.cited:
            found.setdefault((cited.policy, cited.statement), (cited, []))[1].append(call.action)
    for cited, actions in found.values():
        allowed = " and ".join(dict.fromkeys(actions)) if len(hop.calls) > 1 else "it"
        yield cited.layer, f"{cited_name(cited, page.places)} allows {allowed}"
    yield from (("depends on", text) for text in hop.depends_on)


def _request(page: _Page, call: Call) -> str:
    """Tell a request without its caller: the step has named it."""
    if call.request is None:
        return call.action
    action, _, *context = request_parts(call.request, page.why.written)
    more = len(context) - _MOST_CONTEXT
    return " ".join([action, *context[:_MOST_CONTEXT], *([f"and {more} more"] if more > 0 else [])])


def _another(page: _Page, way: Way) -> list[str]:
    """Tell a further way in a line for each step."""
    possible = "" if way.certainty == "proven" else ", possible"
    steps = counted(len(way.hops), "step")
    head = f"{page.sheet.paint('another way', 'strong')} ({steps}{possible})"
    return page.block([head], (), ((str(n), _brief(page, h)) for n, h in enumerate(way.hops, 1)))


def _brief(page: _Page, hop: Hop) -> str:
    named = {(c.policy, c.statement): c for call in reversed(hop.calls) for c in call.cited}
    by = ", ".join(cited_name(cited, page.places) for cited in reversed(named.values()))
    return _hop_words(hop) + (f": {by}" if by else "")


def _miss(page: _Page, miss: Miss) -> list[str]:
    head = page.head(miss.path or "no call", f"{miss.source} would {miss.words}")
    marks = (_stopped(cited, stop.action) for stop in miss.stops for cited in stop.cited)
    return page.block(head, marks, dict.fromkeys(_miss_told(page, miss)))


def _miss_told(page: _Page, miss: Miss) -> Iterator[tuple[str, str]]:
    for stop in miss.stops:
        if stop.text:
            yield "missing", stop.text
        for cited in stop.cited:
            yield cited.layer, f"{cited_name(cited, page.places)} {cited.text}"
    if miss.allowed:
        yield "allowed", " and ".join(dict.fromkeys(miss.allowed))
    if miss.also:
        more = len(miss.also) - _MOST_ALSO
        rest = f" and {more} more" if more > 0 else ""
        yield "likewise", f"{', '.join(miss.also[:_MOST_ALSO])}{rest}"


def _stopped(cited: Cited, action: str) -> _Mark:
    names_it = cited.verb in ("allows", "denies", "may-deny")
    return _Mark(cited, f"{cited.layer}: {LABELS[cited.verb]}", action if names_it else "")


def _merged(marks: Iterable[_Mark]) -> list[tuple[Cited, str]]:
    """Mark one string once, whatever number of calls rest on it."""
    found: dict[object, tuple[_Mark, dict[str, None]]] = {}
    for mark in marks:
        _, actions = found.setdefault((mark.cited.span, mark.words), (mark, {}))
        if mark.action:
            actions[mark.action] = None
    return [
        (mark.cited, f"{mark.words} {', '.join(actions)}".rstrip())
        for mark, actions in found.values()
    ]


def _closing(page: _Page) -> Iterator[str]:
    why, sheet = page.why, page.sheet
    told = [("note", note) for note in why.notes]
    if not why.ways and not why.held:
        told.insert(0, ("tried", _tried(why)))
    if why.cuts is not None:
        told += _cut_lines(page, why.cuts)
    told += (("not in view", text) for text in why.not_in_view)
    for word, text in told:
        yield from told_lines(" =", word, text, sheet)


def _tried(why: Why) -> str:
    shown = f", the nearest {len(why.misses)} shown" if why.misses else ""
    by = f" by {counted(why.asked, 'principal')} in its reach" if why.asked > 1 else ""
    return f"{counted(why.tried, 'path')}{by}{shown}"


def _cut_lines(page: _Page, cuts: Cuts) -> Iterator[tuple[str, str]]:
    if cuts.best is None:
        yield "to end it", cuts.reason
        return
    yield "to end it", _cut_words(page, cuts.best)
    if cuts.kept is not None:
        yield "or", _cut_words(page, cuts.kept)
    if cuts.is_smallest:
        yield "checked", "no way is left without that, and nothing smaller ends all of them"
    else:
        size = len(cuts.best.parts)
        words = f"at least {cuts.least} and at most {size} are needed; not searched further"
        yield "checked", f"no way is left without that; {words}"


def _cut_words(page: _Page, cut: Cut) -> str:
    words = " and ".join(ended(part, page.places) for part in cut.parts)
    if not cut.others:
        return words
    return f"{words}, which {counted(cut.others, 'other principal')} would lose as well"
