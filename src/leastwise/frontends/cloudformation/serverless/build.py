"""Build the values of a template that no one wrote, at the place that is the cause of them."""

from leastwise.source.span import Span
from leastwise.source.text import literal_text
from leastwise.source.value import Mapping, Sequence, Text, Value


def text(written: str, cause: Span | None) -> Text:
    """Make a string."""
    return literal_text(written, span=cause)


def texts(written: tuple[str, ...], cause: Span | None) -> Sequence:
    """Make a list of strings."""
    return Sequence(tuple(text(one, cause) for one in written), cause)


def mapping(cause: Span | None, **entries: Value | None) -> Mapping:
    """Make a mapping of what is not None, in the order given."""
    found = tuple((text(k, cause), v) for k, v in entries.items() if v is not None)
    return Mapping(found, cause)


def call(name: str, argument: Value, cause: Span | None) -> Mapping:
    """Make a call of an intrinsic function."""
    return Mapping(((text(name, cause), argument),), cause)


def ref(name: str, cause: Span | None) -> Mapping:
    """Make a Ref."""
    return call("Ref", text(name, cause), cause)


def attribute(logical_id: str, name: str, cause: Span | None) -> Mapping:
    """Make a Fn::GetAtt."""
    return call("Fn::GetAtt", texts((logical_id, name), cause), cause)


def join(delimiter: str, parts: tuple[Value, ...], cause: Span | None) -> Mapping:
    """Make a Fn::Join."""
    pair = Sequence((text(delimiter, cause), Sequence(parts, cause)), cause)
    return call("Fn::Join", pair, cause)


def regional(service: str, *rest: Value, cause: Span | None) -> Mapping:
    """Make the ARN ``arn:PARTITION:service:REGION:ACCOUNT:`` and what follows."""
    places = ("AWS::Region", "AWS::AccountId")
    parts: list[Value] = [
        text("arn:", cause),
        ref("AWS::Partition", cause),
        text(f":{service}:", cause),
    ]
    for place in places:
        parts += [ref(place, cause), text(":", cause)]
    return join("", (*parts, *rest), cause)


def statement(
    actions: tuple[str, ...],
    resources: tuple[Value, ...],
    cause: Span | None,
    effect: str = "Allow",
) -> Mapping:
    """Make a statement of an identity policy."""
    return mapping(
        cause,
        Effect=text(effect, cause),
        Action=texts(actions, cause),
        Resource=Sequence(resources, cause),
    )


def resource(kind: str, properties: Mapping, cause: Span | None) -> Mapping:
    """Make a resource of a template."""
    return mapping(cause, Type=text(kind, cause), Properties=properties)
