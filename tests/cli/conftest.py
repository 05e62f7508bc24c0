"""Run the command in this process, in a folder of its own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from leastwise.cli.main import main


class Ran(NamedTuple):
    """Hold what a run of the command left: exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return standard output as JSON."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, without the environment's say on colour."""
    for name in ("NO_COLOR", "FORCE_COLOR", "LEASTWISE_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command on arguments; argparse's own exit counts as its exit code."""
    del folder

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        try:
            code = main(list(arguments))
        except SystemExit as done:
            code = int(done.code or 0)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run
