"""Follow which values of the root's variables a value rests on.

What is evaluated adds the variables it asks for to ``State.used``; what is worked out once
keeps its own in ``ModuleInstance.uses`` and adds them again each time it is asked for. So they
are known through locals, module arguments, ``count`` and tests alike.
"""

from leastwise.frontends.terraform.model import Body
from leastwise.frontends.terraform.scope.state import ModuleInstance, State
from leastwise.frontends.terraform.syntax.tree import Block, LiteralValue
from leastwise.iam.project import VariableUse
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Unknown, Value

MAX_SHOWN = 60
_NONE: frozenset[VariableUse] = frozenset()
_NAMING = (
    "name",
    "name_prefix",
    "path",
    "bucket",
    "bucket_prefix",
    "url",
    "arn",
    "id",
    "region",
    "function_name",
    "identifier",
    "cluster_identifier",
    "repository_name",
    "domain_name",
    "key_id",
)
"""Attributes of which computed ones (ARNs, ids) are made."""


def separately(state: State) -> set[VariableUse]:
    """Start to collect anew; returns what was collected so far, for ``together``."""
    outer, state.used = state.used, set()
    return outer


def together(state: State, outer: set[VariableUse], *, leak: bool = True) -> frozenset[VariableUse]:
    """Stop to collect and return what was found; with ``leak``, what is outside rests on it too."""
    found = frozenset(state.used) if state.used else _NONE
    if leak and found:
        outer |= found
    state.used = outer
    return found


def keep(module: ModuleInstance, key: tuple[str, str], found: frozenset[VariableUse]) -> None:
    """Keep what a value rests on that is worked out once."""
    if found:
        module.uses[key] = found


def again(module: ModuleInstance, key: tuple[str, str], state: State) -> None:
    """Note that a value that is known already is asked for."""
    found = module.uses.get(key)
    if found is not None:
        state.used |= found


def everything(body: Body) -> frozenset[VariableUse]:
    """Return what any part of a body rests on."""
    parts = [*body.uses.values(), *(everything(inner) for _, inner in body.blocks)]
    return _NONE.union(*parts)


def of_attribute(body: Body, name: str) -> frozenset[VariableUse]:
    """Return what an attribute rests on: a written one, nested blocks, or one that AWS makes."""
    if name in body.attributes:
        return body.uses.get(name, _NONE)
    nested = [everything(inner) for kind, inner in body.blocks if kind == name]
    if nested:
        return _NONE.union(*nested)
    return _NONE.union(*(body.uses.get(part, _NONE) for part in _NAMING))


def existence_of(name: str, module: ModuleInstance) -> frozenset[VariableUse]:
    """Return what the instances of a block (``aws_iam_role.ci``, ``module.app``) rest on."""
    return module.existence | module.uses.get(("expansion", name), _NONE)


def default_use(name: str, block: Block, state: State) -> VariableUse:
    """Return the use of a variable's default; that of a sensitive one is not told."""
    default = block.attributes["default"].expression
    text = "" if is_hidden(block) else _written(default.span, state)
    return VariableUse(name, text, default.span, "default", state.alone)


def given_use(name: str, value: Value, state: State) -> VariableUse | None:
    """Return the use of a value that the root is given; None when it is not known."""
    if isinstance(value, Unknown):
        return None
    span = span_of(value)
    return VariableUse(name, "" if span is None else _written(span, state), span, "given")


def is_hidden(block: Block) -> bool:
    """Say whether a variable is marked as sensitive, in any other way than ``false``."""
    attribute = block.attributes.get("sensitive") or block.attributes.get("ephemeral")
    expression = None if attribute is None else attribute.expression
    plain = isinstance(expression, LiteralValue) and expression.value.value is False
    return expression is not None and not plain


def _written(span: Span, state: State) -> str:
    data = state.sources.get(span.path, b"")
    text = " ".join(data[span.start : span.end].decode("utf-8", "replace").split())
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."
