"""Read what a plan or a state says of its resources, out of its JSON.

Source: https://developer.hashicorp.com/terraform/internals/json-format

Not modelled: ``resource_drift`` (planned values already start from what was found), outputs,
checks and ``relevant_attributes``, which declare nothing in IAM.
"""

from collections.abc import Callable
from typing import Any

from leastwise.frontends.terraform.plan.addresses import module_of_address
from leastwise.frontends.terraform.plan.model import Change, Document, Entry
from leastwise.frontends.terraform.plan.walk import ShapeError, Taken, Walk, walk
from leastwise.frontends.terraform.scope.state import MAX_MODULE_DEPTH
from leastwise.source.span import Span


def read_document(path: str, data: bytes) -> Document:
    """Read a file; what is wrong with it is a diagnostic, what came before that stays."""
    document = Document(path)
    try:
        reader = walk(data)
        for key in reader.object():
            section = _SECTIONS.get(key)
            if section is None:
                reader.take()
            else:
                section(document, reader, key)
        reader.end()
    except ShapeError as error:
        place = Span(path, error.at, error.at + 1)
        document.report("error", error.code, place, error.message, error.remedy)
    return document


def _wrong(document: Document, taken: Taken, wanted: str, what: str) -> None:
    document.report(
        "error",
        "plan-shape",
        Span(document.path, taken.start, min(taken.end, taken.start + 40)),
        f"{what} is not {wanted}, so it is not read",
        "write the plan again with terraform show -json",
    )


def _objects(
    document: Document, reader: Walk, what: str, each: Callable[[dict[str, Taken]], None]
) -> None:
    """Call ``each`` with the members of every object of a list."""
    if not reader.is_array():
        taken = reader.take()
        if taken.data is not None:
            _wrong(document, taken, "a list", what)
        return
    for index in reader.array():
        if reader.is_object():
            start = reader.at
            members = {key: reader.take() for key in reader.object()}
            if document.room(start):
                each(members)
        else:
            _wrong(document, reader.take(), "an object", f"{what}[{index}]")


def _data(members: dict[str, Taken], key: str) -> Any:
    taken = members.get(key)
    return None if taken is None else taken.data


def _planned(document: Document, reader: Walk, key: str) -> None:
    _values(document, reader, key, document.planned)


def _prior(document: Document, reader: Walk, key: str) -> None:
    """Read the data sources of the prior state; what it says of resources is past."""
    if not reader.is_object():
        _skip(document, reader, key)
        return
    for inner in reader.object():
        if inner == "values":
            _values(document, reader, "prior_state.values", document.prior)
        else:
            reader.take()


def _skip(document: Document, reader: Walk, what: str) -> None:
    taken = reader.take()
    if taken.data is not None:
        _wrong(document, taken, "an object", what)


def _values(document: Document, reader: Walk, what: str, found: dict[str, Entry]) -> None:
    if not reader.is_object():
        _skip(document, reader, what)
        return
    for key in reader.object():
        if key == "root_module":
            _module(document, reader, f"{what}.root_module", found, 0)
        else:
            reader.take()


def _module(
    document: Document, reader: Walk, what: str, found: dict[str, Entry], depth: int
) -> None:
    """Read the resources of a module and of those it calls.

    The address of a module stands after its resources; each of those has the whole of its own.
    """
    if not reader.is_object():
        _skip(document, reader, what)
        return
    for key in reader.object():
        if key == "resources":
            _objects(
                document,
                reader,
                f"{what}.resources",
                lambda members: _resource(document, members, found),
            )
        elif key == "child_modules" and depth < MAX_MODULE_DEPTH and reader.is_array():
            for index in reader.array():
                inner = f"{what}.child_modules[{index}]"
                _module(document, reader, inner, found, depth + 1)
        elif key == "child_modules" and reader.is_array():
            _wrong(document, reader.take(), f"at most {MAX_MODULE_DEPTH} modules deep", what)
        else:
            reader.take()


def _resource(document: Document, members: dict[str, Taken], found: dict[str, Entry]) -> None:
    values = members.get("values")
    entry = _entry(document, members, values)
    if entry is None or values is None:
        return
    if not isinstance(values.data, dict):
        _wrong(document, values, "an object", f"the values of {entry.address}")
        return
    if "deposed_key" in members or _data(members, "deposed"):
        entry = entry._replace(address=f"{entry.address} (deposed)")
    found.setdefault(entry.address, entry._replace(sensitive=_data(members, "sensitive_values")))


def _entry(document: Document, members: dict[str, Taken], values: Taken | None) -> Entry | None:
    address, mode = _data(members, "address"), _data(members, "mode")
    kind, name = _data(members, "type"), _data(members, "name")
    if not isinstance(address, str) or not isinstance(kind, str) or not isinstance(name, str):
        at = min((t.start for t in members.values()), default=0)
        document.report(
            "error",
            "plan-shape",
            Span(document.path, at, at + 1),
            "a resource has no address, type or name, so it is not read",
            "write the plan again with terraform show -json",
        )
        return None
    is_data = mode == "data"
    key = _data(members, "index")
    return Entry(
        address=address,
        module=module_of_address(address),
        mode="data" if is_data else "managed",
        type=kind,
        name=name,
        key=key if isinstance(key, str | int) else None,
        values=Span(document.path, 0, 0) if values is None else _span(document, values),
    )


def _span(document: Document, taken: Taken) -> Span:
    return Span(document.path, taken.start, taken.end)


def _changes(document: Document, reader: Walk, key: str) -> None:
    _objects(
        document, reader, key, lambda members: _change(document, reader, members, document.changes)
    )


def _deferred(document: Document, reader: Walk, key: str) -> None:
    if not reader.is_array():
        _skip(document, reader, key)
        return
    for index in reader.array():
        if not reader.is_object():
            _wrong(document, reader.take(), "an object", f"{key}[{index}]")
            continue
        for inner in reader.object():
            if inner == "resource_change" and reader.is_object():
                members = {name: reader.take() for name in reader.object()}
                _change(document, reader, members, document.deferred)
            else:
                reader.take()


def _change(
    document: Document, reader: Walk, members: dict[str, Taken], found: list[Change]
) -> None:
    entry = _entry(document, members, None)
    change = members.get("change")
    if entry is None or change is None:
        return
    if not isinstance(change.data, dict):
        _wrong(document, change, "an object", f"the change of {entry.address}")
        return
    inside = Walk(reader.data, reader.text, change.start)
    parts = {key: inside.take() for key in inside.object()}
    actions = _data(parts, "actions")
    found.append(
        Change(
            entry._replace(
                values=_object_span(document, parts, "after") or entry.values,
                unknown=_data(parts, "after_unknown"),
                sensitive=_data(parts, "after_sensitive"),
            ),
            tuple(str(a) for a in actions) if isinstance(actions, list) else (),
            _object_span(document, parts, "before"),
            _object_span(document, parts, "after"),
            _data(parts, "before_sensitive"),
            "deposed" in members,
        )
    )


def _object_span(document: Document, parts: dict[str, Taken], key: str) -> Span | None:
    taken = parts.get(key)
    if taken is None or taken.data is None:
        return None
    if not isinstance(taken.data, dict):
        _wrong(document, taken, "an object", f"{key!r}")
        return None
    return _span(document, taken)


def _configuration(document: Document, reader: Walk, key: str) -> None:
    taken = reader.take()
    if isinstance(taken.data, dict):
        document.configuration = taken.data
    elif taken.data is not None:
        _wrong(document, taken, "an object", key)


def _variables(document: Document, reader: Walk, key: str) -> None:
    taken = reader.take()
    if isinstance(taken.data, dict):
        document.variables = taken.data
    elif taken.data is not None:
        _wrong(document, taken, "an object", key)


def _flag(document: Document, reader: Walk, key: str) -> None:
    document.flags[key] = reader.take().data


def _raw(document: Document, reader: Walk, key: str) -> None:
    """Read the resources of a state file itself (version 4)."""
    from leastwise.frontends.terraform.plan.raw_state import read_resource

    _objects(document, reader, key, lambda members: read_resource(document, reader, members))


_SECTIONS: dict[str, Callable[[Document, Walk, str], None]] = {
    "planned_values": _planned,
    "values": _planned,
    "prior_state": _prior,
    "resource_changes": _changes,
    "deferred_changes": _deferred,
    "resources": _raw,
    "configuration": _configuration,
    "variables": _variables,
    "errored": _flag,
    "complete": _flag,
    "format_version": _flag,
}
