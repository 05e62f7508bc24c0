"""Tell policy documents and account dumps from all other JSON, by their shape.

The bytes are searched for a few words first, then Python's own JSON reader, which is fast and
knows no places, shows the shape. ``load`` reads what was claimed again, with places.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from leastwise.iam.policy import PolicyKind
from leastwise.iam.project import Root
from leastwise.source.span import BOM
from leastwise.source.tree import Tree
from leastwise.source.words import spelled_out

Path: TypeAlias = tuple[str | int, ...]

DUMP_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList")

_DOCUMENT_WORDS = (b"Statement", b"Effect")
_DUMP_WORDS = (*(name.encode() for name in DUMP_LISTS), b"PolicyVersionList")
_TEMPLATE_WORDS = (b"AWS::", b"AWSTemplateFormatVersion")
_VERSIONS = ("2012-10-17", "2008-10-17")
# What the AWS CLI prints: the way to the document, and what kind it is.
_WRAPPERS: tuple[tuple[tuple[str, ...], PolicyKind | None], ...] = (
    (("PolicyVersion", "Document"), "identity"),
    (("PolicyDocument",), "identity"),
    (("Role", "AssumeRolePolicyDocument"), "trust"),
    (("Policy",), "resource"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """Name one document inside a file; ``kind`` is None where its content tells."""

    path: Path
    kind: PolicyKind | None


@dataclass(frozen=True, slots=True)
class Shape:
    """Say what a file is: an account dump, or the documents in it (none: something else).

    ``broken``: it is no JSON.
    """

    documents: tuple[Found, ...] = ()
    dump: bool = False
    broken: bool = False


def roots(
    tree: Tree,
    files: tuple[str, ...],
    *,
    kind: PolicyKind | None = None,
    named: frozenset[str] = frozenset(),
) -> tuple[Root, ...]:
    """Return a root for each file that holds policy documents or an account dump.

    ``kind`` is what the user says the documents are. Of files that can't be read, those that
    were ``named`` and those with a policy's words are claimed, so that ``load`` reports them.
    """
    found: list[Root] = []
    for path in files:
        data = tree.read(path)
        if not isinstance(data, bytes):
            found += [Root("iam-json", path)] if path in named else []
            continue
        words = spelled_out(data)
        if not _may_be_ours(words) and path not in named:
            continue
        shape = shape_of(data)
        if shape.dump:
            found.append(Root("account-dump", path))
        elif shape.documents or (shape.broken and _is_claimed_broken(words, path in named)):
            found.append(Root("iam-json", path, entered_as=kind))
    return tuple(found)


def _may_be_ours(data: bytes) -> bool:
    return all(word in data for word in _DOCUMENT_WORDS) or any(w in data for w in _DUMP_WORDS)


def _is_claimed_broken(data: bytes, named: bool) -> bool:
    """Say whether broken JSON is ours to report; what has a template's words is not."""
    if any(word in data for word in _TEMPLATE_WORDS):
        return False
    return named or (b'"Statement"' in data and b'"Effect"' in data) or _has_dump_list(data)


def _has_dump_list(data: bytes) -> bool:
    return any(f'"{name}"'.encode() in data for name in DUMP_LISTS)


def shape_of(data: bytes) -> Shape:
    """Say what the bytes of a JSON file hold."""
    try:
        parsed = json.loads(data.removeprefix(BOM).decode("utf-8"))
    except (ValueError, RecursionError):
        return Shape(broken=True)
    if _is_dump(parsed):
        return Shape(dump=True)
    return Shape(tuple(_documents(parsed)))


def _is_dump(parsed: Any) -> bool:
    if not isinstance(parsed, dict):
        return False
    if any(isinstance(parsed.get(name), list) for name in DUMP_LISTS):
        return True
    policies = parsed.get("Policies")
    return isinstance(policies, list) and any(
        isinstance(policy, dict) and "PolicyVersionList" in policy for policy in policies
    )


def _documents(parsed: Any) -> Iterator[Found]:
    if not isinstance(parsed, list):
        yield from _document(parsed, ())
        return
    for index, item in enumerate(parsed):
        yield from _document(item, (index,))


def _document(parsed: Any, path: Path) -> Iterator[Found]:
    """Yield the document that an object is or wraps."""
    if not isinstance(parsed, dict) or "Resources" in parsed:
        return
    if _is_document(parsed):
        yield Found(path, None)
        return
    for way, kind in _WRAPPERS:
        inner: Any = parsed
        for step in way:
            inner = inner.get(step) if isinstance(inner, dict) else None
        if _is_document(inner) or _is_document_text(inner):
            yield Found((*path, *way), kind)
            return


def _is_document(parsed: Any) -> bool:
    if not isinstance(parsed, dict) or "Statement" not in parsed:
        return False
    statements = parsed["Statement"]
    items = statements if isinstance(statements, list) else [statements]
    if any(isinstance(item, dict) and "Effect" in item for item in items):
        return True
    return parsed.get("Version") in _VERSIONS and all(isinstance(i, dict) for i in items)


def _is_document_text(parsed: Any) -> bool:
    return (
        isinstance(parsed, str)
        and parsed.lstrip().startswith(("{", "%7B", "%7b"))
        and "Statement" in parsed
    )
