"""The compare command: whether the new of two policies allows more than the old one."""

import sys
from argparse import Namespace
from pathlib import Path

from leastwise.api.compare import compare_files
from leastwise.api.policy_file import STDIN, read_bytes
from leastwise.api.workspace import WrongUse
from leastwise.cli.output import terminal_width, use_color
from leastwise.cli.stdout import write_out
from leastwise.reporters.comparison import ComparisonReport
from leastwise.reporters.escape import terminal
from leastwise.semantics.model import Counterexample, Proof
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span

MAX_STDIN_BYTES = 20 * 1024 * 1024
_DESCRIPTORS = "/dev/fd/"
NO_NEW_ACCESS, NEW_ACCESS, UNDECIDED = 0, 1, 2


def run(arguments: Namespace) -> int | WrongUse:
    """Compare the two files, print the answer, and return the exit code."""
    names: tuple[str, str] = (arguments.old, arguments.new)
    if names == ("-", "-"):
        return WrongUse("only one of OLD and NEW can be '-'")
    contents = [_read(name) for name in names]
    report = compare_files(contents[0], contents[1], arguments.type)
    if arguments.format == "json":
        from leastwise.reporters import comparison_json

        _tell_problems(report)
        write_out(comparison_json.render(report))
    else:
        from leastwise.reporters import comparison_text

        color = use_color(sys.stdout, refused=arguments.no_color)
        write_out(comparison_text.render(report, color=color, width=terminal_width()))
    return exit_code(report)


def exit_code(report: ComparisonReport) -> int:
    """Return 0 without new access, 1 with some, 2 where that is not known."""
    match report.answer:
        case Proof():
            return NO_NEW_ACCESS
        case Counterexample():
            return NEW_ACCESS
        case _:
            return UNDECIDED


def _read(name: str) -> tuple[str, bytes | Diagnostic]:
    if name == "-":
        return STDIN, sys.stdin.buffer.read(MAX_STDIN_BYTES)
    descriptor = _descriptor(name)
    if descriptor is None:
        return name, read_bytes(name, Path.cwd())
    try:
        with open(descriptor, "rb", closefd=False) as handle:
            return name, handle.read(MAX_STDIN_BYTES)
    except OSError as error:
        message = f"it can't be read: {error.strerror}"
        return name, Diagnostic("error", "unreadable", Span(name, 0, 0), message, "use a file")


def _descriptor(name: str) -> int | None:
    """Return the open file that the shell handed over for ``<(command)``."""
    number = name.removeprefix(_DESCRIPTORS)
    is_one = number != name and number.isascii() and number.isdecimal() and len(number) < 6
    return int(number) if is_one else None


def _tell_problems(report: ComparisonReport) -> None:
    for problem in report.problems:
        sys.stderr.write(f"leastwise: {terminal(str(problem))}\n")
