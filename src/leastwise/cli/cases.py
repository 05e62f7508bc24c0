"""The can command on a file of cases: one decision for each line."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from leastwise.api.questions.cases import MAX_CASE_BYTES, Answered, Refused, answer
from leastwise.cli.stdout import write_out
from leastwise.reporters.escape import ascii_json, terminal

WRONG_USE = 2
INCOMPLETE = 2


def run(arguments: Namespace) -> int:
    """Answer every case of the file, in its order; exit with 2 when one could not be read."""
    if arguments.principal is not None or arguments.context:
        return _wrong("--cases takes no request: its lines hold all of it")
    if arguments.cases == "-":
        return _answer_all(sys.stdin.buffer)
    try:
        with Path(arguments.cases).open("rb") as stream:
            return _answer_all(stream)
    except OSError as error:
        return _wrong(f"{arguments.cases!r} can't be read: {error.strerror or error}")


def _wrong(message: str) -> int:
    sys.stderr.write(f"leastwise: {terminal(message)}\n")
    return WRONG_USE


def _answer_all(stream: BinaryIO) -> int:
    refused = number = 0
    for line in _lines(stream):
        number += 1
        if line is None:
            reply: Answered | Refused = Refused(number, _TOO_LONG)
        else:
            reply = answer(line, number)
        refused += isinstance(reply, Refused)
        # Line by line, so that whoever asks through a pipe may wait for each answer.
        write_out(ascii_json(json.dumps(_spelled(reply), ensure_ascii=False)) + "\n")
        for note in reply.notes if isinstance(reply, Answered) else ():
            sys.stderr.write(f"leastwise: case {terminal(str(reply.id))}: {terminal(note)}\n")
    if refused:
        sys.stderr.write(f"leastwise: {refused} of {number} cases could not be read\n")
    return INCOMPLETE if refused else 0


def _spelled(reply: Answered | Refused) -> dict[str, object]:
    if isinstance(reply, Refused):
        return {"id": reply.id, "error": reply.error}
    return {"id": reply.id, "result": reply.result}


_TOO_LONG = f"the line is longer than {MAX_CASE_BYTES} bytes"


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield the lines that are not blank, None for one that is too long to be kept."""
    while line := stream.readline(MAX_CASE_BYTES + 1):
        if len(line) <= MAX_CASE_BYTES:
            if not line.isspace():
                yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_CASE_BYTES)
        yield None
