"""Walk the objects and lists of a file that an API wrote; what has another type is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from leastwise.frontends.iam_json.reading.documents import decoded
from leastwise.iam.lower import lower_document, pattern_of
from leastwise.iam.policy import Pattern, PolicyKind
from leastwise.iam.project import Account, NotInView, Policy
from leastwise.iam.resolution import resolution_of
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Mapping, Scalar, Sequence, Symbol, Text, Unknown, Value

_AGAIN = "write it again with the AWS CLI"


class Slot(NamedTuple):
    """Say which policy a document is: of what (its address), where in it, of which kind."""

    address: str
    attribute: str
    kind: PolicyKind


@dataclass(slots=True, eq=False, repr=False)
class Source:
    """Hold one file that is read, and collect what is wrong with it."""

    path: str
    diagnostics: list[Diagnostic] = field(default_factory=list)
    not_in_view: list[NotInView] = field(default_factory=list)

    def place(self, value: Value | None) -> Span:
        """Return the place of a value, else the beginning of the file."""
        return (None if value is None else span_of(value)) or Span(self.path, 0, 0)

    def refuse(self, value: Value, message: str) -> None:
        """Report what no output of AWS has."""
        place = self.place(value)
        self.diagnostics.append(Diagnostic("error", "invalid-dump", place, message, _AGAIN))

    def unseen(self, kind: str, value: Value | None, message: str, remedy: str) -> None:
        """List what is recognised but can't be analysed."""
        self.not_in_view.append(NotInView(kind, self.place(value), message, remedy))

    def entries(self, mapping: Mapping, name: str) -> Iterator[tuple[int, Mapping]]:
        """Yield the objects of a list that may be missing, with their indexes."""
        value = mapping.get(name)
        if value is None or is_missing(value):
            return
        if not isinstance(value, Sequence):
            self.refuse(value, f"{name!r} is not a list")
            return
        for index, item in enumerate(value.items):
            if isinstance(item, Mapping):
                yield index, item
            else:
                self.refuse(item, f"an entry of {name!r} is not an object")

    def policy(self, holder: Mapping, value: Value | None, slot: Slot) -> Policy:
        """Read the document that ``holder`` holds; a missing one is not known."""
        scope = f"{self.path}|{slot.address}|{slot.attribute}"
        if value is None:
            reason = f"{slot.attribute} of {slot.address} is not shown"
            self.unseen("policy", holder, reason, _AGAIN)
            value = Unknown(Symbol(scope, slot.attribute), reason, holder.span)
        inner = decoded(value, self.path, self.diagnostics)
        lowered = lower_document(inner, slot.kind, scope=scope)
        self.diagnostics += lowered.diagnostics
        return Policy(
            address=slot.address,
            attribute=slot.attribute,
            kind=slot.kind,
            document=lowered.document,
            resolution=resolution_of(inner, lowered.document),
            span=span_of(inner),
            value=inner,
        )


def is_missing(value: Value | None) -> bool:
    """Say whether a key is not there, or is null."""
    return value is None or (isinstance(value, Scalar) and value.value is None)


def literal_of(mapping: Mapping, name: str) -> str | None:
    """Return a string of an object; None when it has none of that name."""
    value = mapping.get(name)
    return value.literal if isinstance(value, Text) else None


def object_of(mapping: Mapping, name: str) -> Mapping | None:
    """Return an object inside an object."""
    value = mapping.get(name)
    return value if isinstance(value, Mapping) else None


def is_true(value: Value | None) -> bool:
    """Say whether a value is the JSON word true."""
    return isinstance(value, Scalar) and value.value is True


def account_of(path: str, arn: str) -> Account:
    """Return the account whose number an ARN has."""
    number = account_number(arn)
    return Account(f"{path}|account") if number is None else Account(number, number)


def account_number(arn: str) -> str | None:
    """Return the number of the account in an ARN, if it has one."""
    parts = arn.split(":", 5)
    number = parts[4] if len(parts) > 5 else ""
    return number if is_account(number) else None


def is_arn(text: str | None) -> bool:
    """Say whether a text has the parts of an ARN."""
    return text is not None and text.startswith("arn:") and text.count(":") >= 5


def is_account(text: str) -> bool:
    """Say whether a text is an account number."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def full_name(entry: Mapping, name: Text) -> Pattern:
    """Return path and name of a principal, without the leading slash."""
    path = (literal_of(entry, "Path") or "").removeprefix("/")
    pattern = pattern_of(name)
    first = pattern.literal
    return pattern if not path or first is None else Pattern((path + first,), name)
