"""Collect which paths and methods each API has, from definitions and from events.

Source: "AWS::Serverless::Api" and the event type Api, AWS SAM Developer Guide: events add paths
to the implicit API and to one without a definition of its own.
"""

from leastwise.frontends.cloudformation.transforms.sam.events import Event, events_of
from leastwise.frontends.cloudformation.transforms.sam.making import function_name, owner_of
from leastwise.frontends.cloudformation.transforms.sam.work import (
    ApiPaths,
    Macro,
    Work,
    is_true,
    items_of,
    member,
)
from leastwise.source.value import Mapping, Sequence, Text, Value

IMPLICIT = {"Api": "ServerlessRestApi", "HttpApi": "ServerlessHttpApi"}
ANY = "x-amazon-apigateway-any-method"
_ID = {"Api": "RestApiId", "HttpApi": "ApiId"}


def collect(work: Work, macros: list[Macro]) -> None:
    """Note the paths of all APIs: those of definitions first, then those of events."""
    for macro in macros:
        if macro.declared.type in ("AWS::Serverless::Api", "AWS::Serverless::HttpApi"):
            work.apis[macro.id] = _defined(macro)
    for macro in macros:
        kind = macro.declared.type.rpartition("::")[2]
        if kind in ("Function", "StateMachine"):
            for event in _in_order(macro):
                _note(work, event)


def _in_order(macro: Macro) -> list[Event]:
    """Return the events as they are written, which is how SAM adds paths."""
    order = {key.literal: i for i, (key, _) in enumerate(macro.mapping("Events").entries)}
    events = [event for event in events_of(macro) if event.kind in IMPLICIT]
    return sorted(events, key=lambda event: order.get(event.name, 0))


def api_of(event: Event) -> str:
    """Return the logical id of the API of an event."""
    given = event.get(_ID[event.kind])
    if isinstance(given, Text):
        return given.literal or ""
    return IMPLICIT[event.kind] if given is None else owner_of(given) or ""


def stage_name(work: Work, api: str) -> str:
    """Return what the permission of an event of a REST API ends in."""
    if api == IMPLICIT["Api"]:
        return "Prod"
    declared = work.template.resources.get(api)
    stage = None if declared is None else member(declared.properties, "StageName")
    return (stage.literal or "Stage") if isinstance(stage, Text) else "Stage"


def resource_path(path: str, *, greedy: bool = True) -> str:
    """Return a path as it stands in an ARN: without a slash at its end, parameters as ``*``."""
    if len(path) > 1 and path.endswith("/"):
        path = path[:-1]
    found, rest = "", path
    while rest:
        before, brace, rest = rest.partition("{")
        found += before
        if not brace:
            break
        name, closing, after = rest.partition("}")
        plain = name.removesuffix("+") if greedy or name == "proxy+" else name
        if closing and plain and all(c.isascii() and (c.isalnum() or c in "._-") for c in plain):
            found, rest = found + "*", after
        else:
            found += brace
    return found


def _defined(macro: Macro) -> ApiPaths:
    body = macro.get("DefinitionBody")
    if body is None:
        given = macro.get("DefinitionUri") is not None
        return ApiPaths(managed=not given, open=given)
    found = ApiPaths(managed=is_true(macro.work, macro.get("MergeDefinitions")))
    own = member(body, "x-amazon-apigateway-policy")
    found.statements |= dict.fromkeys(items_of(member(own, "Statement")))
    paths = member(body, "paths")
    if function_name(body) or not isinstance(paths, Mapping) or function_name(paths):
        found.open = True
        return found
    for key, item in paths.entries:
        found.methods[key.literal or ""] = _methods(item)
    return found


def _methods(item: Value) -> list[str]:
    """Return the methods of a path; those of an If are those of its branches."""
    if function_name(item) == "Fn::If" and isinstance(item, Mapping):
        argument = item.entries[0][1]
        inner = argument.items[1:] if isinstance(argument, Sequence) else ()
        return [method for branch in inner for method in _methods(branch)]
    if function_name(item) or not isinstance(item, Mapping):
        return []
    return [key.literal or "" for key, _ in item.entries]


def _note(work: Work, event: Event) -> None:
    api, path, method = api_of(event), event.literal("Path"), event.literal("Method")
    found = work.apis.get(api)
    if found is None and api == IMPLICIT[event.kind]:
        found = work.apis[api] = ApiPaths(managed=True)
    if found is None:
        return
    found.conditions.append(event.macro.declared.condition)
    if path == "$default" or (path is None and method is None):
        found.defaults.add(event.macro.id)
    if not found.managed or path is None or method is None:
        return
    methods = found.methods.setdefault(path, [])
    name = ANY if method.lower() == "any" else method.lower()
    if name not in methods:
        methods.append(name)
