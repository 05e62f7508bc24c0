"""Read the values of a root's input variables: variable files, ``--var``, Terragrunt's inputs.

Order, later ones win: Terragrunt's inputs (it passes them in the environment),
``terraform.tfvars``, ``terraform.tfvars.json``, ``*.auto.tfvars`` and ``*.auto.tfvars.json`` by
name, the configuration's ``var-files``, then ``--var-file`` and ``--var`` as they were typed.
``TF_VAR_...`` of this machine is not read: the same code must give the same findings everywhere.
Sources: https://developer.hashicorp.com/terraform/language/values/variables (precedence),
https://terragrunt.gruntwork.io/docs/features/inputs/.
"""

import posixpath
from dataclasses import dataclass, replace

from leastwise.config import roots
from leastwise.config.model import Config, GivenVariables, RootSettings
from leastwise.frontends.terraform.modules.terragrunt import read_unit
from leastwise.frontends.terraform.scope.state import ModuleInstance, Scope, State
from leastwise.frontends.terraform.syntax.constants import first_reference
from leastwise.frontends.terraform.syntax.parse import parse_file
from leastwise.frontends.terraform.syntax.tree import (
    Attribute,
    Block,
    LiteralPart,
    Template,
    Variable,
)
from leastwise.iam.project import Project, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_file import read_json
from leastwise.source.span import Span
from leastwise.source.text import literal_text
from leastwise.source.value import (
    Chars,
    Choice,
    Encoded,
    Mapping,
    Piece,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

_PRIMITIVE = ("string", "number", "bool")
UNDECLARED = "undeclared-variable"


@dataclass(slots=True, eq=False, repr=False)
class _Inputs:
    """Collect the values of the root's variables, later ones over earlier ones."""

    module: ModuleInstance
    state: State
    values: dict[str, Value]

    def file(self, path: str) -> None:
        """Add a variable file of the tree."""
        self.state.files.setdefault(path)
        data = self.state.tree.read(path)
        if isinstance(data, Diagnostic):
            self.state.diagnostics.setdefault(data)
            return
        self.state.sources[path] = data
        self._add(_entries(path, data, self), path)

    def foreign(self, path: str, data: bytes) -> None:
        """Add a file from outside of the tree, which has no places to point at."""
        found = _entries(path, data, self)
        if not isinstance(found, Diagnostic):
            found = {name: (_placeless(value), None) for name, (value, _) in found.items()}
        self._add(found, path)

    def unit(self, path: str) -> None:
        """Add the inputs of a ``terragrunt.hcl``; what it may set is not known."""
        self.state.files.setdefault(path)
        unit = read_unit(path, self.state.tree)
        if unit.problem is not None:
            self.state.diagnostics.setdefault(unit.problem)
        self.state.not_in_view.update(dict.fromkeys(unit.not_in_view))
        data = self.state.tree.read(path)
        if not isinstance(data, Diagnostic):
            self.state.sources[path] = data  # findings quote the values that they rest on
        scope = Scope(self.state, self.module)
        for name, block in self.module.module.variables.items():
            if name in unit.constants:
                self.values[name] = self.state.evaluate(unit.constants[name], scope)
            elif unit.open or name in unit.unknown:
                reference = f"var.{name}"
                symbol = Symbol(f"{self.module.scope}|{reference}", reference)
                span = unit.unknown.get(name, block.span)
                self.values[name] = Unknown(symbol, "Terragrunt may give it any value", span)

    def _add(self, found: "_Entries | Diagnostic", path: str) -> None:
        if isinstance(found, Diagnostic):
            self.state.diagnostics.setdefault(found)
            return
        for name, (value, span) in found.items():
            if name in self.module.module.variables:
                self.values[name] = value
            else:
                self._undeclared(name, span or Span(path, 0, 0))

    def _undeclared(self, name: str, span: Span) -> None:
        """Note a value that nobody uses: many roots may share one file."""
        message = f"no variable {name!r} is declared in {self.module.module.path or '.'!r}"
        found = Diagnostic("note", UNDECLARED, span, message, "declare it, or take its value away")
        self.state.diagnostics.setdefault(found)

    def typed(self, name: str, text: str) -> None:
        """Add a ``--var``: for a string, number or boolean the text itself is the value.

        Source: https://developer.hashicorp.com/terraform/cli/commands/plan (-var).
        """
        block = self.module.module.variables.get(name)
        if block is None:
            if not self.module.module.broken:
                place = Span(self.module.module.path or ".", 0, 0)
                words = f"--var {name}: no root module declares this variable"
                remedy = "correct the name, or declare it"
                self.state.report(UNDECLARED, place, words, remedy, error=True)
            return
        if _is_literal(block):
            self.values[name] = literal_text(text)
            return
        flag = f"--var {name}"
        parsed = parse_file(flag, f"{name} = {text}\n".encode("utf-8", "surrogateescape"))
        attributes = {} if isinstance(parsed, Diagnostic) else parsed.attributes
        if list(attributes) == [name] and first_reference(attributes[name].expression) is None:
            self.values[name] = _placeless(_constant(attributes[name], self))
            return
        place = Span(self.module.module.path or ".", 0, 0)
        words = f"{flag}: its value is no constant expression, and the variable is no string"
        self.state.report(
            "syntax-error", place, words, f"write {flag}='[...]' or the like", error=True
        )


_Entries = dict[str, tuple[Value, Span | None]]


def load_inputs(module: ModuleInstance, state: State, config: Config) -> dict[str, Value]:
    """Return the values that are given to the variables of a root module."""
    inputs = _Inputs(module, state, {})
    if state.root.inputs:
        inputs.unit(state.root.inputs)
    path = module.module.path
    names = [e.name for e in state.tree.list(path) if not e.is_dir]
    for name in variable_files(names):
        inputs.file(f"{path}/{name}" if path else name)
    for path in () if state.settings is None else state.settings.var_files:
        inputs.file(path)
    for given in config.variables:
        _add_given(given, inputs)
    return inputs.values


def variable_files(names: list[str]) -> list[str]:
    """Return the variable files that Terraform loads by itself, in order."""
    found = [name for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names]
    return found + sorted(n for n in names if n.endswith((".auto.tfvars", ".auto.tfvars.json")))


def _add_given(given: GivenVariables, inputs: _Inputs) -> None:
    if not given.file:
        inputs.typed(given.name, given.value)
    elif given.data is None:
        inputs.file(given.file)
    else:
        inputs.foreign(given.file, given.data)


def with_common(project: Project) -> Project:
    """Set apart what is wrong only if no other root declares a variable of the command line."""
    found = [d for d in project.diagnostics if (d.code, d.severity) == (UNDECLARED, "error")]
    kept = tuple(d for d in project.diagnostics if d not in found)
    return project._replace(diagnostics=kept, common=tuple(found))


def settings_of(root: Root, config: Config) -> RootSettings | None:
    """Return what the configuration says of a root in its environment."""
    place = posixpath.dirname(root.inputs) if root.inputs else root.path
    return roots.settings_of(config, place, root.environment)


def _is_literal(block: Block) -> bool:
    attribute = block.attributes.get("type")
    match None if attribute is None else attribute.expression:
        case None:
            return True
        case Variable(name=name):
            return name in _PRIMITIVE
        case Template(parts=(LiteralPart(chars=chars),)):
            return chars.text in _PRIMITIVE
        case _:
            return False


def _entries(path: str, data: bytes, inputs: _Inputs) -> _Entries | Diagnostic:
    if path.endswith(".json"):
        value = read_json(path, data)
        if isinstance(value, Diagnostic):
            return value
        if not isinstance(value, Mapping):
            return Diagnostic(
                "error",
                "syntax-error",
                Span(path, 0, 0),
                "a variable file in JSON must be an object",
                'write {"name": value}',
            )
        return {k.literal: (v, k.span) for k, v in value.entries if k.literal is not None}
    file = parse_file(path, data)
    if isinstance(file, Diagnostic):
        return file
    for block in file.blocks:
        inputs.state.report(
            "block-in-variable-file",
            block.span,
            f"a variable file holds no blocks, but this is a {block.type!r} block",
            "write NAME = VALUE",
            error=True,
        )
    return {n: (_constant(a, inputs), a.span) for n, a in file.attributes.items()}


def _constant(attribute: Attribute, inputs: _Inputs) -> Value:
    """Evaluate a value of a variable file, in which Terraform allows no names and no calls."""
    refers = first_reference(attribute.expression)
    if refers is None:
        return inputs.state.evaluate(attribute.expression, Scope(inputs.state, inputs.module))
    inputs.state.report(
        "not-constant",
        refers.span,
        f"the value of {attribute.name!r} is not a constant, as a variable file needs",
        "write the value itself",
        error=True,
    )
    name = f"var.{attribute.name}"
    return Unknown(Symbol(f"{inputs.module.scope}|{name}", name), "it has no constant value")


def _placeless(value: Value) -> Value:
    """Return a value that points at no file."""
    match value:
        case Text():
            return Text(tuple(map(_placeless_piece, value.pieces)), derived=True)
        case Scalar():
            return Scalar(value.value)
        case Sequence():
            return replace(value, items=tuple(map(_placeless, value.items)), span=None)
        case Mapping():
            entries = tuple((_placeless_text(k), _placeless(v)) for k, v in value.entries)
            return replace(value, entries=entries, span=None)
        case Choice():
            alternatives = tuple((a, _placeless(v)) for a, v in value.alternatives)
            return replace(value, alternatives=alternatives, span=None)
        case Unknown():
            return replace(value, span=None)


def _placeless_text(text: Text) -> Text:
    return Text(tuple(map(_placeless_piece, text.pieces)), derived=True)


def _placeless_piece(piece: Piece) -> Piece:
    match piece:
        case Chars():
            return Chars(piece.text)
        case Encoded():
            return Encoded(_placeless(piece.value))
        case _:
            return piece
