"""Open a template of the tree, once for a root that uses it several times."""

from dataclasses import dataclass, field, replace

from leastwise.frontends.cloudformation.syntax.recognise import TemplateFile, read_template
from leastwise.frontends.cloudformation.syntax.removal import Source
from leastwise.frontends.cloudformation.syntax.template import Template
from leastwise.frontends.cloudformation.transforms.expand import Stage, expanded
from leastwise.iam.project import NotInView
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.tree import Tree


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """Hold a template with its transforms done; None where it can't be read, with the reason.

    ``read`` and ``waiting`` are as in ``Expanded``.
    """

    template: Template | None
    source: Source
    diagnostics: tuple[Diagnostic, ...] = ()
    not_in_view: tuple[NotInView, ...] = ()
    read: frozenset[str] = frozenset()
    waiting: bool = False


def opened(file: TemplateFile, path: str, stage: Stage) -> Opened:
    """Sort a file that was parsed into its sections, and do its transforms."""
    if file.body is None:
        return Opened(None, file.source, file.diagnostics)
    found = expanded(path, file.body, stage)
    source = file.source
    if found.shared or (stage.tree is not None and _is_generated(stage.tree, path)):
        # What a program wrote, it writes again, and what stands once may serve several
        # resources: nothing is taken away there.
        source = replace(source, aliases=True)
    diagnostics = (*file.diagnostics, *found.diagnostics)
    return Opened(found.template, source, diagnostics, found.not_in_view, found.read, found.waiting)


def _is_generated(tree: Tree, path: str) -> bool:
    if not path.endswith(".json"):
        return False
    from leastwise.frontends.cloudformation.cdk.assembly import is_assembly

    return is_assembly(tree, path)


def not_a_template(path: str) -> Diagnostic:
    """Say that a file is none, though another one calls it a template."""
    message = f"{path!r} is named as a template, but it is none"
    remedy = "correct the path, or add the Resources section that every template has"
    return Diagnostic("error", "not-a-template", Span(path, 0, 0), message, remedy)


@dataclass(slots=True, eq=False, repr=False)
class Shelf:
    """Keep the templates that one root reads, by path."""

    tree: Tree
    known: dict[str, Opened] = field(default_factory=dict)

    def open(self, path: str) -> Opened:
        """Return a template of the tree; what is no template is a problem of who names it."""
        found = self.known.get(path)
        if found is None:
            found = self.known[path] = self.staged(path, Stage(self.tree))
        return found

    def staged(self, path: str, stage: Stage) -> Opened:
        """Return a template as one of its uses has it, whose parameters its transforms ask for."""
        data = self.tree.read(path)
        if isinstance(data, Diagnostic):
            return Opened(None, Source(path, b""), (data,))
        file = read_template(path, data)
        if file.body is None and not file.diagnostics:
            return Opened(None, file.source, (not_a_template(path),))
        return opened(file, path, stage)
