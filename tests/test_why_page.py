"""What the page about the why command shows is what the program prints."""

from pathlib import Path

import pytest
from tests.test_readme import block, printed

PAGE = (Path(__file__).resolve().parent.parent / "docs/why.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "code"), [("why", 0), ("why not", 1)])
def test_the_page_shows_what_is_printed(name, code):
    program, *arguments = block(f"command: {name}", PAGE).split()
    assert program == "leastwise"
    assert printed(["-m", "leastwise", *arguments]) == (code, block(f"output: {name}", PAGE))
