"""Find the CloudFormation templates that Terraform deploys, for the loader to dispatch."""

from leastwise.frontends.terraform.attributes.attribute import (
    given,
    is_nothing,
    literal_at,
    text_at,
)
from leastwise.frontends.terraform.model import Instance
from leastwise.frontends.terraform.reading.reading import Reading, site
from leastwise.iam.project import Embedded, NotInView
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json
from leastwise.source.text import literal_text
from leastwise.source.value import Encoded, Mapping, Text, Value

_STACKS = ("aws_cloudformation_stack", "aws_cloudformation_stack_set")
_RESOURCE = "aws_cloudcontrolapi_resource"
TYPES = (*_STACKS, _RESOURCE)


def read_embedded(reading: Reading, instance: Instance) -> None:
    """Note the template of a stack, or the one resource that Cloud Control API makes.

    SOUND: over-approximates; a stack that may not exist, by its count, is taken to exist.
    """
    found = _resource(instance) if instance.type == _RESOURCE else _template(instance)
    if isinstance(found, Embedded):
        reading.embedded.append(found)
    elif found is not None:
        reading.not_in_view.append(found)


def _template(instance: Instance) -> Embedded | NotInView | None:
    body = instance.body
    value = given(body, "template_body")
    if value is None or is_nothing(value):
        url = text_at(body, "template_url")
        return None if url is None else _unseen(instance, "template_url")
    if not isinstance(value, Text):
        return _unseen(instance, "template_body")
    parameters, uses = given(body, "parameters"), site(instance, "parameters").rests_on
    return Embedded(value, "cloudformation", instance.address, parameters, uses)


def _resource(instance: Instance) -> Embedded | NotInView | None:
    """Return a template of the one resource, whose properties are its desired state."""
    kind, state = literal_at(instance.body, "type_name"), given(instance.body, "desired_state")
    if kind is None or not isinstance(state, Text):
        return _unseen(instance, "desired_state")
    properties = parse_json(state, path=instance.body.span.path)
    if isinstance(properties, Diagnostic):
        return _unseen(instance, "desired_state")
    resource = _object(("Type", literal_text(kind)), ("Properties", properties))
    name = literal_text(instance.name, span=instance.body.span)
    template = _object(("Resources", Mapping(((name, resource),))))
    return Embedded(Text((Encoded(template),)), "cloudformation", instance.address)


def _object(*entries: tuple[str, Value]) -> Mapping:
    return Mapping(tuple((literal_text(name), value) for name, value in entries))


def _unseen(instance: Instance, attribute: str) -> NotInView:
    span = instance.body.attribute_spans.get(attribute, instance.body.span)
    message = f"the template of {instance.address} is not known here"
    return NotInView("template", span, message, "name it in template_body, by file()")
