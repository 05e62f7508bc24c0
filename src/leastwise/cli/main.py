"""The entry point: run a command, keep its exit code, and let no traceback reach a user."""

import gc
import os
import sys
from collections.abc import Sequence

from leastwise import __version__
from leastwise.cli.stdout import OutputLostError, discard_output, open_output, write_out

WRONG_USE = 2
INTERRUPTED = 130
BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    # What is read lives until the end of the run; collecting cycles in between, or at exit,
    # only costs time.
    gc.disable()
    try:
        return _run(sys.argv[1:] if argv is None else list(argv))
    except KeyboardInterrupt:
        return INTERRUPTED
    except OutputLostError as error:
        sys.stderr.write(f"leastwise: standard output can't be written: {error}\n")
        return WRONG_USE
    except BrokenPipeError:
        # Whoever reads our messages went away; without them nothing was concluded.
        discard_output()
        return BROKEN_PIPE
    except Exception as error:
        # The one crash handler: nothing below may hide a bug of ours.
        if os.environ.get("LEASTWISE_TRACEBACK"):
            raise
        _report_crash(error)
        return WRONG_USE
    finally:
        gc.freeze()


def _run(arguments: list[str]) -> int:
    from leastwise.cli.arguments import parse, parser

    open_output()
    # No option of the program itself takes a value, so the first word is the command.
    top = parser(next((word for word in arguments if not word.startswith("-")), None))
    parsed = parse(top, arguments)
    if parsed.version:
        from leastwise.cli.about import version_line

        write_out(version_line() + "\n")
        return 0
    if parsed.command is None:
        top.print_help(sys.stderr)
        return WRONG_USE
    from leastwise.cli.commands import run

    return run(parsed)


def _report_crash(error: Exception) -> None:
    """Say in two lines what went wrong inside leastwise, without quoting the input."""
    trace = error.__traceback__
    place = "unknown place"
    while trace is not None:
        code = trace.tb_frame.f_code
        if "leastwise" in code.co_filename:
            place = f"{os.path.basename(code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119
        trace = trace.tb_next
    sys.stderr.write(
        f"leastwise {__version__} crashed: {type(error).__name__} at {place}. Nothing was"
        " concluded about your code.\nThis is a bug in leastwise: please report it with this"
        " line; LEASTWISE_TRACEBACK=1 shows the full trace.\n"
    )
