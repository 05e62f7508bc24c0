"""Draw a picture as SVG: boxes in columns, one shape for each kind, lines from left to right.

It can be read without scripts and without colour: kinds and certainty are words, too. Every box
is a link to its line in the table below the picture.
"""

from collections.abc import Iterator, Mapping, Sequence

from leastwise.graph.model import NodeKind
from leastwise.reporters.escape import markup
from leastwise.reporters.graph.boxes import Box, Link
from leastwise.reporters.graph.layout import Line, Measure, Place, arrange
from leastwise.reporters.graph.picture import OUTSIDERS, Arrow, Spot, kind_of, name_of
from leastwise.reporters.graph.tally import short_words, shortened

MEASURE = Measure()
_MOST_NAME = 28
_MOST_LABEL = 32
_CURVE = 44
_BEGINNINGS = ("every permission in ", "anyone at ")
"""Words that stand above the rest of a name."""
_CORNER = 10


def draw(boxes: Sequence[Box], links: Sequence[Link], anchors: Mapping[Spot, str]) -> str:
    """Return an SVG element; ``anchors`` are where the table below tells of each spot."""
    layout = arrange(len(boxes), [(link.source, link.target) for link in links], MEASURE)
    width, height = round(layout.width), round(layout.height)
    parts = [_HEAD.format(width=width, height=height), _TIP]
    for link, line in zip(links, layout.lines, strict=True):
        parts += _line(link, line, boxes[link.source].first)
    for number, (box, place) in enumerate(zip(boxes, layout.places, strict=True)):
        parts += _box(number, box, place, anchors[box.first])
    return "\n".join([*parts, "</svg>"])


def sample(kind: NodeKind) -> str:
    """Return a small drawing of a kind's shape, for a legend."""
    outline = _outline(kind, Place(2, 2, 18), 40)
    size = 'viewBox="0 0 44 22" width="44" height="22"'
    return f'<svg class="{kind}" {size} aria-hidden="true">{outline}</svg>'


_HEAD = """\
<svg id="picture" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="group"
 aria-labelledby="picture-title picture-text">
<title id="picture-title">Who can become whom</title>
<desc id="picture-text">Arrows lead from who can to whom. The table below says the same.</desc>"""
_TIP = """\
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerUnits="userSpaceOnUse"
 markerWidth="9" markerHeight="9" orient="auto">
<path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>"""


def _line(link: Link, line: Line, source: Spot) -> Iterator[str]:
    arrow = link.arrow
    verb = "can" if arrow.certainty == "proven" else "may"
    words = f"{name_of(source)} {verb} {arrow.words}"
    if arrow.path:
        words += f" ({', '.join((arrow.path, *arrow.also))})"
    yield f'<g class="line {arrow.certainty}" data-from="{link.source}" data-to="{link.target}">'
    yield f"<title>{markup(words)}</title>"
    yield f'<path d="{_course(line)}" marker-end="url(#tip)"/>'
    x, y = line.points[-1] if line.back else line.points[0]
    yield f'<text x="{x + 6:.0f}" y="{y - 5:.1f}">{markup(_label(arrow))}</text>'
    yield "</g>"


def _label(arrow: Arrow) -> str:
    label = short_words(arrow)
    if arrow.certainty != "proven":
        label = f"may: {label}"
    more = f" +{len(arrow.also)}" if arrow.also else ""
    return shortened(label, _MOST_LABEL - len(more)) + more


def _course(line: Line) -> str:
    """Return a path: straight where its words stand, and a curve before the next column."""
    points = line.points
    course = f"M{points[0][0]:.0f} {points[0][1]:.1f}"
    for at in range(0, len(points) - 1, 2):
        (x, y), (next_x, next_y) = points[at], points[at + 1]
        if line.back:
            bend, half = x - _CURVE, _CURVE / 2
            course += (
                f"C{x - half:.0f} {y:.1f} {bend + half:.0f} {next_y:.1f} {bend:.0f} {next_y:.1f}"
            )
            course += f"H{next_x:.0f}"
        else:
            bend, half = next_x - _CURVE, _CURVE / 2
            course += f"H{bend:.0f}C{bend + half:.0f} {y:.1f} {next_x - half:.0f} {next_y:.1f}"
            course += f" {next_x:.0f} {next_y:.1f}"
        if at + 2 < len(points):
            course += f"H{points[at + 2][0]:.0f}"
    return course


def _box(number: int, box: Box, place: Place, anchor: str) -> Iterator[str]:
    spot = box.first
    classes = f"box {spot.kind}" + (" holds-all" if spot.administrator == "proven" else "")
    yield f'<a class="{classes}" href="#{anchor}" data-box="{number}">'
    more = len(box.spots) - 1
    rest = f" and {more} more that can do the same" if more else ""
    yield f"<title>{markup(name_of(spot) + rest)}</title>"
    yield _outline(spot.kind, place, MEASURE.width)
    x, middle = place.x + 18, place.y + place.height / 2
    head, name = _words(box)
    if head:
        yield f'<text class="kind" x="{x:.0f}" y="{middle - 5:.1f}">{markup(head)}</text>'
        middle += 8
    if len(name) > _MOST_NAME:  # the end of an address or ARN tells most
        name = f"…{name[1 - _MOST_NAME :]}"
    yield f'<text class="name" x="{x:.0f}" y="{middle + 4:.1f}">{markup(name)}</text>'
    yield "</a>"


def _words(box: Box) -> tuple[str, str]:
    """Return the two lines of a box: what it is, and its name."""
    spot, more = box.first, len(box.spots) - 1
    head, name = kind_of(spot), spot.label
    for words in _BEGINNINGS:
        if not head and name.startswith(words):
            head, name = words.strip(), name.removeprefix(words)
    if more:
        return f"{head} and {more} alike".lstrip(), name
    if spot.environment:
        head = f"{head} in {spot.environment}".lstrip()
    return f"{head}, administrator" if spot.administrator == "proven" else head, name


def _outline(kind: NodeKind, place: Place, width: int) -> str:
    x, y, h, c = place.x, place.y, place.height, min(_CORNER, place.height / 2)
    if kind in OUTSIDERS:
        return _polygon([(0, 0), (width, 0), (width, h), (0, h), (c, h / 2)], place)
    if kind == "workload":
        row = [(c, 0), (width - c, 0), (width, h / 2), (width - c, h), (c, h), (0, h / 2)]
        return _polygon(row, place)
    if kind == "permission-set":
        row = [(c, 0), (width, 0), (width, h - c), (width - c, h), (0, h), (0, c)]
        return _polygon(row, place)
    corner = {"user": min(20, h / 2), "admin": 0}.get(kind, 4)
    rect = f'x="{x:.0f}" y="{y:.1f}" width="{width}" height="{h:.1f}" rx="{corner:.0f}"'
    inner = f'<path class="inner" d="M{x + 6:.0f} {y:.1f}v{h:.1f}"/>' if kind == "group" else ""
    return f'<rect class="shape" {rect}/>{inner}'


def _polygon(corners: list[tuple[float, float]], place: Place) -> str:
    points = " ".join(f"{place.x + x:.0f},{place.y + y:.1f}" for x, y in corners)
    return f'<polygon class="shape" points="{points}"/>'
