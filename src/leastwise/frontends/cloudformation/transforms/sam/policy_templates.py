"""Write out SAM's policy templates with the parameters that a resource gives them.

Source: "AWS SAM policy templates", AWS SAM Developer Guide; the data are those of the published
translator (data/README.md). A made statement points at the name of the template, and the
parts that a parameter gave at the parameter's value.
"""

from functools import cache
from typing import Any, NamedTuple

from leastwise.frontends.cloudformation.transforms.sam.making import made
from leastwise.source.span import Span
from leastwise.source.value import Mapping, Value


class PolicyTemplate(NamedTuple):
    """Hold one policy template: the parameters it needs, and its document as plain data."""

    parameters: tuple[str, ...]
    document: Any


def policy_template(name: str) -> PolicyTemplate | None:
    """Return a policy template by its name, None when SAM has none of that name."""
    found = _table().get(name)
    return None if found is None else PolicyTemplate(tuple(found["parameters"]), found["document"])


def names() -> tuple[str, ...]:
    """Return the names of all policy templates."""
    return tuple(_table())


def filled(template: PolicyTemplate, given: Mapping, span: Span | None) -> Value:
    """Return the document of a template with parameters; each must have a value."""
    return made(_filled(template.document, given), span)


def _filled(data: Any, given: Mapping) -> Any:
    if isinstance(data, dict):
        value = given.get(data["Ref"]) if set(data) == {"Ref"} else None
        return value or {key: _filled(item, given) for key, item in data.items()}
    if isinstance(data, list):
        return [_filled(item, given) for item in data]
    return data


@cache
def _table() -> dict[str, Any]:
    import json
    from importlib.resources import files

    text = (files("leastwise") / "data" / "sam_policy_templates.json").read_text("utf-8")
    table: dict[str, Any] = json.loads(text)
    del table["meta"]
    return table
