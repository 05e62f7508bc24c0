import pytest

from leastwise.config.lines import line_of

TEXT = """\
a = 1
b.c = 2 # dotted
[t]
"quoted key" = 1
'it''s' = 2
x = { y = 1 }

[t.u]
deep = 1
[[list]]
name = "first"
[[list]]
name = "second"
  [list.sub]
not a key
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["a"], 1),
        (["b", "c"], 2),
        (["t"], 3),
        (["t", "quoted key"], 4),
        (["t", "x"], 6),
        (["t", "x", "y"], 6),
        (["t", "u", "deep"], 9),
        (["list", 0], 10),
        (["list", 0, "name"], 11),
        (["list", 1, "name"], 13),
        (["list", 1, "missing"], 12),
        (["t", "missing"], 3),
        (["nowhere"], None),
        ([], None),
    ],
)
def test_line_is_that_of_the_deepest_key_spelled(path, line):
    assert line_of(TEXT, path) == line
