"""Write a picture in the DOT language of Graphviz.

Every string is quoted; in a quoted string only the quote and the backslash mean something
(https://graphviz.org/doc/info/lang.html, https://graphviz.org/docs/attr-types/escString/).
"""

from collections.abc import Iterator

from leastwise.graph.model import NodeKind
from leastwise.reporters.escape import terminal
from leastwise.reporters.graph.picture import Arrow, Picture, Spot, kind_of, within
from leastwise.reporters.graph.tally import counts, short_words, shortened
from leastwise.reporters.style import counted

MOST_SPOTS = 300
_SHAPES: dict[NodeKind, str] = {
    "role": "box",
    "user": "ellipse",
    "group": "tab",
    "permission-set": "parallelogram",
    "workload": "hexagon",
    "service": "component",
    "federated": "cds",
    "account": "house",
    "anyone": "octagon",
    "widened": "box3d",
    "admin": "doubleoctagon",
}


def render(picture: Picture) -> str:
    """Return the picture as a directed graph from left to right, of at most 300 nodes."""
    shown = within(picture, MOST_SPOTS)
    title = list(counts(picture))
    if shown.left_out:
        title.append(f"{counted(shown.left_out, 'more chain')} left out")
    lines = ["digraph leastwise {", *(f"  {line}" for line in _body(shown, title)), "}"]
    return "\n".join(lines) + "\n"


def _body(picture: Picture, title: list[str]) -> Iterator[str]:
    yield "rankdir=LR"
    yield "labelloc=t"
    yield f"label={_lines(title)}"
    yield 'node [fontname="sans-serif"]'
    yield 'edge [fontname="sans-serif", fontsize=10]'
    for number, spot in enumerate(picture.spots):
        style = ", penwidth=3" if spot.administrator == "proven" else ""
        yield f"n{number} [label={_label(spot)}, shape={_SHAPES[spot.kind]}{style}]"
    for arrow in picture.arrows:
        style = "" if arrow.certainty == "proven" else ", style=dashed"
        label = quoted(_words(arrow))
        yield f"n{arrow.source} -> n{arrow.target} [label={label}{style}]"


def _label(spot: Spot) -> str:
    words = f"{kind_of(spot)} in {spot.environment}" if spot.environment else kind_of(spot)
    return _lines([*([words] if words else []), shortened(spot.label)])


def _words(arrow: Arrow) -> str:
    sure = "" if arrow.certainty == "proven" else "possibly: "
    more = f" and {len(arrow.also)} more" if arrow.also else ""
    return f"{sure}{shortened(short_words(arrow))}{more}"


def _lines(texts: list[str]) -> str:
    """Quote several lines as one label; between them stands the escape for a line break."""
    return '"' + "\\n".join(_inner(text) for text in texts) + '"'


def quoted(text: str) -> str:
    """Quote a string of DOT that shows the text as it is, in one line."""
    return f'"{_inner(text)}"'


def _inner(text: str) -> str:
    shown = terminal(text)
    # "&" begins an entity of HTML also in plain labels
    return shown.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
