"""Boxes do not overlap, lines leave on the right and arrive on the left, whatever the graph."""

from itertools import pairwise

import pytest

from leastwise.reporters.graph.layout import Measure, arrange

MEASURE = Measure()
FAN = [(n, 40) for n in range(40)]
LONG = [*((n, n + 1) for n in range(9)), (0, 9), (2, 7)]
GRAPHS = {
    "nothing": (0, []),
    "alone": (3, []),
    "one line": (2, [(0, 1)]),
    "fan": (41, FAN),
    "passing columns": (10, LONG),
    "a cycle": (3, [(0, 1), (1, 2), (2, 0)]),
    "two ways": (2, [(0, 1), (1, 0)]),
    "many between two": (2, [(0, 1)] * 12),
    "large": (300, [(n, (n * 7) % 50) for n in range(50, 300)] + [(n, n + 1) for n in range(49)]),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_boxes_keep_apart(name):
    layout = arrange(*GRAPHS[name], MEASURE)
    columns = {}
    for place in layout.places:
        columns.setdefault(place.x, []).append(place)
        assert place.x >= 0
        assert place.x + MEASURE.width <= layout.width
        assert place.y >= 0
        assert place.y + place.height <= layout.height
    for column in columns.values():
        for upper, lower in pairwise(sorted(column, key=lambda place: place.y)):
            assert upper.y + upper.height + MEASURE.gap <= lower.y + 0.001


@pytest.mark.parametrize("name", GRAPHS)
def test_lines_lead_from_box_to_box(name):
    number, lines = GRAPHS[name]
    layout = arrange(number, lines, MEASURE)
    assert len(layout.lines) == len(lines)
    for (source, target), line in zip(lines, layout.lines, strict=True):
        assert len(line.points) % 2 == 0
        ends = [(layout.places[source], line.points[0]), (layout.places[target], line.points[-1])]
        for place, (x, y) in ends:
            assert x in (place.x, place.x + MEASURE.width)
            assert place.y <= y <= place.y + place.height
        steps = [b[0] - a[0] for a, b in pairwise(line.points)]
        assert all(step < 0 for step in steps) if line.back else all(step > 0 for step in steps)


def test_what_is_led_to_stands_to_the_right():
    places = arrange(3, [(0, 2), (2, 1)], MEASURE).places
    assert places[0].x < places[2].x < places[1].x


def test_a_cycle_has_one_line_that_runs_back():
    lines = arrange(*GRAPHS["a cycle"], MEASURE).lines
    assert [line.back for line in lines] == [False, False, True]


def test_lines_of_one_box_do_not_cross_where_they_leave():
    layout = arrange(4, [(0, 3), (0, 2), (0, 1)], MEASURE)
    ends = sorted((line.points[0][1], line.points[-1][1]) for line in layout.lines)
    assert [end for _, end in ends] == sorted(end for _, end in ends)
