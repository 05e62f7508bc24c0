"""The shape of a library function: values in, a value out, or None when it can't tell."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from leastwise.frontends.terraform.scope.state import Scope
from leastwise.frontends.terraform.scope.unknown import symbol_of
from leastwise.frontends.terraform.syntax.tree import Call
from leastwise.frontends.terraform.values.conversions import composed, literal
from leastwise.source.text import literal_text
from leastwise.source.value import Symbol, Text, Value


class Site(NamedTuple):
    """Hold where a function is called."""

    scope: Scope
    expression: Call

    def fail(self) -> None:
        """Count that Terraform refuses the call, for ``try`` and ``can``."""
        self.scope.state.failures += 1

    def too_large(self) -> None:
        """Report that the result is not worked out because of its size."""
        self.scope.state.report(
            "too-large",
            self.expression.span,
            f"the result of {self.expression.name} is too large to evaluate",
            "make it smaller; what uses it is taken as unknown",
        )

    def symbol(self) -> Symbol:
        """Return the symbol of the result."""
        return symbol_of(self.scope, self.expression)

    def derived(self, text: str) -> Text:
        """Make a text whose characters a function computed: it points to the call."""
        made = literal_text(composed(text))
        return Text(made.pieces, self.expression.span, derived=True)

    def once(
        self, name: str, argument: Value, function: Callable[[], Value | None]
    ) -> Value | None:
        """Work out a costly call once for one argument: a loop asks for it in every round."""
        state = self.scope.state
        key = (name, id(self.expression), id(argument))
        if key in state.worked_out:
            return state.worked_out[key][-1]
        before = state.failures, state.doubts
        found = function()
        if found is not None and before == (state.failures, state.doubts):
            # Call and argument are kept too, so that their ids stay their own.
            state.worked_out[key] = (self.expression, argument, found)
        return found


Function: TypeAlias = Callable[[tuple[Value, ...], Site], Value | None]


def literals(values: tuple[Value, ...]) -> tuple[str, ...] | None:
    """Return the characters of all values, or None when one is not wholly known."""
    found = [literal(value) for value in values]
    known = tuple(text for text in found if text is not None)
    return known if len(known) == len(found) else None
