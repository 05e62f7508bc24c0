"""Tell plans and states of Terraform from all other files, by what is in them."""

from leastwise.frontends.terraform.plan.module_of import module_of
from leastwise.frontends.terraform.plan.walk import ShapeError, walk
from leastwise.iam.project import Root, RootKind
from leastwise.source.span import BOM
from leastwise.source.tree import Tree

_PLAN_KEYS = frozenset(("planned_values", "resource_changes"))
_PLAN_WORDS = (b"planned_values", b"resource_changes")
_ZIP = b"PK\x03\x04"
_LOG = b'"@module":"terraform.ui"'


def roots(
    tree: Tree,
    candidates: tuple[str, ...],
    *,
    files: tuple[str, ...] = (),
    named: frozenset[str] = frozenset(),
) -> tuple[Root, ...]:
    """Return a root for each plan and state among the candidates.

    ``files`` are all files of the tree, among which the configuration of a plan is looked for.
    What was ``named`` and can't be read as it is (a binary plan, the log of ``terraform plan
    -json``) is claimed, so that ``load`` says which command makes a plan of it.
    """
    found: list[Root] = []
    for path in candidates:
        data = tree.read(path)
        if not isinstance(data, bytes):
            continue
        kind = kind_of(data)
        if kind is not None:
            folder = module_of(tree, path, data, files) if kind == "terraform-plan" else None
            found.append(Root(kind, path, module=folder))
        elif path in named and refusal(data) is not None:
            found.append(Root("terraform-plan", path))
    return tuple(found)


def kind_of(data: bytes) -> RootKind | None:
    """Say what the bytes of a file hold: a plan, a state, or neither."""
    if not _may_be_ours(data):
        return None
    keys: set[str] = set()
    version: object = None
    try:
        reader = walk(data)
        for key in reader.object():
            keys.add(key)
            taken = reader.take()
            version = taken.data if key == "version" else version
    except ShapeError as error:
        # Broken, and with keys that only a plan has: ours to report, nobody else can read it.
        if error.code == "encoding":
            keys = {word.decode() for word in (*_PLAN_WORDS, b"format_version") if word in data}
        return "terraform-plan" if "format_version" in keys and keys & _PLAN_KEYS else None
    if "format_version" in keys and keys & _PLAN_KEYS:
        return "terraform-plan"
    if {"format_version", "terraform_version", "values"} <= keys:
        return "terraform-state"
    raw = {"version", "terraform_version", "lineage", "resources"} <= keys
    return "terraform-state" if raw and version == 4 else None


def _may_be_ours(data: bytes) -> bool:
    if data.removeprefix(BOM).lstrip()[:1] != b"{":
        return False
    if b'"format_version"' in data:
        return b'"values"' in data or any(word in data for word in _PLAN_WORDS)
    return b'"terraform_version"' in data and b'"lineage"' in data


def refusal(data: bytes) -> tuple[str, str, str] | None:
    """Return code, message and remedy for what holds a plan in a form that is not read."""
    if data.startswith(_ZIP) and b"tfplan" in data:
        return (
            "binary-plan",
            "this is a plan in Terraform's own binary form",
            "terraform show -json FILE > plan.json, and check that",
        )
    if data.removeprefix(BOM).lstrip()[:1] == b"{" and _LOG in data[:4096]:
        return (
            "plan-log",
            "this is the log of 'terraform plan -json', not the plan",
            "terraform plan -out FILE, then terraform show -json FILE > plan.json",
        )
    return None
