"""Read what a ``terragrunt.hcl`` gives a local module: inputs with constant values.

Nothing is run: functions, dependencies and included files are not in view, and what they may set
is not known. Each ``terragrunt.hcl`` with a local module is a root of its own, in an environment
named after its folder.

Source: https://terragrunt.gruntwork.io/docs/reference/config-blocks-and-attributes/.
"""

import posixpath
from typing import NamedTuple

from leastwise.frontends.terraform.syntax.constants import entries_of, first_reference
from leastwise.frontends.terraform.syntax.parse import parse_file
from leastwise.frontends.terraform.syntax.tree import (
    Block,
    Call,
    Expression,
    File,
    InterpolationPart,
    LiteralPart,
    Template,
    TemplatePart,
)
from leastwise.iam.project import NotInView, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.tree import Tree, normalise

NAME = "terragrunt.hcl"
_MODULE = (".tf", ".tofu", ".tf.json", ".tofu.json")
_CACHES = frozenset((".terraform", ".terragrunt-cache"))
_REMEDY = (
    "terragrunt plan -out=tfplan && terragrunt show -json tfplan > plan.json, and check plan.json"
)
_SHOWN = 5


class Unit(NamedTuple):
    """Hold what a ``terragrunt.hcl`` gives its module.

    ``constants`` are values that stand by themselves, ``unknown`` the inputs that do not. ``open``:
    what is not among them may be set, too. ``problem``: the file could not be read.
    """

    constants: dict[str, Expression]
    unknown: dict[str, Span]
    open: bool = False
    not_in_view: tuple[NotInView, ...] = ()
    problem: Diagnostic | None = None


def terragrunt_roots(tree: Tree, files: tuple[str, ...]) -> tuple[Root, ...]:
    """Return a root for each ``terragrunt.hcl`` that names a module or may take one over."""
    found: list[Root] = []
    for path in files:
        folder, _, name = path.rpartition("/")
        if name != NAME or not _CACHES.isdisjoint(path.split("/")):
            continue
        module = _module_of(path, folder, tree)
        if module is not None:
            found.append(Root("terraform", module, "" if module == folder else folder, inputs=path))
    return tuple(found)


def _module_of(path: str, folder: str, tree: Tree) -> str | None:
    """Return the folder of the module; its own when the module is not in view, None without one."""
    file = _parsed(path, tree)
    if isinstance(file, Diagnostic) or _holds_module(folder, tree):
        return folder
    source = _source_of(file)
    if source is not None:
        return _local(source, folder, tree) or folder
    return folder if any(block.type == "include" for block in file.blocks) else None


def _parsed(path: str, tree: Tree) -> File | Diagnostic:
    data = tree.read(path)
    return data if isinstance(data, Diagnostic) else parse_file(path, data)


def _holds_module(folder: str, tree: Tree) -> bool:
    return any(e.name.endswith(_MODULE) for e in tree.list(folder) if not e.is_dir)


def _source_of(file: File) -> Expression | None:
    for block in file.blocks:
        if block.type == "terraform" and "source" in block.attributes:
            return block.attributes["source"].expression
    return None


def _local(source: Expression, folder: str, tree: Tree) -> str | None:
    """Return the folder that a source names in the tree, or None.

    ``//`` only says from where Terragrunt copies.
    """
    if not isinstance(source, Template):
        return None
    parts = [_spelled(part, folder) for part in source.parts]
    spelled = "".join(part for part in parts if part is not None)
    if None in parts or "::" in spelled or "?" in spelled:
        return None
    absolute = spelled.startswith("/")
    # A path from get_repo_root() is spelled from the root of the tree here.
    place = normalise(spelled.lstrip("/") if absolute else posixpath.join(folder, spelled))
    return place if place is not None and _holds_module(place, tree) else None


def _spelled(part: TemplatePart, folder: str) -> str | None:
    match part:
        case LiteralPart(chars=chars):
            return chars.text
        case InterpolationPart(expression=Call(name="get_repo_root", arguments=())):
            return "/."
        case InterpolationPart(expression=Call(name="get_terragrunt_dir", arguments=())):
            return f"/{folder}"
        case _:
            return None


def read_unit(path: str, tree: Tree) -> Unit:
    """Read what a ``terragrunt.hcl`` gives, and name what it takes from elsewhere."""
    file = _parsed(path, tree)
    if isinstance(file, Diagnostic):
        return Unit({}, {}, open=True, problem=file)
    constants: dict[str, Expression] = {}
    unknown: dict[str, Span] = {}
    attribute = file.attributes.get("inputs")
    entries = () if attribute is None else entries_of(attribute.expression)
    for name, value in entries or ():
        if first_reference(value) is None:
            constants[name] = value
        else:
            unknown[name] = value.span
    unseen = list(_unseen_blocks(file, path, tree))
    if entries is None and attribute is not None:
        unseen.append(_unseen(attribute.expression.span, "its inputs are not a plain object"))
    elif unknown:
        names = ", ".join(list(unknown)[:_SHOWN]) + (", ..." if len(unknown) > _SHOWN else "")
        words = f"inputs that Terragrunt works out have no value here: {names}"
        unseen.append(_unseen(next(iter(unknown.values())), words))
    is_open = entries is None or any(map(_may_set_inputs, file.blocks))
    return Unit(constants, unknown, is_open, tuple(unseen))


def _may_set_inputs(block: Block) -> bool:
    arguments = block.type == "terraform" and any(b.type == "extra_arguments" for b in block.blocks)
    return block.type == "include" or arguments


def _unseen(span: Span, message: str) -> NotInView:
    return NotInView("terragrunt", span, message, _REMEDY)


def _unseen_blocks(file: File, path: str, tree: Tree) -> list[NotInView]:
    """List what the file takes from elsewhere, and the module if it is not a local one."""
    folder = path.rpartition("/")[0]
    found: list[NotInView] = []
    source = _source_of(file)
    if source is not None and _local(source, folder, tree) is None:
        words = "the module of this terragrunt.hcl is no folder of the tree"
        found.append(_unseen(source.span, words))
    elif source is None and not _holds_module(folder, tree):
        found.append(_unseen(Span(path, 0, 0), "an included file names the module"))
    for block in file.blocks:
        name = " ".join([block.type, *(repr(label.text) for label in block.labels)])
        if block.type == "include":
            found.append(_unseen(block.span, f"what {name} adds is not read"))
        elif block.type == "generate":
            found.append(_unseen(block.span, f"the file that {name} writes is not read"))
        elif _may_set_inputs(block):
            found.append(_unseen(block.span, "what extra_arguments give is not read"))
    return found
