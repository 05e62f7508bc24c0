"""Do the transforms of a template before it is evaluated: includes, then loops, then SAM."""

from dataclasses import dataclass
from typing import NamedTuple

from leastwise.frontends.cloudformation.evaluation.intrinsics import root_scope
from leastwise.frontends.cloudformation.evaluation.mentions import mappings, references
from leastwise.frontends.cloudformation.scope.environment import Environment
from leastwise.frontends.cloudformation.scope.state import ABSENT, Given, as_text
from leastwise.frontends.cloudformation.syntax.template import (
    INCLUDE,
    LOOP,
    SAM,
    Template,
    template_of,
)
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
    if _is_written_out(body):
        result = Expanded(template_of(path, body))
    else:
        result = _written_out(path, body, asking)
    if SAM not in result.template.macros:
        return result
    from leastwise.frontends.cloudformation.transforms.sam.expand import expand

    found = expand(result.template, asking.texts(result.template))
    return result._replace(
        template=found.template,
        diagnostics=(*result.diagnostics, *found.diagnostics),
        not_in_view=(*result.not_in_view, *found.not_in_view),
        waiting=asking.waiting or (stage.given is None and bool(found.asked)),
    )


def _is_written_out(body: Mapping) -> bool:
    """Say whether nothing is included and no loop unrolled, as in most templates."""
    for mapping in mappings([body]):
        for key, value in mapping.entries:
            word = key.literal or ""
            if word.startswith(LOOP):
                return False
            if word == "Name" and isinstance(value, Text) and value.literal == INCLUDE:
                return False
    return True


def _written_out(path: str, body: Mapping, asking: "_Asking") -> Expanded:
    from leastwise.frontends.cloudformation.transforms.include import included
    from leastwise.frontends.cloudformation.transforms.loops import unrolled

    tree = asking.stage.tree
    first = included(path, body, tree, lambda raw: asking.word(raw, template_of(path, body)))
    template = template_of(path, first.body)
    loops = unrolled(template, lambda raw: asking.words(raw, template))
    return Expanded(
        loops.template,
        (*first.diagnostics, *loops.diagnostics),
        (*first.not_in_view, *loops.not_in_view),
        first.read,
        shared=bool(first.read) or loops.changed,
        waiting=asking.waiting,
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
