"""Find the documents of ``data.aws_iam_policy_document`` that nothing of a plan uses.

Whoever uses one holds its text, rendered. Without the configuration's own nodes that text, or a
reference to the document, is what tells.
"""

from collections.abc import Iterator
from typing import Any

from leastwise.frontends.terraform.model import Body, Evaluated, Instance
from leastwise.frontends.terraform.plan.addresses import call_names, leaves, target
from leastwise.frontends.terraform.plan.bodies import Plan
from leastwise.frontends.terraform.plan.configured import by_address, laid_over, written_of
from leastwise.frontends.terraform.plan.model import Entry
from leastwise.frontends.terraform.plan.references import scope_of
from leastwise.frontends.terraform.reading.builders import BUILDER
from leastwise.iam.project import Occurrence
from leastwise.source.value import Sequence, Text, Value


def unused_documents(
    plan: Plan, instances: list[Instance], written: Evaluated | None
) -> list[Instance]:
    """Return the documents that no resource and no other document uses."""
    documents = [e for e in plan.entries.values() if e.type == BUILDER and e.mode == "data"]
    if not documents:
        return []
    texts = {text for one in instances for text in _texts(plan.bodies[one.address])}
    spelled = {} if written is None else by_address(written)
    found: list[Instance] = []
    for entry in documents:
        rendered = plan.body(entry).attributes.get("json")
        literal = rendered.literal if isinstance(rendered, Text) else None
        if literal in texts or _is_referred_to(entry, plan):
            continue
        one = _instance(entry, plan)
        same = written_of(entry.address, spelled)
        found.append(one if same is None else laid_over(one, same))
    return found


def _instance(entry: Entry, plan: Plan) -> Instance:
    key = None if entry.key is None else str(entry.key)
    return Instance(
        address=entry.address,
        mode="data",
        type=entry.type,
        name=entry.name,
        body=plan.body(entry),
        scope=scope_of(entry, plan),
        provider=plan.configuration.provider(entry),
        occurrence=Occurrence(entry.module or None, key),
    )


def _texts(body: Body) -> Iterator[str]:
    """Yield the known strings of a body, those in its lists too."""
    for value in body.attributes.values():
        yield from _literals(value)
    for _, block in body.blocks:
        yield from _texts(block)


def _literals(value: Value) -> Iterator[str]:
    if isinstance(value, Text) and value.literal is not None:
        yield value.literal
    elif isinstance(value, Sequence):
        for item in value.items:
            if isinstance(item, Text) and item.literal is not None:
                yield item.literal


def _is_referred_to(entry: Entry, plan: Plan) -> bool:
    """Say whether a resource, a document or a module call of the same module refers to it."""
    module = plan.configuration.module(call_names(entry.module))
    users: list[Any] = list(module.get("resources") or ())
    calls = module.get("module_calls")
    users += calls.values() if isinstance(calls, dict) else ()
    return any(
        target(name).head == entry.declared
        for user in users
        if isinstance(user, dict)
        for name in _referred(user.get("expressions"))
    )


def _referred(expressions: Any) -> Iterator[str]:
    """Yield what expressions refer to, those of nested blocks too."""
    pending = [expressions]
    while pending:
        current = pending.pop()
        if isinstance(current, list):
            pending += current
        elif isinstance(current, dict):
            references = current.get("references")
            yield from leaves(references)
            pending += [value for value in current.values() if value is not references]
