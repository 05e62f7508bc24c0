"""Which files of a working tree are looked at.

Files that git tracks are always listed; ignore rules apply to untracked ones only, so that a
tracked file can't hide behind a pattern. Without git, everything is listed but the folders that
tools fill. A folder that was named is listed whatever git ignores: ``cdk.out`` is what a person
wants checked who names it. The listing gives names only: files are opened by the tree.
"""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

PRUNED = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".terraform",
        ".terragrunt-cache",
        ".tox",
        ".venv",
        ".aws-sam",
        ".serverless",
        "__pycache__",
        "cdk.out",
        "node_modules",
        "venv",
    }
)
OUTPUTS = frozenset({".aws-sam", ".serverless", "cdk.out"})
"""The folders among them that hold templates, which tools compiled from something else."""

_GIT_TIMEOUT_SECONDS = 60


def list_files(root: Path, below: tuple[str, ...]) -> tuple[str, ...]:
    """List the files below the given folders, POSIX and relative to ``root``, sorted.

    ``below`` are folders relative to the root, ``""`` for all of it.
    """
    listed = _from_git(root, below) if (root / ".git").exists() else None
    return tuple(sorted(_walk(root, below))) if listed is None else listed


def list_ignored(root: Path, below: tuple[str, ...], listed: frozenset[str]) -> tuple[str, ...]:
    """List the named folders that ``listed`` says nothing of, because git or pruning hides them.

    A folder in which templates are compiled counts also where it is listed in part.
    """
    hidden = tuple(
        folder
        for folder in below
        if folder
        and (
            not OUTPUTS.isdisjoint(folder.split("/"))
            or (
                PRUNED.isdisjoint(folder.split("/"))
                and not any(name.startswith(folder + "/") for name in listed)
            )
        )
    )
    return tuple(sorted(_walk(root, hidden)))


def list_small(root: Path, most: int) -> tuple[str, ...] | None:
    """List all files below a folder without git; None when there are more than ``most``."""
    found = tuple(islice(_walk(root, ("",)), most + 1))
    return None if len(found) > most else tuple(sorted(found))


def _from_git(root: Path, below: tuple[str, ...]) -> tuple[str, ...] | None:
    """Ask git for tracked files and untracked ones it does not ignore; None when it can't tell."""
    import subprocess  # costs start-up, and a folder without git needs none

    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "ls-files"]
    command += ["-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--"]
    command += [f":(top,literal){folder}" for folder in below if folder] or [":(top)"]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        environment.pop(name, None)
    try:
        done = subprocess.run(  # noqa: S603 - a fixed argv, no shell
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_GIT_TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    names = {os.fsdecode(name) for name in done.stdout.split(b"\0") if name}
    return tuple(sorted(names))


def _walk(root: Path, below: tuple[str, ...]) -> Iterator[str]:
    """Yield each file once, also where one folder lies in another."""
    seen: set[str] = set()
    for folder in below:
        for current, folders, files in os.walk(root / folder):
            folders[:] = sorted(name for name in folders if name not in PRUNED)
            base = os.path.relpath(current, root).replace(os.sep, "/")
            prefix = "" if base == "." else f"{base}/"
            if base not in seen:
                seen.add(base)
                yield from (prefix + name for name in files)
