"""What there is to tell of how one principal becomes another, or of what stops it."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from leastwise.reporters.graph.picture import Call
from leastwise.reporters.story import Cited
from leastwise.semantics.model import Certainty

Outcome: TypeAlias = Literal["reachable", "depends", "not-reachable"]


class Hop(NamedTuple):
    """Hold one step of a way; ``path`` is the escalation path, empty where it is no call.

    ``words`` finish "X can ...". ``depends_on``: what it rests on, in words.
    """

    source: str
    target: str
    path: str
    words: str
    certainty: Certainty
    calls: tuple[Call, ...] = ()
    depends_on: tuple[str, ...] = ()


class Way(NamedTuple):
    """Hold one way from the principal to its target, step by step."""

    hops: tuple[Hop, ...]
    certainty: Certainty


class Stop(NamedTuple):
    """Say what stops one call, with the statements that do, or that come nearest to allow it.

    ``action`` is empty where it is no call that is missing.
    """

    action: str
    text: str
    cited: tuple[Cited, ...] = ()


class Miss(NamedTuple):
    """Hold a path that is not open: who would become whom by it, and what stops that.

    ``also`` are paths that are stopped by the same, ``allowed`` calls of it that are not.
    """

    source: str
    target: str
    path: str
    words: str
    stops: tuple[Stop, ...]
    also: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


class Cut(NamedTuple):
    """Hold statements and attachments without which no way is left, as was computed anew.

    ``others`` are further principals that lose something by it.
    """

    parts: tuple[Cited, ...]
    others: int = 0


class Cuts(NamedTuple):
    """Hold the least that ends every way; nothing is smaller than ``least`` parts.

    ``kept`` is the least that leaves the rest of each policy in force. ``reason`` says why there
    is none, ``is_smallest`` that the first one is proved to be so.
    """

    best: Cut | None = None
    kept: Cut | None = None
    least: int = 0
    is_smallest: bool = False
    reason: str = ""


class Why(NamedTuple):
    """Hold the answer: ways, and what ends them; or what stops the nearest paths.

    ``held`` are statements by which the principal has every permission itself. ``more`` further
    ways were found. ``tried`` paths of the catalogue were looked at, for ``asked`` principals: it,
    and whom it can act as.
    """

    outcome: Outcome
    sentence: str
    principal: str
    target: str
    held: tuple[Cited, ...] = ()
    ways: tuple[Way, ...] = ()
    more: int = 0
    cuts: Cuts | None = None
    misses: tuple[Miss, ...] = ()
    tried: int = 0
    asked: int = 0
    notes: tuple[str, ...] = ()
    not_in_view: tuple[str, ...] = ()
    written: Mapping[str, str] | None = None
