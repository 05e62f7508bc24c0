"""What reporters receive: a report and the lines of source it quotes."""

from collections.abc import Mapping
from typing import NamedTuple

from leastwise.rules.model import Report, RuleInfo
from leastwise.source.span import SourceFile


class Presentation(NamedTuple):
    """Hold all that one rendering needs.

    ``files`` are the source files that spans of the report point into (a span of another path
    has no frame). ``rules`` are the rules that ran, by id. ``fail_on`` is the level that fails
    the run ("never" for none); ``exit_code`` what the command will return.
    ``prefix`` is put before paths in text output so that a terminal can open them (the way from
    the working directory to the tree, POSIX, ``""`` or ending in ``/``).
    ``paths`` are those the user named, as typed, for commands that a report proposes.
    """

    report: Report
    files: Mapping[str, SourceFile]
    rules: Mapping[str, RuleInfo]
    version: str
    data_date: str
    fail_on: str = "error"
    exit_code: int = 0
    prefix: str = ""
    show_all: bool = False
    paths: tuple[str, ...] = ()
