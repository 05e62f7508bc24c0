"""Choose what is drawn as one box: many that lead to the same by the same paths are one."""

from typing import NamedTuple

from leastwise.reporters.graph.picture import Arrow, Picture, Spot

FEW = 40
"""A picture of up to so many spots shows each of them."""
_ALIKE = 3


class Box(NamedTuple):
    """Hold the spots that are drawn as one, the first of which gives its name."""

    spots: tuple[Spot, ...]

    @property
    def first(self) -> Spot:
        """Return the spot that gives the name."""
        return self.spots[0]


class Link(NamedTuple):
    """Hold a line from one box to another, with one of the arrows that it stands for."""

    source: int
    target: int
    arrow: Arrow


def boxes_of(picture: Picture) -> tuple[tuple[Box, ...], tuple[Link, ...]]:
    """Return boxes and links; in a large picture three or more that begin alike are one box."""
    groups = _groups(picture)
    box_at = {number: at for at, group in enumerate(groups) for number in group}
    boxes = tuple(Box(tuple(picture.spots[n] for n in group)) for group in groups)
    links: dict[object, Link] = {}
    for arrow in picture.arrows:
        link = Link(box_at[arrow.source], box_at[arrow.target], arrow)
        if link.source != link.target:
            links.setdefault((link.source, link.target, arrow.path, arrow.certainty), link)
    return boxes, tuple(links.values())


def _groups(picture: Picture) -> list[list[int]]:
    if len(picture.spots) <= FEW:
        return [[number] for number in range(len(picture.spots))]
    leads: list[list[tuple[int, str, str]]] = [[] for _ in picture.spots]
    entered = {arrow.target for arrow in picture.arrows}
    for arrow in picture.arrows:
        leads[arrow.source].append((arrow.target, arrow.path, arrow.certainty))
    found: dict[object, list[int]] = {}
    for number, spot in enumerate(picture.spots):
        key: object = (spot.kind, spot.root, spot.administrator, *sorted(leads[number]))
        found.setdefault(number if number in entered else key, []).append(number)
    groups: list[list[int]] = []
    for group in found.values():
        groups += [group] if len(group) >= _ALIKE else [[number] for number in group]
    return groups
