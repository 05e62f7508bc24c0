"""What a root's template is deployed with: values of its parameters, account and region.

Order, later ones win: the template's default, what a framework gives, the configuration's
``parameter-files`` and ``parameters``, then ``--parameter-file`` and ``--parameter`` as they were
typed. What a NoEcho parameter is given is never read, so that no report can show it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from leastwise.config import roots
from leastwise.config.model import Config, GivenVariables, RootSettings
from leastwise.frontends.cloudformation.evaluation.parameters import (
    allowed_values,
    is_hidden,
    is_list,
    is_refused,
    shown,
    type_of,
)
from leastwise.frontends.cloudformation.scope.deployment import Deployment
from leastwise.frontends.cloudformation.scope.environment import Environment
from leastwise.frontends.cloudformation.scope.state import Given, as_text
from leastwise.frontends.cloudformation.stacks.parameter_files import Entry, read_parameters
from leastwise.frontends.cloudformation.syntax.template import Template
from leastwise.iam.project import Root, VariableUse
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.text import literal_text, span_of
from leastwise.source.tree import Tree
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Unknown, Value

UNDECLARED = "undeclared-parameter"
_MOST_NAMED = 10


@dataclass(slots=True, eq=False, repr=False)
class Inputs:
    """Collect what a root is deployed with.

    ``common`` are problems that count only where every template of the run has them.
    """

    root: Root
    template: Template
    environment: Environment
    given: dict[str, Given] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    common: list[Diagnostic] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def file(self, path: str, tree: Tree) -> None:
        """Add a parameter file of the tree."""
        self.files.append(path)
        data = tree.read(path)
        found = data if isinstance(data, Diagnostic) else self._read(path, data)
        self._add(found)

    def foreign(self, path: str, data: bytes) -> None:
        """Add a file from outside of the tree, which has no places to point at."""
        found = self._read(path, data)
        if not isinstance(found, Diagnostic):
            found = tuple(Entry(e.name, _placeless(e.value), None) for e in found)
        self._add(found)

    def typed(self, name: str, value: str | tuple[str, ...], told: str) -> None:
        """Add a value that is written outside of all files of parameters."""
        if name not in self.template.parameters:
            self._undeclared_typed(name, told)
            return
        texts = (value,) if isinstance(value, str) else value
        items = tuple(literal_text(text) for text in texts)
        self._set(Entry(name, items[0] if isinstance(value, str) else Sequence(items), None))

    def _read(self, path: str, data: bytes) -> tuple[Entry, ...] | Diagnostic:
        return read_parameters(path, data, self.root.environment)

    def _add(self, found: tuple[Entry, ...] | Diagnostic) -> None:
        if isinstance(found, Diagnostic):
            self.diagnostics.append(found)
            return
        for entry in found:
            if entry.name in self.template.parameters:
                self._set(entry)
            else:
                self._undeclared(entry)

    def _set(self, entry: Entry) -> None:
        declared = self.template.parameters[entry.name]
        value = _spelled(entry.value, listed=is_list(type_of(declared)))
        if is_hidden(declared) or isinstance(value, Unknown):
            self.given[entry.name] = Given(value)
            return
        text = value if isinstance(value, Text) else None
        told = "" if text is None or entry.span is None else shown(text)
        use = VariableUse(entry.name, told, entry.span, "given", kind="parameter")
        self.given[entry.name] = Given(value, uses=(use,))
        if text is not None and is_refused(text, declared):
            place = entry.span or span_of(declared) or Span(self.root.path, 0, 0)
            self.diagnostics.append(refused(entry.name, declared, place, "the value given to"))

    def _undeclared(self, entry: Entry) -> None:
        """Note a value that nobody uses: many templates may share one file."""
        if entry.span is not None:
            message = f"no parameter {entry.name!r} is declared in {self.root.path!r}"
            remedy = "declare it, or take its value away"
            self.diagnostics.append(Diagnostic("note", UNDECLARED, entry.span, message, remedy))

    def _undeclared_typed(self, name: str, told: str) -> None:
        """Report a name that is likely misspelled, with those that it may stand for."""
        from difflib import get_close_matches

        lowered = {known.lower(): known for known in self.template.parameters}
        near = [lowered[found] for found in get_close_matches(name.lower(), lowered, n=3)]
        remedy = "correct the name, or declare it"
        if near:
            remedy += f": did you mean {' or '.join(map(repr, near))}?"
        of_all = told.startswith("--")
        words = "no template declares" if of_all else f"{self.root.path!r} does not declare"
        message = f"{told}: {words} this parameter"
        found = Diagnostic("error", UNDECLARED, Span(self.root.path, 0, 0), message, remedy)
        (self.common if of_all else self.diagnostics).append(found)


def load_inputs(
    root: Root,
    template: Template,
    tree: Tree,
    config: Config,
    deployment: Deployment,
) -> Inputs:
    """Return what a root's template is deployed with; ``deployment`` is its deployer's word."""
    settings = settings_of(root, config)
    name = f"{root.path}@{root.environment}" if root.environment else root.path
    environment = Environment(name, deployment.account, deployment.region)
    if settings is not None:
        account = settings.account or deployment.account
        environment = Environment(name, account, settings.region or deployment.region)
    inputs = Inputs(root, template, environment)
    inputs.diagnostics += (*refused_defaults(template), *deployment.diagnostics)
    for name, text in deployment.parameters:
        if name in template.parameters:
            inputs.typed(name, text, "the cloud assembly")
    if settings is not None:
        for path in settings.parameter_files:
            inputs.file(path, tree)
        for parameter, value in settings.parameters:
            inputs.typed(parameter, value, f"parameters.{parameter} of the configuration")
    _add_given(config.parameters, inputs, tree)
    inputs.given |= deployment.given
    return inputs


def settings_of(root: Root, config: Config) -> RootSettings | None:
    """Return what the configuration says of a root in its environment."""
    return roots.settings_of(config, root.path, root.environment)


def refused_defaults(template: Template) -> Iterable[Diagnostic]:
    """Warn about defaults that CloudFormation refuses: they are nobody's value."""
    for name, declared in template.parameters.items():
        default = declared.get("Default")
        text = as_text(default) if isinstance(default, (Text, Scalar)) else None
        if text is not None and is_refused(text, declared):
            place = span_of(text) or span_of(declared) or Span(template.path, 0, 0)
            yield refused(name, declared, place, "the default of")


def refused(name: str, declared: Mapping, place: Span, what: str) -> Diagnostic:
    """Say that a value is none of the allowed ones; the value itself may be a secret."""
    allowed = [repr(t.literal) for t in allowed_values(declared)]
    more = ", ..." if len(allowed) > _MOST_NAMED else ""
    message = f"{what} parameter {name!r} is none of its AllowedValues: CloudFormation refuses it"
    remedy = f"use one of {', '.join(allowed[:_MOST_NAMED])}{more}" if allowed else "correct it"
    return Diagnostic("warning", "refused-parameter", place, message, remedy)


def _add_given(given: Iterable[GivenVariables], inputs: Inputs, tree: Tree) -> None:
    for one in given:
        if not one.file:
            inputs.typed(one.name, one.value, f"--parameter {one.name}")
        elif one.data is None:
            inputs.file(one.file, tree)
        else:
            inputs.foreign(one.file, one.data)


def _spelled(value: Value, *, listed: bool) -> Value:
    """Return a value as CloudFormation takes it: a string, or the items of a list."""
    if not isinstance(value, Sequence):
        return as_text(value) or value if isinstance(value, Scalar) else value
    items = tuple(as_text(item) or item for item in value.items)
    if listed:
        return Sequence(items, value.span)
    texts = [item.literal or "" for item in items if isinstance(item, Text)]
    return Text(literal_text(",".join(texts)).pieces, value.span, derived=True)


def _placeless(value: Value) -> Value:
    """Return a value of a parameter file that points at no file."""
    match value:
        case Text():
            return Text(literal_text(value.literal or "").pieces, derived=True)
        case Scalar():
            return Scalar(value.value)
        case Sequence():
            return Sequence(tuple(map(_placeless, value.items)))
        case _:
            return value
