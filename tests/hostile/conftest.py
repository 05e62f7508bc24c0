"""Run commands in children of one prepared process, and measure them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_TIMEOUT_SECONDS = 240.0
"""Of the clock, on a machine that may be busy; what is asserted is processor time."""


@dataclass(frozen=True, slots=True)
class Ran:
    """Hold what one command did: exit code, output, processor seconds and peak megabytes."""

    code: int
    out: str
    err: str
    seconds: float
    megabytes: float


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def zygote() -> Iterator[subprocess.Popen[str]]:
    if not hasattr(os, "fork"):
        pytest.skip("commands are measured in forked children, which this platform lacks")
    program = Path(__file__).with_name("zygote.py")
    environment = {**os.environ, "COLUMNS": "100"}
    with subprocess.Popen(
        [sys.executable, str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def run(zygote: subprocess.Popen[str], tmp_path: Path) -> Run:
    """Return a function that runs ``leastwise`` with arguments in a folder."""

    def call(*argv: str, cwd: Path, stdin: Path | str = os.devnull) -> Ran:
        out, err = tmp_path / "out", tmp_path / "err"
        request = {
            "argv": argv,
            "cwd": str(cwd),
            "stdin": str(stdin),
            "stdout": str(out),
            "stderr": str(err),
            "timeout": _TIMEOUT_SECONDS,
        }
        zygote.stdin.write(json.dumps(request) + "\n")
        zygote.stdin.flush()
        answer = json.loads(zygote.stdout.readline())
        texts = [p.read_bytes().decode("utf-8", "surrogateescape") for p in (out, err)]
        return Ran(answer["code"], *texts, answer["seconds"], answer["megabytes"])

    return call
