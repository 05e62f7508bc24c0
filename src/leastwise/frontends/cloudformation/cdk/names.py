"""Tell by their names what of the files belongs to the AWS CDK: apps, assemblies, copies of code.

Source: "Configure the AWS CDK CLI" (``cdk.json``) and "AWS CDK cloud assemblies", AWS CDK
Developer Guide.
"""

import posixpath
from collections.abc import Iterable

APP = "cdk.json"
MANIFEST = "manifest.json"
MARKER = "cdk.out"
"""A file of this name, with the version of the schema, lies in every cloud assembly."""

_TEMPLATE = ".template.json"
_OTHER = ("tree.json", "validation-report.json", "cdk.context.json")
_OTHER_ENDS = (".assets.json", ".metadata.json")
_ASSET = "asset."


def folders(files: Iterable[str]) -> frozenset[str]:
    """Return the folders that are cloud assemblies, as far as names tell."""
    manifests: set[str] = set()
    others: set[str] = set()
    for path in files:
        folder, _, name = path.rpartition("/")
        if name == MANIFEST:
            manifests.add(folder)
        elif name == MARKER or name.endswith(_TEMPLATE):
            others.add(folder)
    return frozenset(manifests & others)


def is_part(path: str, assemblies: frozenset[str]) -> bool:
    """Say whether a file belongs to an assembly and is no template: an index, a copy of code.

    A single file that is an asset (``asset.HASH.json``) may be a template that the app deploys;
    the manifest is no part, for it tells of templates.
    """
    folder, _, name = path.rpartition("/")
    if folder in assemblies and (name in _OTHER or name.endswith(_OTHER_ENDS)):
        return True
    parts = path.split("/")
    return any(
        part.startswith(_ASSET) and "/".join(parts[:index]) in assemblies
        for index, part in enumerate(parts[:-1])
    )


def is_app(path: str) -> bool:
    """Say whether a file is, by its name, the configuration of a CDK app."""
    return posixpath.basename(path) == APP


def is_manifest(path: str) -> bool:
    """Say whether a file is, by its name, the manifest of a cloud assembly (or of others)."""
    return posixpath.basename(path) == MANIFEST


def manifest_of(folder: str) -> str:
    """Return the path of the manifest of an assembly."""
    return posixpath.join(folder, MANIFEST)
