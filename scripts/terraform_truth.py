"""Ask the real Terraform what it makes of a root module, through an outside program.

The program is a Python file with ``run(path, repository, keep, overrides) -> dict``: it plans the
root without providers and answers ``{"ok": True, "values": {address: input}, "failed": [...]}``,
or ``{"ok": False, "error": ...}``. Attributes that AWS would compute are markers
``<<aws_x.y.arn>>``, and so are variables without a value. Every resource stands as a
``terraform_data``: ``terraform_data.aws_x__y``.
"""

import hashlib
import importlib.util
import json
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

INPUTS = "zz_oracle.auto.tfvars.json"


class Truth(NamedTuple):
    """Hold what Terraform says of one root: attributes by address, or why it says nothing.

    ``inputs`` are the values that stand for variables without one, ``failed`` names what the
    program had to leave out to get a plan.
    """

    values: dict[str, dict[str, Any]]
    inputs: dict[str, Any]
    failed: tuple[str, ...]
    error: str


def truth(program: Path, repository: Path, root: str, cache: Path | None) -> Truth:
    """Return what Terraform says of ``root`` (a path in the repository), cached where that is."""
    name = hashlib.sha256(f"{repository.name}:{root}".encode()).hexdigest()[:24] + ".json"
    held = None if cache is None else cache / name
    if held is not None and held.exists():
        return _read(json.loads(held.read_text()))
    found = _run(program, repository, root)
    if held is not None:
        held.parent.mkdir(parents=True, exist_ok=True)
        held.write_text(json.dumps(found))
    return _read(found)


def _read(found: dict[str, Any]) -> Truth:
    return Truth(found["values"], found["inputs"], tuple(found["failed"]), found["error"])


def _run(program: Path, repository: Path, root: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as keep:
        try:
            result = _module(program).run(str(repository / root), str(repository), keep)
        except (OSError, ValueError, LookupError, AttributeError, TypeError) as problem:
            result = {"ok": False, "error": f"{type(problem).__name__}: {problem}"}
        except (RecursionError, subprocess.SubprocessError) as problem:
            result = {"ok": False, "error": f"{type(problem).__name__}: {problem}"}
        held = Path(keep) / root / INPUTS
        inputs = json.loads(held.read_text()) if held.exists() else {}
    return {
        "values": result.get("values") or {},
        "inputs": inputs,
        "failed": result.get("failed") or [],
        "error": "" if result.get("ok") else str(result.get("error", "no answer"))[-2000:],
    }


def decoded(program: Path, value: Any) -> Any:
    """Return a value of the answer with policy documents in it decoded, and who wrote them.

    A document that ``aws_iam_policy_document`` renders has ``__rendered`` set.
    """
    if not isinstance(value, str):
        return value
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return value
    if not isinstance(read, dict | list):
        return value
    if "__pd" not in read:
        return read
    return {**_module(program).fixdoc(value), "__rendered": True}


@lru_cache(maxsize=1)
def _module(program: Path) -> Any:
    spec = importlib.util.spec_from_file_location("terraform_oracle", program)
    if spec is None or spec.loader is None:
        raise OSError(f"{program} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
