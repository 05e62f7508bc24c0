"""cfn-lint as the second reader of patched templates, in a process and a folder of its own.

cfn-lint takes configuration from the working directory, the home folder and the template's
Metadata, and that configuration can name Python code to run. A stranger's template must not
reach it: the process starts in an empty folder, and Metadata is dropped from what it reads.

To start it costs more than to read a template. One process therefore reads all that a run has to
ask, and works while the run goes on; an original is only read where its edited text has errors.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

_TIMEOUT_SECONDS = 120
_SECONDS_EACH = 2

Errors: TypeAlias = tuple[tuple[str, str], ...]
"""Rule ids and messages, sorted."""


class Edited(NamedTuple):
    """Hold the text of a template before and after an edit."""

    before: bytes
    after: bytes


class Question:
    """Ask cfn-lint about edited templates, in the background until ``answers`` is called.

    The whole takes two minutes at most, and two seconds more for each template.
    """

    def __init__(self, asked: Iterable[Edited]) -> None:
        # What is small first: a template that takes all the time leaves the fewest unanswered.
        self._left = sorted(dict.fromkeys(asked), key=lambda one: len(one.after))
        self._end = time.monotonic() + _TIMEOUT_SECONDS + _SECONDS_EACH * len(self._left)
        self._reader = _started(self._left)

    def answers(self) -> dict[Edited, Errors | None]:
        """Return which errors each edit adds; None where cfn-lint did not answer."""
        found: dict[Edited, Errors | None] = {}
        while self._left:
            told = _ended(self._reader, self._end)
            found.update(zip(self._left, told, strict=False))
            # The first without an answer is what the process ended on.
            found.update((one, None) for one in self._left[len(told) :][:1])
            self._left = self._left[len(told) + 1 :]
            out_of_time = self._reader is None or time.monotonic() > self._end
            if out_of_time:
                found.update((one, None) for one in self._left)
                break
            self._reader = _started(self._left)
        return found

    def withdraw(self) -> None:
        """End the process: nobody waits for an answer."""
        _ended(self._reader, 0)
        self._left, self._reader = [], None


class _Reader(NamedTuple):
    """Hold a process and the folder where its questions and answers are."""

    process: subprocess.Popen[bytes]
    folder: tempfile.TemporaryDirectory[str]


def _started(asked: Sequence[Edited]) -> _Reader | None:
    """Start a process on the templates; None when there are none, or it can't be started."""
    if not asked:
        return None
    folder = tempfile.TemporaryDirectory()
    place = Path(folder.name)
    empty = place / "empty"
    empty.mkdir()
    texts = [[base64.b64encode(text).decode() for text in one] for one in asked]
    (place / "asked").write_text(json.dumps(texts), encoding="ascii")
    with (place / "asked").open("rb") as given, (place / "answers").open("wb") as output:
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-m", "leastwise.fixes.cfn_lint"],
                stdin=given,
                stdout=output,
                stderr=subprocess.DEVNULL,
                cwd=empty,
                env={**os.environ, "HOME": str(empty), "USERPROFILE": str(empty)},
            )
        except OSError:
            folder.cleanup()
            return None
    return _Reader(process, folder)


def _ended(reader: _Reader | None, end: float) -> list[Errors]:
    """Wait for a process, end it when its time is over, and return what it has answered."""
    if reader is None:
        return []
    try:
        reader.process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        reader.process.kill()
        reader.process.wait()
    with reader.folder as name:
        lines = (Path(name) / "answers").read_bytes().split(b"\n")
    # A line without an end was being written when the process ended.
    return [tuple((rule, message) for rule, message in json.loads(line)) for line in lines[:-1]]


def main() -> None:
    """Read ``[[before, after], ...]`` (base64) and print the errors that each pair gains.

    One line of JSON for each pair, ``[[rule id, message], ...]``, in the same order.
    """
    lint = _linter()
    known: dict[bytes, Counter[tuple[str, str]]] = {}

    def errors(text: bytes) -> Counter[tuple[str, str]]:
        if text not in known:
            known[text] = Counter(lint(text))
        return known[text]

    for pair in json.loads(sys.stdin.buffer.read()):
        before, after = map(base64.b64decode, pair)
        # What a library prints is no answer.
        with redirect_stdout(sys.stderr):
            gained = errors(after)
            if gained:
                gained = gained - errors(before)
        sys.stdout.write(json.dumps(sorted(gained)) + "\n")
        sys.stdout.flush()


def _linter() -> Callable[[bytes], Iterator[tuple[str, str]]]:
    """Return what lists the errors of a template; warnings are left out.

    cfn-lint's error ids begin with ``E``.
    """
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import Runner

    runner = Runner(ConfigMixIn([], regions=["us-east-1"]))

    def errors(text: bytes) -> Iterator[tuple[str, str]]:
        template, problems = decode_str(text.decode("utf-8", "replace"))
        matches: list[Any] = list(problems)
        template = template or {}
        if template:
            template.pop("Metadata", None)
            matches = list(runner.validate_template(template))
        for match in matches:
            if match.rule.id.startswith("E"):
                yield match.rule.id, match.message
        for place in _nulls(template):
            yield "null", f"CloudFormation refuses {place}: null"

    return errors


def _nulls(value: object, place: str = "") -> Iterator[str]:
    """Find nulls, which cfn-lint lets pass in some places and CloudFormation in none."""
    if value is None:
        yield place
    members: Iterable[tuple[object, object]] = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    for key, member in members:
        yield from _nulls(member, f"{place}/{key}")


if __name__ == "__main__":  # pragma: no cover - a process of its own, see Question
    main()
