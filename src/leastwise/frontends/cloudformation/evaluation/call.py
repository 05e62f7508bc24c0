"""One call of an intrinsic function, as its implementation gets it."""

from dataclasses import dataclass

from leastwise.frontends.cloudformation.evaluation.worlds import is_null
from leastwise.frontends.cloudformation.scope.state import (
    ABSENT,
    MAX_CHARACTERS,
    MAX_PARTS,
    Scope,
    as_text,
    unknown,
)
from leastwise.source.text import concat
from leastwise.source.value import Chars, Choice, Mapping, Sequence, Text, Unknown, Value

TOO_MANY_WORLDS = "it depends on more than 16 combinations of what is not known"


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """Hold the name and argument of a call, and the whole of it as it is written."""

    name: str
    argument: Value
    raw: Mapping
    scope: Scope

    def items(self, *lengths: int) -> tuple[Value, ...]:
        """Return the arguments as they are written; none when there are not so many."""
        items = self.argument.items if isinstance(self.argument, Sequence) else ()
        return items if len(items) in lengths else ()

    def evaluate(self, raw: Value) -> Value:
        """Return the value of an argument."""
        return self.scope.evaluate(raw)

    def text(self, raw: Value) -> Text | None:
        """Return the value of an argument as a string, or None."""
        value = self.evaluate(raw)
        return None if value is ABSENT or isinstance(value, Choice) else as_text(value)

    def unknown(self, reason: str, glob: str = "*") -> Unknown:
        """Return the unknown value of the whole call."""
        return unknown(self.scope, self.raw, self.name, reason, glob)

    def misused(self) -> Unknown:
        """Return the unknown value of a call that CloudFormation would refuse."""
        return self.unknown(f"the argument of {self.name} is not one that CloudFormation takes")

    def joined(self, values: tuple[Value, ...]) -> Value:
        """Concatenate strings; what AWS::NoValue removed adds nothing."""
        known: list[Text] = []
        parts = characters = 0
        for value in values:
            if value is ABSENT or is_null(value):
                continue
            text = as_text(value)
            if text is None:
                return self.unknown("a list or an object stands where a string should")
            known.append(text)
            parts += 1 + len(text.pieces)
            characters += sum(len(p.text) for p in text.pieces if isinstance(p, Chars))
            if parts > MAX_PARTS or characters > MAX_CHARACTERS:
                return self.unknown("it is too long to be a policy")
        return concat(known, self.raw.span)
