"""Leave out of a role what other resources of the same state declare.

The provider reads back every policy a role has, whoever attached it. What a resource of its own
attaches is read there; what nothing else declares was set on the role, or by hand.
"""

from collections import defaultdict

from leastwise.frontends.terraform.attributes.attribute import items_of, literal_at
from leastwise.frontends.terraform.model import Body, Instance
from leastwise.source.value import Sequence, Text

_Held = dict[str, set[str]]


def without_echoes(instances: list[Instance]) -> list[Instance]:
    """Return the instances of a state with each policy of a role once."""
    managed: _Held = defaultdict(set)
    inline: _Held = defaultdict(set)
    for one in instances:
        if one.type == "aws_iam_role_policy_attachment":
            _add(managed, one.body, "policy_arn")
        elif one.type == "aws_iam_role_policy":
            _add(inline, one.body, "name")
        elif one.type == "aws_iam_policy_attachment":
            arn = literal_at(one.body, "policy_arn")
            for role in items_of(one.body.attributes.get("roles"))[0]:
                if arn is not None and isinstance(role, Text):
                    managed[role.literal or ""].add(arn)
    return [_reduced(i, managed, inline) if i.type == "aws_iam_role" else i for i in instances]


def _add(held: _Held, body: Body, name: str) -> None:
    role, value = literal_at(body, "role"), literal_at(body, name)
    if role is not None and value is not None:
        held[role].add(value)


def _reduced(role: Instance, managed: _Held, inline: _Held) -> Instance:
    body = role.body
    name = literal_at(body, "name") or ""
    attributes = dict(body.attributes)
    listed = attributes.get("managed_policy_arns")
    if isinstance(listed, Sequence):
        kept = tuple(
            item
            for item in listed.items
            if not (isinstance(item, Text) and item.literal in managed[name])
        )
        attributes["managed_policy_arns"] = Sequence(kept, listed.span, listed.tail)
    blocks = tuple(
        (kind, block)
        for kind, block in body.blocks
        if kind != "inline_policy" or literal_at(block, "name") not in inline[name]
    )
    return role._replace(body=body._replace(attributes=attributes, blocks=blocks))
