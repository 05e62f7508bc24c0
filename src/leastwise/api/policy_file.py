"""Read one policy from a file that a person names, or from standard input.

What the AWS CLI prints around a policy is seen through. A file that holds something else, or
several policies, is said to be that.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, TypeAlias

from leastwise.api.workspace import root_of
from leastwise.frontends.iam_json.files.contents import contents_of
from leastwise.frontends.iam_json.reading.documents import decoded, value_at
from leastwise.iam.kinds import kind_of
from leastwise.iam.parse import document_of, unreadable, value_of
from leastwise.iam.policy import PolicyDocument, PolicyKind
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import SourceFile, Span, source_file
from leastwise.source.tree import DiskTree
from leastwise.source.value import Mapping, Sequence, Value

STDIN = "<stdin>"
_OTHER_NAMES = {
    ".tf": "Terraform",
    ".tofu": "Terraform",
    ".hcl": "HCL",
    ".yaml": "YAML",
    ".yml": "YAML",
}
_ONE_POLICY = "name a file with one policy as JSON; 'leastwise policies --format json' prints those"


Named: TypeAlias = tuple[str, bytes | Diagnostic]
"""The name of a file as it was typed, and its bytes or why there are none."""

_REMEDIES = {
    "not-a-file": "name a regular file, or pipe the policy in and write '-' for it",
    "outside-root": "name the file that the link leads to",
    "too-large": "AWS takes no policy of this size, write a smaller one",
    "unreadable": "check its permissions and links",
}


class PolicyFile(NamedTuple):
    """Hold a file with the policy in it; ``kind`` is as guessed or asked for.

    ``file.path`` is the name as it was typed. A document with ``diagnostics`` is opaque.
    """

    file: SourceFile
    document: PolicyDocument
    kind: PolicyKind


class _Content(NamedTuple):
    file: SourceFile
    value: Value | Diagnostic
    kind: PolicyKind | None


def read_bytes(name: str, cwd: Path) -> bytes | Diagnostic:
    """Read a named file, confined to the tree it lies in: a link must not lead out of it."""
    place = Path(os.path.abspath(cwd / name))  # noqa: PTH100 - links are kept as written
    if not os.path.lexists(place):
        return Diagnostic(
            "error", "not-found", Span(name, 0, 0), "the file does not exist", "check the path"
        )
    if place.is_dir():
        message, remedy = "this is a folder", "name a file with one policy as JSON"
        return Diagnostic("error", "not-a-file", Span(name, 0, 0), message, remedy)
    root = root_of(place, cwd)
    data = DiskTree(root).read(place.relative_to(root).as_posix())
    if isinstance(data, Diagnostic):
        remedy = _REMEDIES.get(data.code, data.remedy)
        return data._replace(span=Span(name, 0, 0), remedy=remedy)
    return data


def policy_files(contents: Iterable[Named], kind: PolicyKind | None) -> tuple[PolicyFile, ...]:
    """Read the policies of files by name; without ``kind`` the content of each tells.

    One without statements is of the kind of the others.
    """
    found = [_content(name, data) for name, data in contents]
    kinds = [kind or content.kind for content in found]
    usual: PolicyKind = next((k for k in kinds if k is not None), "identity")
    return tuple(
        _policy_file(content, its or usual) for content, its in zip(found, kinds, strict=True)
    )


def _policy_file(content: _Content, kind: PolicyKind) -> PolicyFile:
    file, value, _ = content
    if isinstance(value, Diagnostic):
        return PolicyFile(file, unreadable(value, file), kind)
    return PolicyFile(file, document_of(value, kind, file), kind)


def _content(name: str, data: bytes | Diagnostic) -> _Content:
    if isinstance(data, Diagnostic):
        return _Content(source_file(name, b""), data, None)
    file = source_file(name, data)
    value = value_of(file)
    if isinstance(value, Diagnostic):
        return _Content(file, _not_json(value), None)
    return _document(file, value)


def _not_json(diagnostic: Diagnostic) -> Diagnostic:
    """Say what a file is that is no JSON, where its name tells."""
    language = _OTHER_NAMES.get(Path(diagnostic.span.path).suffix.lower())
    if language is None or diagnostic.code != "json-syntax":
        return diagnostic
    message = f"this is {language}, not a policy document"
    return diagnostic._replace(code="not-a-policy", message=message, remedy=_ONE_POLICY)


def _document(file: SourceFile, value: Value) -> _Content:
    """Find the only policy document in a file."""
    contents = contents_of(file.data)
    if "dump" in contents.outputs:
        return _refused(file, "this is the dump of an account")
    if len(contents.documents) > 1:
        return _refused(file, f"the file holds {len(contents.documents)} policies")
    if not contents.documents:
        return _Content(file, value, _kind(value)) if _may_be_policy(value) else _other(file, value)
    (only,) = contents.documents
    found: list[Diagnostic] = []
    inner = decoded(value_at(value, only.path) or value, file.path, found)
    return _Content(file, found[0] if found else inner, only.kind or _kind(inner))


def _may_be_policy(value: Value) -> bool:
    if not isinstance(value, Mapping):
        return False
    return any((key.literal or "").lower() == "statement" for key, _ in value.entries)


def _other(file: SourceFile, value: Value) -> _Content:
    names = {key.literal for key, _ in value.entries} if isinstance(value, Mapping) else set()
    if names & {"Resources", "AWSTemplateFormatVersion"}:
        return _refused(file, "this is a CloudFormation template, not a policy document")
    if names & {"planned_values", "resource_changes"}:
        return _refused(file, "this is a Terraform plan, not a policy document")
    return _refused(file, "this is not a policy document: it has no Statement")


def _refused(file: SourceFile, message: str) -> _Content:
    place = Span(file.path, 0, 0)
    return _Content(file, Diagnostic("error", "not-a-policy", place, message, _ONE_POLICY), None)


def _kind(value: Value) -> PolicyKind | None:
    """Return the kind of a document, None for one without statements."""
    statements = value.get("Statement") if isinstance(value, Mapping) else None
    if isinstance(statements, Sequence) and not statements.items:
        return None
    return kind_of(value)
