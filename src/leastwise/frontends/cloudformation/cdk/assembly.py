"""Read the manifest of a cloud assembly: its stacks, where they go, and what is not theirs.

Source: "cloud-assembly-schema" of the AWS CDK (``manifest.json``: artifacts of the types
``aws:cloudformation:stack`` and ``cdk:cloud-assembly``). A manifest is generated, and comes
with the tree all the same: a template that it names outside of its own folder is not read.

Not modelled: assets other than templates, and context that is missing.
"""

import posixpath
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from leastwise.frontends.cloudformation.cdk.names import MANIFEST, MARKER
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_data import Json, data_of
from leastwise.source.span import Span
from leastwise.source.tree import Tree, normalise

MAX_STACKS = 2_000

_STACK = "aws:cloudformation:stack"
_NESTED = "cdk:cloud-assembly"
_WORDS = b"artifacts"
_ACCOUNT_DIGITS = 12


class Stack(NamedTuple):
    """Hold what a manifest says of one stack.

    ``template`` is the path of its template in the tree; ``account`` and ``region`` are None
    where the app leaves them open. ``metadata`` is the file that tells of its constructs, empty
    where the manifest does so itself.
    """

    name: str
    template: str
    account: str | None
    region: str | None
    parameters: tuple[tuple[str, str], ...] = ()
    metadata: str = ""


class Assembly(NamedTuple):
    """Hold the stacks of one manifest, the folders of nested assemblies, and what is wrong."""

    stacks: tuple[Stack, ...] = ()
    nested: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def read_assembly(tree: Tree, folder: str) -> Assembly | None:
    """Read the manifest of a folder; None when it has none, or one of another program."""
    path = posixpath.join(folder, MANIFEST)
    if not tree.exists(path):
        return None
    data = tree.read(path)
    if isinstance(data, Diagnostic):
        return Assembly(diagnostics=(data,))
    return _assembly(path, data) if _WORDS in data or tree.exists(_marker(folder)) else None


def stack_of(tree: Tree, template: str) -> tuple[Stack | None, tuple[Diagnostic, ...]]:
    """Return the stack whose template this is, and what is wrong with its assembly.

    Only what lies beside the template is asked: that is where the CDK writes it.
    """
    if not template.endswith(".json"):
        return None, ()
    assembly = read_assembly(tree, posixpath.dirname(template))
    if assembly is None:
        return None, ()
    found = next((stack for stack in assembly.stacks if stack.template == template), None)
    return found, assembly.diagnostics


def is_assembly(tree: Tree, template: str) -> bool:
    """Say whether a template lies in a cloud assembly, and is generated therefore."""
    folder = posixpath.dirname(template)
    return template.endswith(".json") and (
        tree.exists(_marker(folder)) or read_assembly(tree, folder) is not None
    )


def _marker(folder: str) -> str:
    return posixpath.join(folder, MARKER)


@lru_cache(maxsize=8)
def _assembly(path: str, data: bytes) -> Assembly:
    """Sort the artifacts of a manifest; many templates ask for the same one."""
    content = data_of(data)
    if isinstance(content, Diagnostic):
        return Assembly(diagnostics=(_problem(path, f"it is not JSON: {content.message}"),))
    artifacts = content.get("artifacts") if isinstance(content, dict) else None
    if not isinstance(artifacts, dict):
        return Assembly(diagnostics=(_problem(path, "it has no artifacts"),))
    stacks: list[Stack] = []
    nested: list[str] = []
    diagnostics: list[Diagnostic] = []
    for name, artifact in artifacts.items():
        kind = artifact.get("type") if isinstance(artifact, dict) else None
        if len(stacks) + len(nested) >= MAX_STACKS:
            diagnostics.append(_problem(path, f"it has more than {MAX_STACKS} stacks"))
            break
        if kind == _STACK:
            stack = _stack(path, name, artifact)
            stacks += [stack] if isinstance(stack, Stack) else []
            diagnostics += [stack] if isinstance(stack, Diagnostic) else []
        elif kind == _NESTED:
            folder = _beside(path, name, _text(artifact, "directoryName"))
            nested += [folder] if isinstance(folder, str) else []
            diagnostics += [folder] if isinstance(folder, Diagnostic) else []
    return Assembly(tuple(stacks), tuple(nested), tuple(diagnostics))


def _stack(path: str, name: str, artifact: Json) -> Stack | Diagnostic:
    template = _beside(path, name, _text(artifact, "templateFile"))
    if isinstance(template, Diagnostic):
        return template
    account, region = _environment(artifact)
    properties = artifact.get("properties") if isinstance(artifact, dict) else None
    given = properties.get("parameters") if isinstance(properties, dict) else None
    metadata = artifact.get("additionalMetadataFile") if isinstance(artifact, dict) else None
    beside = _beside(path, name, metadata) if isinstance(metadata, str) else ""
    return Stack(
        name=_text(artifact, "stackName") or name,
        template=template,
        account=account,
        region=region,
        parameters=tuple(_parameters(given)),
        metadata="" if isinstance(beside, Diagnostic) else beside,
    )


def _text(artifact: Json, name: str) -> str:
    """Return a property of an artifact, empty when it is no string."""
    properties = artifact.get("properties") if isinstance(artifact, dict) else None
    value = properties.get(name) if isinstance(properties, dict) else None
    return value if isinstance(value, str) else ""


def _parameters(given: Json) -> Iterator[tuple[str, str]]:
    for name, value in given.items() if isinstance(given, dict) else ():
        if isinstance(value, str):
            yield name, value


def _environment(artifact: Json) -> tuple[str | None, str | None]:
    """Split ``aws://ACCOUNT/REGION``; what the app leaves open is None.

    Source: "Configure environments to use with the AWS CDK", AWS CDK Developer Guide.
    """
    written = artifact.get("environment") if isinstance(artifact, dict) else None
    account, _, region = (
        written.removeprefix("aws://").partition("/") if isinstance(written, str) else ("", "", "")
    )
    known = account.isascii() and account.isdigit() and len(account) == _ACCOUNT_DIGITS
    return (account if known else None), (region if _is_region(region) else None)


def _is_region(name: str) -> bool:
    parts = name.split("-")
    return len(parts) > 2 and parts[-1].isdigit() and all(p.isalnum() for p in parts)


def _beside(path: str, name: str, written: str) -> str | Diagnostic:
    """Return the path of what an artifact names, which lies in the folder of its manifest."""
    clean = normalise(written)
    if not clean or "/" in clean:
        return _problem(path, f"{name!r} names {written!r}, which is not a name in its folder")
    return posixpath.join(posixpath.dirname(path), clean)


def _problem(path: str, what: str) -> Diagnostic:
    return Diagnostic(
        "warning",
        "cdk-manifest",
        Span(path, 0, 0),
        f"accounts and regions of this cloud assembly may be missing: {what}",
        "run 'cdk synth' again",
    )
