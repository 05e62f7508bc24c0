"""Where the template of a nested stack is: a file of the tree, written in place, or elsewhere.

A relative path counts from the folder of the template that names it, as ``aws cloudformation
package`` and ``sam package`` take it. Nothing is ever downloaded. Sources: "package", AWS CLI
Command Reference; AWS::CloudFormation::Stack, AWS::CloudFormation::StackSet and
AWS::Serverless::Application in their references.
"""

import posixpath
from typing import NamedTuple

from leastwise.frontends.cloudformation.cdk.metadata import asset_path
from leastwise.frontends.cloudformation.scope.state import Scope, as_text
from leastwise.frontends.cloudformation.syntax.template import Declaration, is_template
from leastwise.source.tree import Tree, normalise
from leastwise.source.value import Chars, Mapping, Text, Value

STACK = "AWS::CloudFormation::Stack"
STACK_SET = "AWS::CloudFormation::StackSet"
APPLICATION = "AWS::Serverless::Application"
TYPES = frozenset({STACK, STACK_SET, APPLICATION})

_SCHEMES = ("https://", "http://", "s3://")
_MOST_PARTS = 8


class Local(NamedTuple):
    """Name a template of the tree."""

    path: str


class Written(NamedTuple):
    """Hold a template that is written in place: a text, or the template itself."""

    body: Text | Mapping


class Elsewhere(NamedTuple):
    """Say why a template is not in the tree, and which file of the tree it may be."""

    message: str
    likely: str | None = None


def locate(declared: Declaration, scope: Scope, tree: Tree) -> Local | Written | Elsewhere:
    """Return where the template of a nested stack or a stack set is."""
    asset = asset_path(declared)
    if asset:
        return _file(asset, "aws:asset:path", scope, tree)
    body = declared.properties.get("TemplateBody")
    if body is not None and declared.type != APPLICATION:
        if isinstance(body, Mapping) and is_template(body):
            return Written(body)
        value = scope.evaluate(body)
        if isinstance(value, Text):
            return Written(value)
        return Elsewhere("its TemplateBody is not known")
    name = "Location" if declared.type == APPLICATION else "TemplateURL"
    raw = declared.properties.get(name)
    if raw is None:
        return Elsewhere(f"it has no {name}")
    text = as_text(scope.evaluate(raw))
    if text is None or text.literal is None or text.literal.lower().startswith(_SCHEMES):
        return Elsewhere(
            f"its {name} is not a path in the scanned tree", _likely(text, scope, tree)
        )
    return _file(text.literal, name, scope, tree)


def _file(written: str, name: str, scope: Scope, tree: Tree) -> Local | Elsewhere:
    folder = posixpath.dirname(scope.template.path)
    path = normalise(posixpath.join(folder, written)) if "\0" not in written else None
    if path is None:
        return Elsewhere(f"its {name} {written!r} lies outside the scanned tree")
    if not tree.exists(path):
        return Elsewhere(f"its {name} {written!r} is no file of the scanned tree")
    return Local(path)


def _likely(text: Text | None, scope: Scope, tree: Tree) -> str | None:
    """Return the one file of the tree that an address may have been uploaded from.

    It is a guess from names, to be told and not to be relied on.
    """
    last = text.pieces[-1] if text is not None and text.pieces else None
    if not isinstance(last, Chars):
        return None
    parts = [part for part in last.text.partition("?")[0].split("/") if part not in ("", ".", "..")]
    if not parts or ("/" not in last.text and text is not None and len(text.pieces) > 1):
        return None
    folder = posixpath.dirname(scope.template.path)
    folders = [folder]
    while folder and len(folders) < _MOST_PARTS:
        folder = posixpath.dirname(folder)
        folders.append(folder)
    ends = [
        "/".join(parts[start:]) for start in range(max(0, len(parts) - _MOST_PARTS), len(parts))
    ]
    for end in ends:
        found = {posixpath.join(place, end) for place in folders}
        found = {path for path in found if tree.exists(path)}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def plain_path(value: Value | None, template: str) -> str | None:
    """Return the path that a literal location names, before anything is evaluated."""
    written = value.literal if isinstance(value, Text) else None
    if not written or written.lower().startswith(_SCHEMES) or "\0" in written:
        return None
    return normalise(posixpath.join(posixpath.dirname(template), written))
