"""Read a state file as Terraform keeps it (version 4): one entry a block, with its instances.

Source: the format has no documentation; ``terraform show -json`` is the documented one. What is
read here is what both name alike: addresses, attributes, and the paths of sensitive ones.
"""

import json
from typing import Any

from leastwise.frontends.terraform.plan.addresses import inside
from leastwise.frontends.terraform.plan.model import Document, Entry
from leastwise.frontends.terraform.plan.walk import Taken, Walk
from leastwise.source.span import Span


def read_resource(document: Document, reader: Walk, members: dict[str, Taken]) -> None:
    """Add the instances of one block."""
    data = {name: taken.data for name, taken in members.items()}
    kind, name = data.get("type"), data.get("name")
    instances = members.get("instances")
    if not isinstance(kind, str) or not isinstance(name, str) or instances is None:
        return
    walk = Walk(reader.data, reader.text, instances.start)
    if not walk.is_array():
        return
    for _ in walk.array():
        if not walk.is_object():
            walk.take()
            continue
        parts = {key: walk.take() for key in walk.object()}
        entry = _entry(document, data, parts)
        if entry is not None:
            found = document.prior if entry.mode == "data" else document.planned
            found.setdefault(entry.address, entry)


def _entry(document: Document, block: dict[str, Any], parts: dict[str, Taken]) -> Entry | None:
    attributes = parts.get("attributes")
    if attributes is None or not isinstance(attributes.data, dict):
        return None
    key = parts["index_key"].data if "index_key" in parts else None
    key = key if isinstance(key, str | int) else None
    module = block.get("module")
    module = module if isinstance(module, str) else ""
    is_data = block.get("mode") == "data"
    plain = f"{'data.' if is_data else ''}{block['type']}.{block['name']}"
    suffix = "" if key is None else f"[{json.dumps(key, ensure_ascii=False)}]"
    deposed = " (deposed)" if "deposed" in parts else ""
    marks = parts["sensitive_attributes"].data if "sensitive_attributes" in parts else None
    return Entry(
        address=inside(module, plain) + suffix + deposed,
        module=module,
        mode="data" if is_data else "managed",
        type=block["type"],
        name=block["name"],
        key=key,
        values=Span(document.path, attributes.start, attributes.end),
        sensitive=_marks(marks),
        provider=_provider(block.get("provider")),
    )


def _marks(paths: Any) -> dict[str, bool]:
    """Return the attributes in which a part is sensitive; each is so as a whole."""
    found: dict[str, bool] = {}
    for path in paths if isinstance(paths, list) else ():
        first = path[0] if isinstance(path, list) and path else None
        name = first.get("value") if isinstance(first, dict) else None
        if isinstance(name, str):
            found[name] = True
    return found


def _provider(spelled: Any) -> str | None:
    """Return the key of ``provider["registry.terraform.io/hashicorp/aws"].west``: ``aws.west``."""
    if not isinstance(spelled, str) or not spelled.startswith("provider["):
        return None
    source, _, alias = spelled.removeprefix("provider[").partition("]")
    return source.strip('"').rpartition("/")[2] + alias
