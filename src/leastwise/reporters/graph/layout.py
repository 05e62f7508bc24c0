"""Place boxes in columns from left to right, so that the lines between them can be followed.

The layered method of Sugiyama, Tagawa and Toda (1981): cycles are broken, every box gets a
column left of all that it leads to, long lines get a place in each column they pass, the order
within columns is improved by barycentres, and each box moves as near to its neighbours as the
order lets it (least squares, by pooling adjacent violators).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

SWEEPS = 8


class Measure(NamedTuple):
    """Hold the sizes of a picture, in pixels; ``port`` is the room of one line at a box."""

    width: int = 264
    height: int = 44
    gap: int = 16
    between: int = 240
    port: int = 40
    margin: int = 16


class Place(NamedTuple):
    """Hold the upper left corner of a box, and its height."""

    x: float
    y: float
    height: float


class Line(NamedTuple):
    """Hold the points that a line passes, from its beginning; ``back``: it runs to the left."""

    points: tuple[tuple[float, float], ...]
    back: bool


class Layout(NamedTuple):
    """Hold where all is, in the order in which it was given."""

    places: tuple[Place, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


class _Net(NamedTuple):
    """Hold boxes, the real ones first, with their columns, heights and neighbours on each side.

    ``routes`` are the boxes that each line passes, from left to right.
    """

    columns: list[list[int]]
    heights: list[float]
    before: list[list[int]]
    after: list[list[int]]
    routes: list[list[int]]


def arrange(number: int, lines: Sequence[tuple[int, int]], measure: Measure) -> Layout:
    """Place boxes 0 to ``number`` - 1 and the lines between them; none leads to where it begins.

    What no line joins stands one below the other, in the order of the boxes.
    """
    places: dict[int, Place] = {}
    drawn: dict[int, Line] = {}
    width, height = 2.0 * measure.margin, float(measure.margin)
    for boxes, within in _parts(number, lines):
        at = {box: index for index, box in enumerate(boxes)}
        part = _arranged(
            len(boxes), [(at[a], at[b]) for a, b in (lines[n] for n in within)], measure
        )
        shift = height - measure.margin
        for box, place in zip(boxes, part.places, strict=True):
            places[box] = place._replace(y=place.y + shift)
        for line, one in zip(within, part.lines, strict=True):
            points = tuple((x, y + shift) for x, y in one.points)
            drawn[line] = one._replace(points=points)
        width, height = max(width, part.width), height + part.height - measure.margin
    ordered = tuple(places[box] for box in range(number))
    return Layout(ordered, tuple(drawn[n] for n in range(len(lines))), width, height)


def _parts(number: int, lines: Sequence[tuple[int, int]]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the boxes and lines of each part that no line joins with another."""
    root = list(range(number))

    def top(box: int) -> int:
        while root[box] != box:
            root[box] = root[root[box]]
            box = root[box]
        return box

    for source, target in lines:
        first, last = sorted((top(source), top(target)))
        root[last] = first
    boxes: dict[int, list[int]] = {}
    within: dict[int, list[int]] = {}
    for box in range(number):
        boxes.setdefault(top(box), []).append(box)
    for at, (source, _) in enumerate(lines):
        within.setdefault(top(source), []).append(at)
    for one, members in boxes.items():
        yield members, within.get(one, [])


def _arranged(number: int, lines: Sequence[tuple[int, int]], measure: Measure) -> Layout:
    turned = _backward(number, lines)
    forward = [(b, a) if back else (a, b) for (a, b), back in zip(lines, turned, strict=True)]
    net = _net(number, forward, measure)
    _order(net)
    tops = _tops(net, measure)
    return _drawn(number, net, tops, turned, measure)


# --- columns -------------------------------------------------------------------------------------


def _backward(number: int, lines: Sequence[tuple[int, int]]) -> list[bool]:
    """Say of each line whether it closes a cycle when boxes are walked in order, roots first."""
    after: list[list[tuple[int, int]]] = [[] for _ in range(number)]
    entered = [False] * number
    for at, (source, target) in enumerate(lines):
        after[source].append((at, target))
        entered[target] = True
    turned = [False] * len(lines)
    state = [0] * number  # 1: on the way, 2: done
    for start in sorted(range(number), key=lambda n: entered[n]):
        if state[start]:
            continue
        state[start] = 1
        stack = [(start, iter(after[start]))]
        while stack:
            box, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                state[box] = 2
                stack.pop()
                continue
            at, target = step
            if state[target] == 1:
                turned[at] = True
            elif not state[target]:
                state[target] = 1
                stack.append((target, iter(after[target])))
    return turned


def _ranks(number: int, lines: Sequence[tuple[int, int]]) -> list[int]:
    """Return how many columns each box stands from the right: one more than all it leads to."""
    waiting = [0] * number
    sources: list[list[int]] = [[] for _ in range(number)]
    for source, target in lines:
        waiting[source] += 1
        sources[target].append(source)
    ranks = [0] * number
    ready = [box for box in range(number) if not waiting[box]]
    for box in ready:
        for source in sources[box]:
            ranks[source] = max(ranks[source], ranks[box] + 1)
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
    return ranks


def _net(number: int, lines: Sequence[tuple[int, int]], measure: Measure) -> _Net:
    ranks = _ranks(number, lines)
    last = max(ranks, default=0)
    columns: list[list[int]] = [[] for _ in range(last + 1)]
    for box in range(number):
        columns[last - ranks[box]].append(box)
    net = _Net(
        columns, [0.0] * number, [[] for _ in range(number)], [[] for _ in range(number)], []
    )
    for source, target in lines:
        route = [source]
        for column in range(last - ranks[source] + 1, last - ranks[target]):
            box = len(net.heights)
            net.columns[column].append(box)
            net.heights.append(measure.height / 2)
            net.before.append([])
            net.after.append([])
            route.append(box)
        route.append(target)
        for one, other in pairwise(route):
            net.after[one].append(other)
            net.before[other].append(one)
        net.routes.append(route)
    for box in range(number):
        ports = max(len(net.before[box]), len(net.after[box]))
        net.heights[box] = max(measure.height, (ports - 1) * measure.port + measure.height / 2)
    return net


# --- order and height ----------------------------------------------------------------------------


def _order(net: _Net) -> None:
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for column in net.columns if forward else reversed(net.columns):
            neighbours = net.before if forward else net.after
            at = _positions(net.columns)
            weight = {
                box: _mean((at[n] for n in neighbours[box]), otherwise=at[box]) for box in column
            }
            column.sort(key=weight.__getitem__)


def _positions(columns: Iterable[list[int]]) -> dict[int, float]:
    """Return how far down each box stands in its column, from 0 to 1."""
    return {box: (at + 0.5) / len(column) for column in columns for at, box in enumerate(column)}


def _mean(numbers: Iterable[float], *, otherwise: float) -> float:
    found = list(numbers)
    return sum(found) / len(found) if found else otherwise


def _tops(net: _Net, measure: Measure) -> list[float]:
    """Return the upper edge of every box."""
    tops = [0.0] * len(net.heights)
    for column in net.columns:
        y = 0.0
        for box in column:
            tops[box] = y
            y += net.heights[box] + measure.gap
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for column in net.columns if forward else reversed(net.columns):
            neighbours = net.before if forward else net.after
            wanted = [
                _mean(
                    (_middle(net, tops, n) for n in neighbours[box]),
                    otherwise=_middle(net, tops, box),
                )
                - net.heights[box] / 2
                for box in column
            ]
            for box, y in zip(column, _spread(net, column, wanted, measure.gap), strict=True):
                tops[box] = y
    highest = min(tops, default=0.0)
    return [y - highest + measure.margin for y in tops]


def _middle(net: _Net, tops: list[float], box: int) -> float:
    return tops[box] + net.heights[box] / 2


def _spread(net: _Net, column: list[int], wanted: list[float], gap: float) -> list[float]:
    """Return tops as near to those wanted as order and heights let them be."""
    offset = 0.0
    pools: list[tuple[float, int]] = []  # mean of what is wanted, of how many boxes
    offsets: list[float] = []
    for box, y in zip(column, wanted, strict=True):
        offsets.append(offset)
        mean, size = y - offset, 1
        while pools and pools[-1][0] > mean:
            other, more = pools.pop()
            mean, size = (mean * size + other * more) / (size + more), size + more
        pools.append((mean, size))
        offset += net.heights[box] + gap
    flat = [mean for mean, size in pools for _ in range(size)]
    return [mean + offset for mean, offset in zip(flat, offsets, strict=True)]


# --- lines ---------------------------------------------------------------------------------------


def _drawn(
    number: int, net: _Net, tops: list[float], turned: list[bool], measure: Measure
) -> Layout:
    column_of = {box: at for at, column in enumerate(net.columns) for box in column}
    step = measure.width + measure.between
    lefts = [measure.margin + column_of[box] * step for box in range(len(tops))]
    right_ports = _ports(net, tops, outgoing=True)
    left_ports = _ports(net, tops, outgoing=False)
    lines = []
    for at, (route, back) in enumerate(zip(net.routes, turned, strict=True)):
        points: list[tuple[float, float]] = [(lefts[route[0]] + measure.width, right_ports[at, 0])]
        for box in route[1:-1]:
            y = _middle(net, tops, box)
            points += [(lefts[box], y), (lefts[box] + measure.width, y)]
        points.append((lefts[route[-1]], left_ports[at, len(route) - 1]))
        lines.append(Line(tuple(reversed(points)) if back else tuple(points), back))
    bottom = max((tops[box] + net.heights[box] for box in range(len(tops))), default=0.0)
    return Layout(
        tuple(Place(lefts[n], tops[n], net.heights[n]) for n in range(number)),
        tuple(lines),
        max(len(net.columns), 1) * step - measure.between + 2 * measure.margin,
        bottom + measure.margin,
    )


def _ports(net: _Net, tops: list[float], *, outgoing: bool) -> dict[tuple[int, int], float]:
    """Return where each line meets the first (or last) box of its route, ordered as they come."""
    met: dict[int, list[tuple[float, int, int]]] = {}
    for at, route in enumerate(net.routes):
        end = 0 if outgoing else len(route) - 1
        towards = route[1] if outgoing else route[-2]
        met.setdefault(route[end], []).append((_middle(net, tops, towards), at, end))
    found: dict[tuple[int, int], float] = {}
    for box, row in met.items():
        share = net.heights[box] / len(row)
        for index, (_, at, end) in enumerate(sorted(row)):
            found[at, end] = tops[box] + share * (index + 0.5)
    return found
