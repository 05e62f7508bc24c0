"""The partition, region and account of a provider configuration.

They are symbols that are equal everywhere in one root for one provider, so that what is built
from them compares equal; an account that the configuration names is put in its place.
"""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace

from leastwise.frontends.terraform.attributes.attribute import root_of
from leastwise.frontends.terraform.model import Body, Evaluated, Instance
from leastwise.iam.project import Account
from leastwise.source.text import join_pieces
from leastwise.source.value import (
    Chars,
    Choice,
    Encoded,
    Mapping,
    Piece,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

# The spelling people know each of them by, and a glob that each of its values matches.
_SPELLED: dict[str, tuple[str, str]] = {
    "account": ("data.aws_caller_identity.account_id", "*"),
    "region": ("data.aws_region.name", "*"),
    "partition": ("data.aws_partition.partition", "aws*"),
    "url-suffix": ("data.aws_partition.dns_suffix", "*"),
    "reverse-dns-prefix": ("data.aws_partition.reverse_dns_prefix", "*"),
}


def environment_symbol(name: str, *, scope: str, provider: str) -> Symbol:
    """Return the symbol ``account``, ``region``, ``partition`` or ``url-suffix`` of a provider."""
    reference, glob = _SPELLED[name]
    return Symbol(f"{root_of(scope)}|{provider}|{name}", reference, glob, environment=True)


def environment_text(name: str, *, scope: str, provider: str, known: MappingOf[str, Text]) -> Text:
    """Return a part of the environment: its value where it is known, else its symbol."""
    found = known.get(name)
    if found is not None:
        return found
    return Text((environment_symbol(name, scope=scope, provider=provider),))


def environment_of(instance: Instance, name: str) -> Text:
    """Return a part of the environment of an instance."""
    return environment_text(
        name, scope=instance.scope, provider=instance.provider, known=instance.known
    )


def account_of(instance: Instance, accounts: MappingOf[str, str]) -> Account:
    """Return the account that a resource instance lives in."""
    symbol = environment_symbol("account", scope=instance.scope, provider=instance.provider)
    return Account(symbol.id, accounts.get(instance.provider))


def bind_accounts(evaluated: Evaluated) -> Evaluated:
    """Write the account numbers that are known in place of their symbols, in every value.

    Values in which nothing changes stay the same objects.
    """
    if not evaluated.accounts or not evaluated.instances:
        return evaluated
    binder = _Binder(_numbers(evaluated.instances[0].scope, evaluated.accounts), {})
    instances = tuple(i._replace(body=binder.body(i.body)) for i in evaluated.instances)
    return evaluated._replace(instances=instances)


def bind_account(value: Value, scope: str, accounts: MappingOf[str, str]) -> Value:
    """Write the account numbers that are known in one value of a module."""
    return _Binder(_numbers(scope, accounts), {}).value(value) if accounts else value


def _numbers(scope: str, accounts: MappingOf[str, str]) -> dict[str, str]:
    root = root_of(scope)
    return {f"{root}|{key}|account": number for key, number in accounts.items()}


@dataclass(slots=True, eq=False, repr=False)
class _Binder:
    """Rebuild values with account numbers; shared values are rebuilt once.

    INVARIANT: ``done`` keeps the original beside its result, so no identity is used twice.
    """

    numbers: dict[str, str]
    done: dict[int, tuple[Value, Value]]

    def body(self, body: Body) -> Body:
        """Rebuild the attributes and nested blocks of a body."""
        attributes = {name: self.value(value) for name, value in body.attributes.items()}
        inner = tuple((kind, self.body(block)) for kind, block in body.blocks)
        return body._replace(attributes=attributes, blocks=inner)

    def value(self, value: Value) -> Value:
        """Rebuild a value, or return it when no account symbol is inside."""
        known = self.done.get(id(value))
        if known is not None:
            return known[1]
        result = self._rebuilt(value)
        result = value if result == value else result
        self.done[id(value)] = (value, result)
        return result

    def _rebuilt(self, value: Value) -> Value:
        match value:
            case Text():
                return self._text(value)
            case Sequence():
                return replace(value, items=tuple(self.value(item) for item in value.items))
            case Mapping():
                entries = tuple((self._text(k), self.value(v)) for k, v in value.entries)
                return replace(value, entries=entries)
            case Choice():
                rebuilt = tuple((a, self.value(v)) for a, v in value.alternatives)
                return replace(value, alternatives=rebuilt)
            case Unknown() if value.symbol.id in self.numbers:
                return Text((Chars(self.numbers[value.symbol.id]),), value.span, derived=True)
            case _:
                return value

    def _text(self, text: Text) -> Text:
        pieces = tuple(self._piece(piece) for piece in text.pieces)
        return text if pieces == text.pieces else replace(text, pieces=join_pieces(pieces))

    def _piece(self, piece: Piece) -> Piece:
        match piece:
            case Symbol() if piece.id in self.numbers:
                return Chars(self.numbers[piece.id])
            case Encoded():
                return piece._replace(value=self.value(piece.value))
            case _:
                return piece
