"""The files that may be read: confined to a root, every read and every miss recorded.

Nobody else in the program opens a file of the user. Patches are proved on an overlay, tests
run in memory, and a hostile path ends here.
"""

import os
import posixpath
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from leastwise.source.diagnostic import Diagnostic
from leastwise.source.edit import Edit, apply_edits
from leastwise.source.span import Span

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_PLAN_BYTES = 200 * 1024 * 1024
"""Of plans and states of Terraform, which say everything several times, and of account dumps."""

_PLAN_HEAD = b'{"format_version":'
_DUMP_HEADS = (b'{"UserDetailList":', b'{"GroupDetailList":', b'{"RoleDetailList":')
_CHUNK = 64 * 1024


class Entry(NamedTuple):
    """Name one member of a directory: a regular file, or a directory to descend into."""

    name: str
    is_dir: bool


class Tree(Protocol):
    """Read files by POSIX paths relative to a root (``""`` is the root itself)."""

    touched: set[str]
    """Every path that was read, listed or missed; what a cache key and a proof rest on."""

    failed: dict[str, Diagnostic]
    """Why a read gave no bytes, by path."""

    def list(self, path: str) -> tuple[Entry, ...]:
        """List a directory in name order; a missing or unreadable one is empty."""

    def read(self, path: str) -> bytes | Diagnostic:
        """Return the bytes of a regular file inside the root, or why it can't be read."""

    def exists(self, path: str) -> bool:
        """Say whether a regular file of that path lies inside the root."""


def normalise(path: str) -> str | None:
    """Return a relative POSIX path without ``.`` and ``..``, or None when it leaves the root.

    The root itself is the empty string.
    """
    if path.startswith("/") or "\0" in path or "\\" in path:
        return None
    clean = posixpath.normpath(path)
    if clean == ".":
        return ""
    if clean == ".." or clean.startswith("../"):
        return None
    return clean


def _problem(path: str, code: str, message: str, remedy: str) -> Diagnostic:
    return Diagnostic("error", code, Span(path, 0, 0), message, remedy)


def _outside(path: str) -> Diagnostic:
    return _problem(
        path,
        "outside-root",
        f"{path!r} lies outside the scanned tree",
        "move it into the tree, or exclude it",
    )


def _missing(path: str) -> Diagnostic:
    return _problem(
        path, "not-found", f"there is no file {path!r}", "check the path, or remove the link"
    )


_OPEN_FLAGS = (
    os.O_RDONLY
    # the path is already resolved: a link in its last part was put there since
    | getattr(os, "O_NOFOLLOW", 0)
    # a pipe must not hang the run
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


def is_plan(head: bytes) -> bool:
    """Say whether a file begins as ``terraform show -json`` begins."""
    return b"".join(head[:64].split()).startswith(_PLAN_HEAD)


def is_dump(head: bytes) -> bool:
    """Say whether a file begins as ``aws iam get-account-authorization-details`` begins."""
    return b"".join(head[:64].split()).startswith(_DUMP_HEADS)


def _cap(head: bytes) -> int:
    return MAX_PLAN_BYTES if is_plan(head) or is_dump(head) else MAX_FILE_BYTES


def _read_regular(real: str) -> bytes | None:
    """Return one byte more than the cap at most; None when it is not a regular file."""
    descriptor = os.open(real, _OPEN_FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None
        # To ask for as much as the cap would cost that much memory for every small file.
        parts = [os.read(descriptor, min(status.st_size, MAX_FILE_BYTES) + 1)]
        size, cap = len(parts[0]), _cap(parts[0])
        while size <= cap and (part := os.read(descriptor, min(cap + 1 - size, _CHUNK))):
            parts.append(part)
            size += len(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


@dataclass(slots=True, eq=False, repr=False)
class DiskTree:
    """Read the working tree below ``root``; symbolic links that leave it are refused."""

    root: Path
    touched: set[str] = field(default_factory=set)
    failed: dict[str, Diagnostic] = field(default_factory=dict)
    _real: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._real = os.path.realpath(self.root)

    def real_path(self, path: str) -> str | None:
        """Return the real path of a file or folder, or None when it lies outside the root."""
        clean = normalise(path)
        if clean is None:
            return None
        real = os.path.realpath(os.path.join(self._real, clean))  # noqa: PTH118 - hot path
        base = self._real.rstrip(os.sep)
        return real if real in (self._real, base) or real.startswith(base + os.sep) else None

    def list(self, path: str) -> tuple[Entry, ...]:
        """List a directory in name order; links to directories are not followed."""
        self.touched.add(path)
        real = self.real_path(path)
        if real is None:
            return ()
        try:
            with os.scandir(real) as entries:
                found = [
                    Entry(entry.name, entry.is_dir(follow_symlinks=False))
                    for entry in entries
                    if entry.is_dir(follow_symlinks=False) or entry.is_file()
                ]
        except OSError:
            return ()
        return tuple(sorted(found))

    def read(self, path: str) -> bytes | Diagnostic:
        """Read a regular file of at most 20 MiB (200 if a plan or dump), or say why not."""
        self.touched.add(path)
        data = self._read(path)
        if isinstance(data, Diagnostic):
            self.failed[path] = data
        return data

    def _read(self, path: str) -> bytes | Diagnostic:
        real = self.real_path(path)
        if real is None:
            return _outside(path)
        try:
            data = _read_regular(real)
        except (FileNotFoundError, NotADirectoryError):
            return _missing(path)
        except OSError as error:
            reason = error.strerror or "input/output error"
            return _problem(
                path,
                "unreadable",
                f"{path!r} can't be read: {reason}",
                "check its permissions and links, or exclude it",
            )
        if data is None:
            return _problem(path, "not-a-file", f"{path!r} is not a regular file", "exclude it")
        if len(data) > _cap(data):
            return _problem(
                path,
                "too-large",
                f"{path!r} is larger than {_cap(data)} bytes",
                "exclude it, or split it",
            )
        return data

    def exists(self, path: str) -> bool:
        """Say whether a regular file of that path lies inside the root."""
        self.touched.add(path)
        real = self.real_path(path)
        return real is not None and os.path.isfile(real)  # noqa: PTH113 - hot path


@dataclass(slots=True, eq=False, repr=False)
class MemoryTree:
    """Hold files as a mapping from path to bytes: stdin, tests, examples of rules."""

    files: Mapping[str, bytes]
    touched: set[str] = field(default_factory=set)
    failed: dict[str, Diagnostic] = field(default_factory=dict)

    def list(self, path: str) -> tuple[Entry, ...]:
        """List a directory in name order."""
        self.touched.add(path)
        clean = normalise(path)
        if clean is None:
            return ()
        prefix = f"{clean}/" if clean else ""
        found: set[Entry] = set()
        for name in self.files:
            if name.startswith(prefix):
                head, separator, _ = name[len(prefix) :].partition("/")
                found.add(Entry(head, bool(separator)))
        return tuple(sorted(found))

    def read(self, path: str) -> bytes | Diagnostic:
        """Return the bytes held for a path."""
        self.touched.add(path)
        clean = normalise(path)
        if clean is None:
            return _outside(path)
        data = self.files.get(clean)
        return _missing(path) if data is None else data

    def exists(self, path: str) -> bool:
        """Say whether a file of that path is held."""
        self.touched.add(path)
        clean = normalise(path)
        return clean is not None and clean in self.files


@dataclass(slots=True, eq=False, repr=False)
class OverlayTree:
    """Show a tree as it would be with other bytes in some files, without writing anything."""

    base: Tree
    changed: Mapping[str, bytes]
    touched: set[str] = field(default_factory=set)
    failed: dict[str, Diagnostic] = field(default_factory=dict)

    def list(self, path: str) -> tuple[Entry, ...]:
        """List a directory in name order, changed files that the base lacks included."""
        self.touched.add(path)
        added = MemoryTree(self.changed).list(path)
        return tuple(sorted({*self.base.list(path), *added}))

    def read(self, path: str) -> bytes | Diagnostic:
        """Return the changed bytes where there are some, else those of the base."""
        self.touched.add(path)
        clean = normalise(path)
        if clean is not None and clean in self.changed:
            return self.changed[clean]
        data = self.base.read(path)
        if isinstance(data, Diagnostic):
            self.failed[path] = data
        return data

    def exists(self, path: str) -> bool:
        """Say whether the file is changed here or exists in the base."""
        self.touched.add(path)
        return normalise(path) in self.changed or self.base.exists(path)


def overlay(base: Tree, edits: Iterable[Edit]) -> OverlayTree | Diagnostic:
    """Apply edits on top of a tree; a file that can't be read gives its diagnostic.

    Raises:
        ValueError: as ``apply_edits`` does.

    """
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        path = normalise(edit.span.path)
        by_path.setdefault(edit.span.path if path is None else path, []).append(edit)
    changed: dict[str, bytes] = {}
    for path, its_edits in by_path.items():
        data = base.read(path)
        if isinstance(data, Diagnostic):
            return data
        changed[path] = apply_edits(data, its_edits)
    return OverlayTree(base, changed)


_WRITE_BITS = 0o222


def write_file(root: Path, path: str, data: bytes) -> Diagnostic | None:
    """Replace the bytes of an existing file inside the root, keeping its mode.

    A file that is marked read-only stays as it is, though its folder would let it be replaced.

    The new bytes go to a file beside it that then takes its place, so that a crash leaves the
    old or the new text and nothing between. A link is followed, its target must lie inside.
    """
    import tempfile  # costs more start-up than the rest of this module

    real = DiskTree(root).real_path(path)
    if real is None:
        return _outside(path)
    place = Path(real)
    try:
        mode = stat.S_IMODE(place.stat().st_mode)
        if not mode & _WRITE_BITS or not os.access(place, os.W_OK):
            return _unwritable(path, "it is read-only")
        # A fresh, exclusive name: one that a stranger's tree could plant must not be followed.
        descriptor, beside = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    except OSError as error:
        return _unwritable(path, error.strerror)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(data)
        os.chmod(beside, mode)  # noqa: PTH101 - a name from mkstemp
        os.replace(beside, place)  # noqa: PTH105 - likewise
    except OSError as error:
        Path(beside).unlink(missing_ok=True)
        return _unwritable(path, error.strerror)
    return None


def _unwritable(path: str, reason: str | None) -> Diagnostic:
    message = f"{path!r} can't be written: {reason or 'input/output error'}"
    return _problem(path, "unwritable", message, "check its permissions")
