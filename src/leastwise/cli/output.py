"""Where reports go: standard output, and files named with ``--output``."""

import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from leastwise import __version__
from leastwise.api.workspace import WrongUse
from leastwise.cli.arguments import FORMATS
from leastwise.cli.stdout import write_out

if TYPE_CHECKING:
    from leastwise.api.check import Outcome, Setup
    from leastwise.reporters.model import Presentation

Progress = Callable[[int, int], None]
_QUIET_SECONDS = 1.0
_PLAIN_WIDTH, _NARROWEST, _WIDEST = 100, 60, 140


def presentation_of(
    outcome: "Outcome", setup: "Setup", *, paths: tuple[str, ...] = (), show_all: bool = False
) -> "Presentation":
    """Put together what reporters receive."""
    from leastwise.cli.about import data_date
    from leastwise.reporters.model import Presentation

    return Presentation(
        report=outcome.report,
        files=outcome.files,
        rules={rule.info.id: rule.info for rule in outcome.rules},
        version=__version__,
        data_date=data_date(),
        fail_on=outcome.config.fail_on,
        exit_code=outcome.exit_code,
        prefix=setup.workspace.prefix,
        show_all=show_all,
        paths=paths,
    )


def use_color(stream: TextIO, *, refused: bool) -> bool:
    """Say whether to colour: only a terminal, unless the user said no or always.

    ``NO_COLOR`` and ``FORCE_COLOR`` as on no-color.org and force-color.org.
    """
    if refused or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    if os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def render(presentation: "Presentation", form: str, *, color: bool) -> str:
    """Render one report, but for a patch; only the reporter of the format is imported."""
    match form:
        case "json":
            from leastwise.reporters import json_report

            return json_report.render(presentation)
        case "sarif":
            from leastwise.reporters import sarif

            return sarif.render(presentation)
        case _:
            from leastwise.reporters import text

            return text.render(presentation, color=color, width=terminal_width())


def terminal_width() -> int:
    """Return how many columns to fill: those of the terminal, within reason."""
    if not sys.stdout.isatty():
        return _PLAIN_WIDTH
    import shutil

    return max(_NARROWEST, min(shutil.get_terminal_size().columns, _WIDEST))


def destinations(
    arguments: Namespace, known: tuple[str, ...]
) -> tuple[str | None, tuple[tuple[str, str], ...]] | WrongUse:
    """Return what standard output gets (None where a file takes its place), and format and file."""
    stdout: str | None = arguments.format
    files: list[tuple[str, str]] = []
    for value in arguments.output:
        form, equals, path = value.partition("=")
        if not equals:
            stdout = None
            files.append((arguments.format, value))
        elif form in known and path:
            files.append((form, path))
        else:
            words = ", ".join(known)
            return WrongUse(f"--output {value!r}: write FORMAT=FILE, FORMAT one of {words}")
    return stdout, tuple(files)


def write_files(files: tuple[tuple[str, str], ...], body: Callable[[str], str]) -> WrongUse | None:
    """Write what ``body`` returns for a format to each file; returns the first that can't be."""
    problem: WrongUse | None = None
    for form, path in files:
        try:
            Path(path).write_bytes(body(form).encode("utf-8", "surrogateescape"))
        except OSError as error:
            problem = problem or WrongUse(f"{path!r} can't be written: {error.strerror}")
    return problem


class Reports(NamedTuple):
    """Hold which formats go where; ``stdout`` is None when a file takes its place."""

    stdout: str | None
    files: tuple[tuple[str, str], ...]
    no_color: bool
    show_all: bool

    @staticmethod
    def of(arguments: Namespace) -> "Reports | WrongUse":
        """Read ``--format`` and ``--output``; an unknown format before ``=`` is wrong use."""
        asked = destinations(arguments, FORMATS)
        if isinstance(asked, WrongUse):
            return asked
        return Reports(*asked, arguments.no_color, arguments.show_all)

    def write(self, outcome: "Outcome", setup: "Setup", paths: tuple[str, ...]) -> WrongUse | None:
        """Write every report; returns the first file that can't be written, after the rest."""
        presentation = presentation_of(outcome, setup, paths=paths, show_all=self.show_all)

        def body(form: str, *, color: bool = False) -> str:
            if form == "patch":
                from leastwise.cli.fixing import proposed

                return proposed(setup, outcome)
            nothing = _nothing_found(outcome, paths) if form == "text" else None
            return nothing or render(presentation, form, color=color)

        problem = write_files(self.files, body)
        if self.stdout is not None:
            write_out(body(self.stdout, color=use_color(sys.stdout, refused=self.no_color)))
        return problem


def _nothing_found(outcome: "Outcome", paths: tuple[str, ...]) -> str | None:
    report = outcome.report
    if report.summary.files or report.diagnostics or report.not_in_view:
        return None
    where = ", ".join(repr(path) for path in paths)
    return f"No Terraform, CloudFormation or IAM JSON found in {where}.\n"


def progress_for(stream: TextIO) -> Progress | None:
    """Return a progress line for runs over a second on a terminal, else None."""
    if not stream.isatty():
        return None
    begin = time.monotonic()

    def show(done: int, total: int) -> None:
        if time.monotonic() - begin > _QUIET_SECONDS:
            end = "\r\033[K" if done == total else ""
            stream.write(f"\rreading {done} of {total}{end}")
            stream.flush()

    return show
