"""Write a picture as a Mermaid flowchart, for Markdown files and pull requests.

Ids are of our own making and every label is quoted, with all that Mermaid, Markdown or HTML
could read as their own spelled as entity codes (https://mermaid.js.org/syntax/flowchart.html,
"Special characters that break syntax").
"""

from collections.abc import Iterator

from leastwise.graph.model import NodeKind
from leastwise.reporters.escape import terminal, visible
from leastwise.reporters.graph.picture import Arrow, Picture, Spot, kind_of, within
from leastwise.reporters.graph.tally import counts, short_words, shortened
from leastwise.reporters.style import counted

MOST_SPOTS = 60
"""Renderers stop at 500 edges and 50,000 characters; a reader long before."""
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:/_-")
_SHAPES: dict[NodeKind, tuple[str, str]] = {
    "role": ("[", "]"),
    "user": ("([", "])"),
    "group": ("[[", "]]"),
    "permission-set": ("[/", "/]"),
    "workload": ("{{", "}}"),
    "service": ("[\\", "\\]"),
    "federated": (">", "]"),
    "account": ("[(", ")]"),
    "anyone": ("((", "))"),
    "widened": ("(", ")"),
    "admin": ("(((", ")))"),
}


def render(picture: Picture) -> str:
    """Return the picture as a flowchart from left to right, of at most 60 nodes."""
    shown = within(picture, MOST_SPOTS)
    lines = [f"%% {_comment(line)}" for line in counts(picture)]
    if shown.left_out:
        lines.append(f"%% {counted(shown.left_out, 'more chain')} left out")
    lines.append("flowchart LR")
    lines += [f"  {line}" for line in _body(shown)]
    return "\n".join(lines) + "\n"


def _body(picture: Picture) -> Iterator[str]:
    for number, spot in enumerate(picture.spots):
        before, after = _SHAPES[spot.kind]
        yield f'n{number}{before}"{_label(spot)}"{after}'
    for arrow in picture.arrows:
        line = "-->" if arrow.certainty == "proven" else "-.->"
        yield f'n{arrow.source} {line}|"{_words(arrow)}"| n{arrow.target}'
    yield "classDef admin stroke-width:3px"
    admins = [
        f"n{number}"
        for number, spot in enumerate(picture.spots)
        if spot.kind == "admin" or spot.administrator == "proven"
    ]
    if admins:
        yield f"class {','.join(admins)} admin"


def _label(spot: Spot) -> str:
    words = f"{kind_of(spot)} in {spot.environment}" if spot.environment else kind_of(spot)
    name = entities(shortened(spot.label))
    return f"{words}<br/>{name}" if words else name


def _words(arrow: Arrow) -> str:
    words = short_words(arrow)
    sure = "" if arrow.certainty == "proven" else "possibly: "
    more = f" and {len(arrow.also)} more" if arrow.also else ""
    return f"{sure}{entities(shortened(words))}{more}"


def entities(text: str) -> str:
    """Spell all but plain characters as decimal entity codes (``#34;``)."""
    shown = "".join(c if c in _PLAIN else visible(c) for c in text)
    return "".join(c if c in _PLAIN else f"#{ord(c)};" for c in shown)


def _comment(text: str) -> str:
    """Return words for a comment: braces begin directives, backticks end blocks of Markdown."""
    shown = terminal(text)
    return shown.replace("{", "(").replace("}", ")").replace("`", "'")
