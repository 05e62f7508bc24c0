"""The page is one file that loads nothing, runs nothing of others, and can be read as it is."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from tests.reporters.graph.pictures import EMPTY, HOSTILE, PLACES, hostile, large, small

from leastwise.reporters.escape import visible
from leastwise.reporters.graph.page import render

PICTURES = {"small": small(), "large": large(), "hostile": hostile(), "empty": EMPTY}
VOID = ("meta", "input", "br", "link", "img", "wbr")


class Reader(HTMLParser):
    """Read a page strictly: tags, texts of scripts and styles, ids and links."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.words = [], [], [], [], []
        self.raw = {"script": [], "style": []}

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in self.raw:
            self.raw[self.open[-1]].append(data)
        else:
            self.words.append(data)


def read(picture):
    text = render(picture, PLACES, "0.1.0")
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return text, reader


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_loaded_or_run_but_its_own(name):
    text, page = read(PICTURES[name])
    assert [link for link in page.links if not link.startswith("#")] == []
    assert "url(" not in text.replace("url(#tip)", "")
    names = {attribute for _, attributes in page.tags for attribute in attributes}
    assert not [n for n in names if n.startswith("on") or n == "style"]
    assert [tag for tag, _ in page.tags].count("script") == 1
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none';")
    for kind, (body,) in page.raw.items():
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


@pytest.mark.parametrize("name", PICTURES)
def test_ids_are_unique_and_every_link_leads_somewhere(name):
    _, page = read(PICTURES[name])
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links} <= set(page.ids)


def test_hostile_names_are_text():
    text, page = read(hostile())
    assert "<script>alert" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "".join(map(visible, HOSTILE)) in "".join(page.words)


def test_kind_and_certainty_are_words_in_the_drawing():
    text, _ = read(small())
    assert '<text class="kind" x="' in text
    assert re.search(r">may: [^<]*aws_iam_role.ops</text>", text)
    assert re.search(r'class="line possible" data-from="\d" data-to="\d"', text)
    assert ">role, administrator</text>" in text


def test_the_table_tells_chains_with_places():
    _, page = read(small())
    words = "".join(page.words)
    assert 'iam:PassRole: statement "Pass" of aws_iam_policy.deploy (infra/main.tf:14:6)' in words
    assert "depends on: var.repository" in words


def test_large_pictures_fold_those_who_begin_alike_and_say_so():
    text, page = read(large())
    assert "user and 3 alike" in text
    assert len([1 for tag, a in page.tags if "box" in (a.get("class") or "")]) < 170
    text, _ = read(large(users=1_200))
    assert "more chains not drawn: the worst are." in text
    assert "more chains left out." in text


def test_without_chains_there_is_no_drawing():
    text, _ = read(EMPTY)
    assert "<svg" not in text
    assert "No principal in view can become another that may do more" in text
