"""Do the transforms of a template before it is evaluated: includes, then loops, then SAM."""

from dataclasses import dataclass
from typing import NamedTuple

from leastwise.frontends.cloudformation.evaluation.intrinsics import root_scope
from leastwise.frontends.cloudformation.evaluation.mentions import mappings, references
from leastwise.frontends.cloudformation.scope.environment import Environment
from leastwise.frontends.cloudformation.scope.state import ABSENT, Given, as_text
from leastwise.frontends.cloudformation.syntax.template import SAM, Template, template_of
from leastwise.frontends.cloudformation.transforms.include import included
from leastwise.frontends.cloudformation.transforms.loops import unrolled
from leastwise.iam.project import NotInView
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.text import literal_text
from leastwise.source.tree import Tree
from leastwise.source.value import Mapping, Sequence, Text, Value


class Stage(NamedTuple):
    """Hold what is known of a stack while its template is transformed.

    ``given`` None: the parameters are not known yet, not even that they have their defaults.
    """

    tree: Tree | None = None
    given: dict[str, Given] | None = None
    environment: Environment | None = None


class Expanded(NamedTuple):
    """Hold a template after its transforms.

    ``read`` are the files that it includes. ``shared``: a place in the source may serve several
    values, or lie in another file. ``waiting``: a transform asked for a parameter, so that the
    result is another one once parameters are given.
    """

    template: Template
    diagnostics: tuple[Diagnostic, ...] = ()
    not_in_view: tuple[NotInView, ...] = ()
    read: frozenset[str] = frozenset()
    shared: bool = False
    waiting: bool = False


def expanded(path: str, body: Mapping, stage: Stage) -> Expanded:
    """Do all transforms of a template that are known; macros stay as they are."""
    asking = _Asking(stage)
    first = included(path, body, stage.tree, lambda raw: asking.word(raw, template_of(path, body)))
    template = template_of(path, first.body)
    loops = unrolled(template, lambda raw: asking.words(raw, template))
    diagnostics = (*first.diagnostics, *loops.diagnostics)
    unseen = (*first.not_in_view, *loops.not_in_view)
    shared = bool(first.read) or loops.changed
    result = Expanded(loops.template, diagnostics, unseen, first.read, shared, asking.waiting)
    if SAM not in template.macros:
        return result
    from leastwise.frontends.cloudformation.transforms.sam.expand import expand

    found = expand(loops.template, asking.texts(loops.template))
    return result._replace(
        template=found.template,
        diagnostics=(*diagnostics, *found.diagnostics),
        not_in_view=(*unseen, *found.not_in_view),
        waiting=asking.waiting or (stage.given is None and bool(found.asked)),
    )


@dataclass(slots=True)
class _Asking:
    """Evaluate what a transform needs to know, and remember whether it was a parameter."""

    stage: Stage
    waiting: bool = False

    def value(self, raw: Value, template: Template) -> Value | None:
        """Return the value of an expression, None while it hangs on parameters not given yet."""
        if self.stage.given is None:
            names = (name for one in mappings([raw]) for name, _ in references(one))
            if any(name in template.parameters for name in names):
                self.waiting = True
                return None
        scope = root_scope(template, self.stage.environment, self.stage.given)
        found = scope.evaluate(raw)
        return None if found is ABSENT else found

    def word(self, raw: Value, template: Template) -> str | None:
        """Return a string that is known as a whole, or None."""
        value = self.value(raw, template)
        text = None if value is None else as_text(value)
        return None if text is None else text.literal

    def texts(self, template: Template) -> dict[str, str]:
        """Return the parameters that are given and known as strings, by name."""
        names = self.stage.given or {}
        references = {name: Mapping(((literal_text("Ref"), literal_text(name)),)) for name in names}
        words = {name: self.word(call, template) for name, call in references.items()}
        return {name: word for name, word in words.items() if word is not None}

    def words(self, raw: Value, template: Template) -> tuple[Text, ...] | None:
        """Return the strings of a list that is known as a whole, each once, or None."""
        value = self.value(raw, template)
        if not isinstance(value, Sequence) or value.tail is not None:
            return None
        texts = [as_text(item) for item in value.items]
        known = {text.literal: text for text in texts if text is not None}
        return None if None in texts or None in known else tuple(known.values())
