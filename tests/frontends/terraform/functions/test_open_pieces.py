"""Strings with unknown parts are cut and replaced where the alphabet of those parts allows it."""

import itertools

import pytest

from leastwise.frontends.terraform.attributes.computed import MADE
from leastwise.frontends.terraform.functions.open_pieces import replace_open, split_open
from leastwise.source.text import concat, display, literal_text
from leastwise.source.value import Symbol, Text

REGION = Text((Symbol("r", "region", environment=True),))
ISSUER = Text((Symbol("i", "c.issuer#issuer", reason=MADE),))
CALLER = Text((Symbol("c", "c.arn#identity", reason=MADE),))
ANY = Text((Symbol("v", "var.x"),))


def text(*parts: str | Text) -> Text:
    return concat([literal_text(p) if isinstance(p, str) else p for p in parts])


REPLACED = [
    (
        text("https://oidc.eks.", REGION, ".amazonaws.com/id/", ISSUER),
        "https://",
        "",
        "oidc.eks.${region}.amazonaws.com/id/${c.issuer#issuer}",
    ),
    (text("a:", REGION, ":b:", ISSUER), ":", "-", "a-${region}-b-${c.issuer#issuer}"),
    (text("a/", REGION), "/", "", "a${region}"),
    (text("a/", CALLER), "/", "", None),
    (text("a/", CALLER), ":", "", "a/${c.arn#identity}"),
    (text("a/", ANY), "/", "", None),
    (text("a/", ANY, "/b"), "x/b", "", None),
    (text("ab", REGION), "b", "", None),
    (text("aB", REGION), "B", "", "a${region}"),
    (text("http", REGION, "://x"), "https://", "", None),
    (text("HTTP", REGION, "://x"), "HTTP://", "", None),
    (text("x", REGION, "://x"), "https://", "", None),
    (text("x", REGION, ":/x"), "https://", "", "x${region}:/x"),
    (text("x", Text((Symbol("q", 'aws_x.y["a#b"].z', reason=MADE),))), ":", "", None),
    (text("x", Text((Symbol("q", 'lookup(var.m, "a#b")'),))), ":", "", None),
]


@pytest.mark.parametrize(("whole", "old", "new", "expected"), REPLACED)
def test_a_replacement_is_known_where_no_unknown_part_can_have_a_share_in_it(
    whole: Text, old: str, new: str, expected: str | None
) -> None:
    parts = replace_open(whole, old, literal_text(new))
    assert (None if parts is None else display(concat(parts))) == expected


def test_an_arn_is_split_at_its_colons() -> None:
    parts = split_open(text("arn:aws:sqs:", REGION, ":1:q"), ":")
    assert parts is not None
    assert [display(part) for part in parts] == ["arn", "aws", "sqs", "${region}", "1", "q"]


SHAPES = [p for n in (1, 2, 3) for p in itertools.product(("a", "b", "ab", REGION, ANY), repeat=n)]


@pytest.mark.parametrize("old", ["a", "ab", "aa", "B"])
def test_what_is_known_holds_for_every_value(old: str) -> None:
    values = ["", "a", "b", "ab", "ba", "B", "aa"]
    for shape in SHAPES:
        whole = text(*shape)
        parts = replace_open(whole, old, literal_text("-"))
        if parts is None:
            continue
        for any_value in values:
            for region in ("a", "b", "ab", "aa"):

                def spelled(one: Text, any_value: str = any_value, region: str = region) -> str:
                    return display(one).replace("${var.x}", any_value).replace("${region}", region)

                assert spelled(concat(parts)) == spelled(whole).replace(old, "-")
