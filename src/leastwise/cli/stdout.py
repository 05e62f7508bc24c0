"""Standard output: the bytes as they are, and what happens when nobody takes them."""

import os
import sys


class OutputLostError(Exception):
    """Say why standard output takes nothing; the command prints it and exits with 2."""


def open_output() -> None:
    """Let both streams print the same bytes everywhere; what can't be encoded is escaped.

    Raises:
        OutputLostError: standard output is closed. Without standard error messages are lost.

    """
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - to the end
    if sys.stdout is None:
        raise OutputLostError("it is closed")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def write_out(body: str) -> None:
    """Write to standard output, bytes of files unchanged (a patch of a file that is not UTF-8).

    A reader that went away (``| head``) is no error: what was found still decides the exit code.

    Raises:
        OutputLostError: its disk is full, for example.

    """
    stream = sys.stdout
    try:
        buffer = getattr(stream, "buffer", None)
        if buffer is None:
            stream.write(body)
        else:
            stream.flush()
            buffer.write(body.encode("utf-8", "surrogateescape"))
        stream.flush()
    except BrokenPipeError:
        discard_output()
    except OSError as error:
        discard_output()
        raise OutputLostError(error.strerror or "input/output error") from error


def discard_output() -> None:
    """Send what is still buffered nowhere, so that Python does not complain of it at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
