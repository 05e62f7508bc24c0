"""Say by which statements a step is allowed."""

from collections.abc import Iterator

from leastwise.reporters.graph.picture import Arrow, Spot
from leastwise.reporters.story import Cited, Places, cited_name


def calls_of(arrow: Arrow) -> Iterator[tuple[str, tuple[Cited, ...]]]:
    """Yield the calls of a step with their statements, those of the same statements as one."""
    found: dict[tuple[tuple[str, str], ...], tuple[list[str], tuple[Cited, ...]]] = {}
    for call in arrow.calls:
        key = tuple((cited.policy, cited.statement) for cited in call.cited)
        found.setdefault(key, ([], call.cited))[0].append(call.action)
    for actions, cited in found.values():
        yield ", ".join(dict.fromkeys(actions)), cited


def cited_words(cited: Cited, places: Places) -> str:
    """Name a statement with its place, and what it does where that is not to allow."""
    name = cited_name(cited, places)
    return name if cited.verb == "allows" else f"{name}, which {cited.text}"


def so_words(arrow: Arrow, target: Spot) -> str:
    """Say what a step makes of its source, before the name of its target."""
    if target.kind == "admin":
        return "and so has" if arrow.certainty == "proven" else "and so may have"
    return "and so is" if arrow.certainty == "proven" else "and so may be"
