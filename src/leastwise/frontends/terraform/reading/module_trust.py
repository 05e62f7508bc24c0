"""Put together the trust policy that a module makes of the principals it is given."""

from collections.abc import Mapping as MappingOf

from leastwise.frontends.terraform.attributes.attribute import given, items_of, text_of
from leastwise.frontends.terraform.attributes.environment import environment_of
from leastwise.frontends.terraform.model import Body, Instance
from leastwise.frontends.terraform.reading.input_shapes import strings_of
from leastwise.frontends.terraform.reading.module_table import Row
from leastwise.source.span import Span
from leastwise.source.text import concat, cover, literal_text, span_of
from leastwise.source.value import Chars, Mapping, Sequence, Symbol, Text, Value

_GITHUB = "token.actions.githubusercontent.com"
_TYPES = {"trust-aws": "AWS", "trust-service": "Service"}
_Block = tuple[str, Body]


def trust_body(instance: Instance, rows: MappingOf[str, Row]) -> Body | None:
    """Return the statements as a document's body, None when nobody is let in.

    ``rows`` are those that begin with ``trust-``, by input.
    """
    place = instance.body.span
    inputs = {n: v for n in rows if (v := given(instance.body, n)) is not None}
    let_in = [b for n, v in inputs.items() for b in _principals(rows[n].becomes, v, place)]
    blocks: list[_Block] = []
    spans: list[Span] = []
    if let_in:
        asked = _conditions(instance, rows, place)
        blocks.append(("statement", _statement("sts:AssumeRole", (*let_in, *asked), place)))
    subjects = [v for n, v in inputs.items() if rows[n].becomes == "trust-github"]
    if any(map(strings_of, subjects)):
        blocks.append(("statement", _github(instance, subjects, place)))
    for name, value in inputs.items():
        if rows[name].becomes not in ("trust-mfa", "trust-conditions", "trust-external-id"):
            spans += [instance.body.attribute_spans.get(name) or span_of(value) or place]
    return Body({}, tuple(blocks), cover(spans[:1]) or place) if blocks else None


def _statement(action: str, blocks: tuple[_Block, ...], place: Span) -> Body:
    actions = Sequence((literal_text(action),))
    return Body({"actions": actions}, blocks, place)


def _principals(becomes: str, value: Value, place: Span) -> list[_Block]:
    """Return the ``principals`` blocks that one input becomes."""
    match becomes:
        case "trust-aws" | "trust-service":
            return _named(_TYPES[becomes], value, place)
        case "trust-principals" if isinstance(value, Mapping):
            pairs = [(key.literal or "", item) for key, item in value.entries]
            named = [b for kind, item in pairs for b in _named(kind, item, place)]
            return named if value.tail is None else [*named, _open("principals", place)]
        case "trust-principals":
            return [_open("principals", place)]
        case "trust-mixed":
            items, more = items_of(value)
            mixed = [b for item in items for b in _mixed(item, place)]
            return mixed if more is None else [*mixed, _open("principals", place)]
        case _:
            return []


def _mixed(item: Value, place: Span) -> list[_Block]:
    if not isinstance(item, Mapping):
        return _named("Service", item, place)
    kind, names = item.get("type"), item.get("identifiers")
    spelled = kind.literal if isinstance(kind, Text) else None
    return _named(spelled or "AWS", names, place)


def _named(kind: str, value: Value | None, place: Span) -> list[_Block]:
    """Name principals of one type; a list with further unknown items lets in unknown ones."""
    names, (_, more) = strings_of(value), items_of(value)
    if not names and more is None:
        return []
    identifiers = Sequence(names, tail=more)
    attributes: dict[str, Value] = {"type": literal_text(kind), "identifiers": identifiers}
    return [("principals", Body(attributes, (), place))]


def _conditions(instance: Instance, rows: MappingOf[str, Row], place: Span) -> list[_Block]:
    """Return the conditions that the module puts on who is let in."""
    found: list[_Block] = []
    for name, row in rows.items():
        value = given(instance.body, name)
        match row.becomes:
            case "trust-mfa" if (asked := _is_on(value)) is not False:
                yes = (literal_text("true"),)
                mfa = _condition("Bool", "aws:MultiFactorAuthPresent", yes, place)
                found.append(mfa if asked else _open("condition", place))
            case "trust-external-id" if value is not None and (ids := strings_of(value)):
                # SOUND: over-approximates; of a list that may be empty, nothing may be asked.
                sure = isinstance(value, Text) or (isinstance(value, Sequence) and not value.tail)
                asked_id = _condition("StringEquals", "sts:ExternalId", ids, place)
                found.append(asked_id if sure else _open("condition", place))
            case "trust-conditions" if value is not None:
                found += _spelled(value, place)
            case _:
                pass
    return found


def _is_on(value: Value | None) -> bool | None:
    """Read a switch that is on where it is left out; None where it is not known."""
    if value is None:
        return True
    text = text_of(value)
    spelled = None if text is None else text.literal
    return None if spelled is None else spelled != "false"


def _open(kind: str, place: Span) -> _Block:
    """Return a block that may be there, and of which nothing is known."""
    return kind, Body({}, (), place, maybe=True)


def _spelled(value: Value, place: Span) -> list[_Block]:
    """Return conditions that the caller spells; what is not known stays an open block."""
    items = value.items if isinstance(value, Sequence) else (value,)
    found: list[_Block] = []
    for item in items:
        entries = item.entries if isinstance(item, Mapping) else ()
        attributes = {key.literal: part for key, part in entries if key.literal is not None}
        known = ("condition", Body(attributes, (), place))
        found.append(known if attributes else _open("condition", place))
    return found


def _condition(
    test: str, key: str, values: tuple[Text, ...], place: Span, more: Symbol | None = None
) -> _Block:
    attributes: dict[str, Value] = {
        "test": literal_text(test),
        "variable": literal_text(key),
        "values": Sequence(values, tail=more),
    }
    return "condition", Body(attributes, (), place)


def _github(instance: Instance, inputs: list[Value], place: Span) -> Body:
    """Let GitHub's tokens in: the modules add ``repo:`` to subjects that lack it."""
    arn = concat(
        [
            literal_text("arn:"),
            environment_of(instance, "partition"),
            literal_text(":iam::"),
            environment_of(instance, "account"),
            literal_text(f":oidc-provider/{_GITHUB}"),
        ]
    )
    subjects = tuple(_repository(text) for value in inputs for text in strings_of(value))
    more = next((tail for _, tail in map(items_of, inputs) if tail is not None), None)
    blocks = (
        *_named("Federated", arn, place),
        _condition("StringEquals", f"{_GITHUB}:aud", (literal_text("sts.amazonaws.com"),), place),
        _condition("StringLike", f"{_GITHUB}:sub", subjects, place, more),
    )
    return _statement("sts:AssumeRoleWithWebIdentity", blocks, place)


def _repository(subject: Text) -> Text:
    first = subject.pieces[0] if subject.pieces else None
    if isinstance(first, Chars) and first.text.startswith("repo:"):
        return subject
    return concat([literal_text("repo:"), subject], subject.span)
