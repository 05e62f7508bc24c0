"""Read what belongs to an app of the AWS CDK: its cloud assemblies, and what is missing of them.

Source: "Configure the AWS CDK CLI" (``cdk.json``, its ``output``) and "AWS CDK cloud assemblies",
AWS CDK Developer Guide.
"""

import posixpath
from collections.abc import Iterable

from leastwise.frontends.cloudformation.cdk.assembly import Assembly, read_assembly
from leastwise.frontends.cloudformation.cdk.names import MANIFEST, MARKER
from leastwise.iam.project import NotInView
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_data import data_of
from leastwise.source.span import Span
from leastwise.source.tree import Tree, normalise

MAX_ASSEMBLIES = 5_000


def assemblies(tree: Tree, found: Iterable[str]) -> dict[str, Assembly]:
    """Read the manifests of these folders and of the assemblies nested in them, by folder."""
    read: dict[str, Assembly] = {}
    left = sorted(found, reverse=True)
    while left and len(read) < MAX_ASSEMBLIES:
        folder = left.pop()
        assembly = None if folder in read else read_assembly(tree, folder)
        if assembly is not None:
            read[folder] = assembly
            left += reversed(assembly.nested)
    return read


def problems(tree: Tree, path: str) -> tuple[Diagnostic, ...]:
    """Say what is wrong with a manifest, and which stacks have no template beside it."""
    assembly = read_assembly(tree, posixpath.dirname(path))
    if assembly is None:
        return ()
    missing = [stack for stack in assembly.stacks if not tree.exists(stack.template)]
    return (
        *assembly.diagnostics,
        *(
            Diagnostic(
                "warning",
                "not-found",
                Span(path, 0, 0),
                f"the template {posixpath.basename(stack.template)!r} of the stack"
                f" {stack.name!r} is not in its cloud assembly",
                "run 'cdk synth' again",
            )
            for stack in missing
        ),
    )


def output_of(tree: Tree, path: str) -> str:
    """Return the folder that an app is synthesized into, ``cdk.out`` unless it says otherwise."""
    data = tree.read(path)
    content = None if isinstance(data, Diagnostic) else data_of(data)
    written = content.get("output") if isinstance(content, dict) else None
    folder = posixpath.dirname(path)
    named = posixpath.join(folder, written) if isinstance(written, str) and written else None
    clean = None if named is None else normalise(named)
    return clean or posixpath.join(folder, MARKER)


def unseen_app(tree: Tree, path: str) -> NotInView:
    """List an app whose templates are not among the files at hand, with the command to run."""
    output = output_of(tree, path)
    command = f"'leastwise check {posixpath.relpath(output, posixpath.dirname(path) or '.')}'"
    if tree.exists(posixpath.join(output, MANIFEST)):
        message = "the templates of this CDK app are synthesized, but not among the files checked"
        return NotInView("cdk-app", Span(path, 0, 0), message, f"run {command} in its folder")
    message = "this CDK app is code: its templates are not synthesized"
    remedy = f"run 'cdk synth', then {command} in its folder"
    return NotInView("cdk-app", Span(path, 0, 0), message, remedy)
