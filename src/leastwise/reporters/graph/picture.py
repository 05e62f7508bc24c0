"""What there is to show of a graph: who is in it, the steps between them, and the chains asked for.

Numbers of spots and arrows are their places in the picture.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from leastwise.graph.model import NodeKind
from leastwise.reporters.story import Cited
from leastwise.semantics.model import Certainty, Request
from leastwise.source.span import Span

Worth: TypeAlias = Literal["admin", "strong", "ordinary", "weak", "none"]
"""What a chain leaves its beginning with, beyond what it may do itself."""
WORTHS: tuple[Worth, ...] = ("admin", "strong", "ordinary", "weak", "none")
_MOST_PLACES = 3
OUTSIDERS: tuple[NodeKind, ...] = ("anyone", "account", "federated", "service")


class Spot(NamedTuple):
    """Hold one node; ``root`` is the path of the root that declares it, in one ``environment``.

    ``administrator``: it holds every permission by its own policies.
    """

    kind: NodeKind
    label: str
    arn: str = ""
    span: Span | None = None
    root: str = ""
    administrator: Certainty = "no"
    environment: str = ""


class Call(NamedTuple):
    """Hold one call of a step, with a request that is allowed and the statements that allow it."""

    action: str
    request: Request | None = None
    cited: tuple[Cited, ...] = ()


class Arrow(NamedTuple):
    """Hold one step: its source can act as its target.

    ``path`` is empty where it is no call of the source's own, then ``label`` is for drawings.
    ``words`` finish "X can ...".
    ``also`` are further paths between the same two. ``depends_on``: what it rests on, in words.
    """

    source: int
    target: int
    path: str
    words: str
    certainty: Certainty
    calls: tuple[Call, ...] = ()
    depends_on: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    label: str = ""


class Track(NamedTuple):
    """Hold a chain, as numbers of arrows; ``gains`` says what for, where it is no administrator.

    ``more``: its beginning has so many other ways to no more than that.
    """

    arrows: tuple[int, ...]
    worth: Worth
    certainty: Certainty
    gains: str = ""
    more: int = 0


class Tally(NamedTuple):
    """Count what was looked at; ``steps`` between all of it.

    ``able`` principals can become an administrator and are none, ``perhaps`` more possibly can.
    """

    principals: int = 0
    workloads: int = 0
    steps: int = 0
    able: int = 0
    perhaps: int = 0


class Picture(NamedTuple):
    """Hold all that is shown. ``source`` and ``goal`` are what was asked for, empty: everything.

    ``tracks`` stand worst first. ``left_out`` more chains were found and are not in here.
    ``administrators`` hold every permission by their own policies. ``not_in_view`` has messages
    with what helps.
    """

    spots: tuple[Spot, ...]
    arrows: tuple[Arrow, ...]
    tracks: tuple[Track, ...]
    tally: Tally
    source: str = ""
    goal: str = ""
    administrators: tuple[Spot, ...] = ()
    left_out: int = 0
    notes: tuple[str, ...] = ()
    not_in_view: tuple[tuple[str, str], ...] = ()

    def start(self, track: Track) -> int:
        """Return the number of the spot where a chain begins."""
        return self.arrows[track.arrows[0]].source

    def end(self, track: Track) -> int:
        """Return the number of the spot where a chain ends."""
        return self.arrows[track.arrows[-1]].target


_KIND_WORDS: dict[NodeKind, str] = {
    "role": "role",
    "user": "user",
    "group": "members of group",
    "permission-set": "permission set",
    "workload": "workload",
    "service": "service",
    "federated": "identity provider",
    "account": "account",
}


def kind_words(kind: NodeKind) -> str:
    """Say what a node is; empty where its label says it."""
    return _KIND_WORDS.get(kind, "")


def kind_of(spot: Spot) -> str:
    """Say what a spot is; empty where its label says it."""
    if spot.kind == "account" and not spot.label.isdecimal():
        return ""  # a principal of another account, or an organization
    return kind_words(spot.kind)


def name_of(spot: Spot) -> str:
    """Name a spot with what it is: ``role aws_iam_role.app``."""
    return f"{kind_of(spot)} {spot.label}".lstrip()


def names_of(spots: Iterable[Spot], root: str | None = None) -> list[str]:
    """Name spots, those that are alike in several environments once.

    ``root``: spots of another root are named with their own.
    """
    found: dict[str, list[str]] = {}
    for spot in spots:
        abroad = root is not None and spot.root not in ("", root)
        where = f"{spot.root} ({spot.environment})" if spot.environment else spot.root
        found.setdefault(name_of(spot), []).append(where if abroad else spot.environment)
    return [name + _inside(where) for name, where in found.items()]


def _inside(where: Iterable[str]) -> str:
    words = [text for text in dict.fromkeys(where) if text]
    more = len(words) - _MOST_PLACES
    shown = [*words[:_MOST_PLACES], *([f"{more} more"] if more > 0 else [])]
    return f" in {' and '.join(shown)}" if words else ""


def is_somebody(spot: Spot) -> bool:
    """Say whether a spot can act; else it stands for what a path gives, and for nobody in view."""
    return spot.kind != "widened" or bool(spot.arn)


class Family(NamedTuple):
    """Hold chains of one cause: the same statements let each of their beginnings do the same.

    ``track`` is the first of them, ``starts`` where they all begin, ``ends`` where they end.
    """

    track: Track
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def families(picture: Picture) -> tuple[Family, ...]:
    """Put chains of one cause together, in order: of environments, calls of a module, members."""
    found: dict[object, list[Track]] = {}
    for track in picture.tracks:
        found.setdefault(tuple(_cause(picture, track)), []).append(track)
    return tuple(
        Family(row[0], tuple(map(picture.start, row)), tuple(map(picture.end, row)))
        for row in found.values()
    )


def _cause(picture: Picture, track: Track) -> Iterator[object]:
    yield track.worth, track.certainty, track.gains
    for number in track.arrows:
        arrow = picture.arrows[number]
        target = picture.spots[arrow.target]
        alike = target.kind in ("widened", "admin")
        yield arrow.path, target.kind, None if alike else target.span or target
        # of one statement the requests differ in who asks, and nothing else
        yield tuple((call.action, *map(_place, call.cited)) for call in arrow.calls)


def _place(cited: Cited) -> object:
    return cited.span or (cited.policy, cited.statement)


def cut(picture: Picture, most: int) -> Picture:
    """Keep only the first so many chains, with the arrows and spots that they need."""
    kept = picture.tracks[:most]
    return _only(picture, kept)._replace(
        left_out=picture.left_out + len(picture.tracks) - len(kept)
    )


def within(picture: Picture, most: int) -> Picture:
    """Keep the first chains as long as they have at most so many spots."""
    seen: set[int] = set()
    number = 0
    for track in picture.tracks:
        seen |= _spots_of(picture, (track,))
        if len(seen) > most:
            break
        number += 1
    return cut(picture, number)


def _spots_of(picture: Picture, tracks: Iterable[Track]) -> set[int]:
    arrows = [picture.arrows[n] for track in tracks for n in track.arrows]
    return {n for arrow in arrows for n in (arrow.source, arrow.target)}


def _only(picture: Picture, tracks: tuple[Track, ...]) -> Picture:
    used = sorted({n for track in tracks for n in track.arrows})
    spots = sorted(_spots_of(picture, tracks))
    arrow_at = {number: at for at, number in enumerate(used)}
    spot_at = {number: at for at, number in enumerate(spots)}
    arrows = (picture.arrows[n] for n in used)
    return picture._replace(
        spots=tuple(picture.spots[n] for n in spots),
        arrows=tuple(
            a._replace(source=spot_at[a.source], target=spot_at[a.target]) for a in arrows
        ),
        tracks=tuple(t._replace(arrows=tuple(arrow_at[n] for n in t.arrows)) for t in tracks),
    )
