"""Find the line of the app that made a construct.

Source: "cloud-assembly-schema" of the AWS CDK (metadata entries of the types
``aws:cdk:logicalId`` and ``aws:cdk:creationStack``). Stack traces hold absolute paths of the
machine that ran the app: they count where a file of that name is in the tree.
"""

import posixpath
from collections.abc import Iterator

from leastwise.frontends.cloudformation.cdk.assembly import Stack
from leastwise.frontends.cloudformation.cdk.names import MANIFEST
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_data import Json, data_of
from leastwise.source.span import Span
from leastwise.source.tree import Tree

MAX_CONSTRUCTS = 50_000
MAX_FILES = 500
MAX_FRAMES = 40
MAX_PARTS = 40


def created_at(tree: Tree, stack: Stack) -> dict[str, Span]:
    """Return the line of the app where each construct is made, by the path of the construct."""
    lines = _Lines(tree, _app_folder(tree, stack.template))
    found: dict[str, Span] = {}
    for number, (path, entries) in enumerate(_constructs(tree, stack)):
        if number >= MAX_CONSTRUCTS:
            break
        place = next((p for f in _frames(entries) if (p := lines.place(f)) is not None), None)
        if place is not None:
            found[path.removeprefix("/")] = place
    return found


def _app_folder(tree: Tree, template: str) -> str:
    """Return the folder that holds the outermost assembly in which a template lies."""
    folder = posixpath.dirname(template)
    while folder and tree.exists(posixpath.join(posixpath.dirname(folder), MANIFEST)):
        folder = posixpath.dirname(folder)
    return posixpath.dirname(folder)


def _constructs(tree: Tree, stack: Stack) -> Iterator[tuple[str, Json]]:
    """Yield the constructs of a stack with their metadata, of a file or of the manifest."""
    path = stack.metadata or posixpath.join(posixpath.dirname(stack.template), MANIFEST)
    data = tree.read(path) if tree.exists(path) else b""
    content = None if isinstance(data, Diagnostic) or not data else data_of(data)
    if isinstance(content, dict) and not stack.metadata:
        artifacts = content.get("artifacts")
        own = (
            one
            for one in (artifacts.values() if isinstance(artifacts, dict) else ())
            if isinstance(one, dict) and _names(one, stack)
        )
        content = next((one.get("metadata") for one in own), None)
    if isinstance(content, dict):
        yield from content.items()


def _names(artifact: dict[str, Json], stack: Stack) -> bool:
    properties = artifact.get("properties")
    named = properties.get("templateFile") if isinstance(properties, dict) else None
    return named == posixpath.basename(stack.template)


def _frames(entries: Json) -> Iterator[tuple[str, int]]:
    """Yield file and line of the frames of a stack trace, the innermost first."""
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            continue
        trace = entry.get("data") if entry.get("type") == "aws:cdk:creationStack" else None
        frames = trace if isinstance(trace, list) else entry.get("trace")
        for frame in frames[:MAX_FRAMES] if isinstance(frames, list) else ():
            place = _frame(frame) if isinstance(frame, str) else None
            if place is not None:
                yield place


def _frame(frame: str) -> tuple[str, int] | None:
    """Take a frame apart: ``new Orders (/home/me/app/lib/orders.ts:24:5)``."""
    written = frame.rpartition("(")[2].removesuffix(")")
    path, _, rest = written.removeprefix("file://").partition(":")
    if len(path) == 1 and rest.startswith(("/", "\\")):
        path, _, rest = rest.partition(":")
    line = rest.partition(":")[0]
    if not path or not (line.isascii() and line.isdigit()) or len(line) > 7:
        return None
    if "node_modules" in path or path.startswith("node:"):
        return None
    return path.replace("\\", "/"), int(line)


class _Lines:
    """Find the lines of an app; a file is looked for and read once.

    ``_files`` holds, of each file, its path in the tree, its bytes, and where its lines begin.
    """

    def __init__(self, tree: Tree, folder: str) -> None:
        self._tree = tree
        self._folder = folder
        self._files: dict[str, tuple[str, bytes, list[int]] | None] = {}

    def place(self, frame: tuple[str, int]) -> Span | None:
        """Return the span of a line, None when its file is not in the tree."""
        path, line = frame
        if path not in self._files:
            if len(self._files) >= MAX_FILES:
                return None
            self._files[path] = self._read(path)
        found = self._files[path]
        if found is None or not 0 < line < len(found[2]):
            return None
        start, end = found[2][line - 1 : line + 1]
        written = found[1][start:end]
        start += len(written) - len(written.lstrip())
        return Span(found[0], start, start + len(written.strip()))

    def _read(self, path: str) -> tuple[str, bytes, list[int]] | None:
        """Find a file by the end of its path, as long a one as there is."""
        parts = [part for part in path.split("/") if part not in ("", ".", "..")][-MAX_PARTS:]
        folders = dict.fromkeys((self._folder, ""))
        # A bare name may be any file's: it counts in the folder of the app only.
        names = (
            posixpath.join(folder, *parts[start:])
            for start in range(len(parts))
            for folder in folders
            if folder or start < len(parts) - 1 or not self._folder
        )
        name = next((n for n in names if self._tree.exists(n)), None)
        data = None if name is None else self._tree.read(name)
        if name is None or not isinstance(data, bytes):
            return None
        starts = [0]
        while (end := data.find(b"\n", starts[-1])) != -1:
            starts.append(end + 1)
        return name, data, [*starts, len(data)]
