"""Write a picture as one HTML file: the drawing, and the chains as a table with their places.

Nothing is loaded: a Content-Security-Policy allows the page's own style sheet and script, by
their hashes, and nothing else (https://www.w3.org/TR/CSP3/).
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from leastwise.graph.model import NodeKind
from leastwise.reporters.escape import markup
from leastwise.reporters.graph.boxes import boxes_of
from leastwise.reporters.graph.dress import SCRIPT, STYLE
from leastwise.reporters.graph.picture import (
    Arrow,
    Family,
    Picture,
    Spot,
    cut,
    families,
    name_of,
    names_of,
    within,
)
from leastwise.reporters.graph.svg import draw, sample
from leastwise.reporters.graph.tally import counts, goal_words, listed, more_words, noted
from leastwise.reporters.graph.wording import calls_of, cited_words, so_words
from leastwise.reporters.story import Places
from leastwise.reporters.style import counted

Anchors: TypeAlias = Mapping[Spot, str]
MOST_SPOTS = 300
MOST_ROWS = 1_000
_KINDS: tuple[tuple[NodeKind, str], ...] = (
    ("role", "role"),
    ("user", "user"),
    ("group", "group"),
    ("permission-set", "permission set"),
    ("workload", "workload"),
    ("anyone", "outsider"),
    ("widened", "more than its own policies"),
    ("admin", "every permission"),
)
_ALIKE: dict[NodeKind, NodeKind] = {
    "service": "anyone",
    "account": "anyone",
    "federated": "anyone",
}


def render(picture: Picture, places: Places, version: str) -> str:
    """Return the page; the drawing has at most 300 nodes, the table 1,000 chains."""
    anchors = {spot: f"who-{number}" for number, spot in enumerate(picture.spots)}
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f'<meta name="generator" content="leastwise {markup(version)}">',
        "<title>Who can become whom</title>",
        f"<style>{STYLE}</style>",
        "</head>",
        "<body>",
        *(['<a class="skip" href="#chains">To the table</a>'] if picture.tracks else []),
        *_head(picture),
        "<main>",
        *_drawing(picture, anchors),
        *_table(picture, places, anchors),
        *_foot(picture, version),
        "</main>",
        f"<script>{SCRIPT}</script>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _policy() -> str:
    """Return the policy; quotes in it need no escape in an attribute in double quotes."""
    return (
        f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)};"
        " base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _head(picture: Picture) -> Iterator[str]:
    first, *rest = counts(picture)
    yield "<header>"
    yield f"<h1>{markup(first[:1].upper() + first[1:])}</h1>"
    asked = [("from", picture.source), ("to", picture.goal)]
    words = " ".join(f"{word} {text}" for word, text in asked if text)
    if words:
        yield f'<p class="asked">Asked: who can become whom, {markup(words)}</p>'
    for line in rest:
        yield f"<p>{markup(line[:1].upper() + line[1:])}.</p>"
    yield "</header>"


# --- the drawing ---------------------------------------------------------------------------------


def _drawing(picture: Picture, anchors: Anchors) -> Iterator[str]:
    shown = within(picture, MOST_SPOTS)
    if not shown.tracks:
        return
    yield '<h2 id="drawing">Picture</h2>'
    yield from _legend(shown)
    if shown.left_out:
        words = f"{counted(shown.left_out, 'more chain')} not drawn: the worst are."
        yield f'<p class="quiet">{words}</p>'
    yield '<div class="frame" tabindex="0" role="region" aria-labelledby="drawing">'
    yield draw(*boxes_of(shown), anchors)
    yield "</div>"


def _legend(picture: Picture) -> Iterator[str]:
    kinds = {_ALIKE.get(spot.kind, spot.kind) for spot in picture.spots}
    yield '<ul class="legend">'
    for kind, words in _KINDS:
        if kind in kinds:
            yield f"<li>{sample(kind)}{words}</li>"
    for certainty, words in (
        ("proven", "proven: can"),
        ("possible", "possible: may, that depends on what is not known"),
    ):
        if any(arrow.certainty == certainty for arrow in picture.arrows):
            sample_line = (
                f'<svg width="44" height="22" aria-hidden="true" class="line {certainty}">'
            )
            yield f'<li>{sample_line}<path d="M2 11H42"/></svg>{words}</li>'
    if any(spot.administrator == "proven" for spot in picture.spots):
        yield "<li><span>thick outline: holds every permission by its own policies</span></li>"
    yield "</ul>"


# --- the table -----------------------------------------------------------------------------------


class _Names:
    """Name spots: the first mention is where links to a spot lead, later ones are such links."""

    def __init__(self, anchors: Anchors) -> None:
        self._anchors = anchors
        self._mentioned: set[Spot] = set()

    def spell(self, spot: Spot, words: str) -> str:
        """Return words that name a spot, as a link or as what links lead to."""
        anchor, text = self._anchors[spot], _breakable(words)
        if spot in self._mentioned:
            return f'<a href="#{anchor}">{text}</a>'
        self._mentioned.add(spot)
        return f'<span id="{anchor}">{text}</span>'


def _table(picture: Picture, places: Places, anchors: Anchors) -> Iterator[str]:
    shown = cut(picture, MOST_ROWS)
    found = families(shown)
    if not found:
        return
    yield '<h2 id="table">Chains</h2>'
    yield '<p class="search" hidden><label for="search">Show only rows with</label>'
    yield '<input id="search" type="search" autocomplete="off">'
    yield '<span id="told" role="status"></span></p>'
    yield '<div class="wide"><table id="chains">'
    more = f" {counted(shown.left_out, 'more chain')} left out." if shown.left_out else ""
    yield f"<caption>One row for all who go the same way, the worst first.{more}</caption>"
    heads = "".join(f'<th scope="col">{word}</th>' for word in ("Who", "Becomes", "By these steps"))
    yield f"<thead><tr>{heads}</tr></thead>"
    yield "<tbody>"
    names = _Names(anchors)
    for family in found:
        yield from _row(shown, family, places, names)
    yield "</tbody></table></div>"


def _row(picture: Picture, family: Family, places: Places, names: _Names) -> Iterator[str]:
    track, starts = family.track, [picture.spots[number] for number in family.starts]
    end = picture.spots[picture.end(track)]
    who = "".join(
        f"<li>{names.spell(spot, names_of((spot,), starts[0].root)[0])}{_place(spot, places)}</li>"
        for spot in starts
    )
    yield f'<tr><th scope="row"><ul>{who}</ul></th>'
    verb, style = ("can", "can") if track.certainty == "proven" else ("may", "may")
    goal = names.spell(end, goal_words(picture, track, end))
    yield f'<td><span class="{style}">{verb}</span> {goal}{more_words(track)}</td>'
    yield "<td><ol>"
    for number in track.arrows:
        arrow = picture.arrows[number]
        yield from _step(arrow, picture.spots[arrow.target], places, names)
    yield "</ol></td></tr>"


def _breakable(text: str) -> str:
    """Return markup in which long names may go on in a new line."""
    shown = markup(text)  # whose entities hold none of these
    for sign in "./:":
        shown = shown.replace(sign, f"{sign}<wbr>")
    return shown


def _place(spot: Spot, places: Places) -> str:
    return "" if spot.span is None else f" <code>{_breakable(places.words(spot.span))}</code>"


def _step(arrow: Arrow, target: Spot, places: Places, names: _Names) -> Iterator[str]:
    verb, style = ("can", "can") if arrow.certainty == "proven" else ("may", "may")
    path = f"<code>{markup(arrow.path)}</code>: " if arrow.path else ""
    yield f'<li>{path}<span class="{style}">{verb}</span> {_breakable(arrow.words)}<ul>'
    for actions, cited in calls_of(arrow):
        shown = " and ".join(cited_words(c, places) for c in cited) or "no statement in view"
        yield f"<li><code>{_breakable(actions)}</code>: {_breakable(shown)}</li>"
    for text in arrow.depends_on:
        yield f"<li>depends on: {markup(text)}</li>"
    if arrow.also:
        yield f"<li>also: {markup(listed(arrow.also))}</li>"
    words = "every permission" if target.kind == "admin" else name_of(target)
    yield f"<li>{so_words(arrow, target)} {names.spell(target, words)}</li></ul></li>"


def _foot(picture: Picture, version: str) -> Iterator[str]:
    unseen = list(noted(picture))
    if unseen:
        yield "<h2>What to know beside it</h2>"
        yield f"<ul>{''.join(f'<li>{markup(line)}</li>' for line in unseen)}</ul>"
    yield f'<p class="quiet">Made by leastwise {markup(version)}.</p>'
