"""What the page of a path's rule shows beside that of any rule: what the path takes, and examples.

Read from ``data/path_pages.json``, which nothing else needs.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path as File
from typing import Any

from leastwise.graph.catalogue import kinds_of_workloads
from leastwise.graph.model import Condition, Gives, Leg, On, Path, Predicate, Way
from leastwise.rules.format import Example, example_from

_COMPILED = File(__file__).parent.parent / "data" / "path_pages.json"
_ON: dict[On, str] = {
    "self": "itself",
    "role": "the role",
    "user": "the user",
    "group": "the group",
    "policy": "the policy",
    "boundary": "its permissions boundary",
    "resource": "what runs as the role",
    "existing": "a resource that is there",
    "new": "a resource of its own making",
    "any": "whatever resource",
}
_HOLDS: dict[Predicate, str] = {
    "trusts-service": "{of} trusts {among}",
    "trusts-provider": "{of} trusts an identity provider: {among}",
    "runs-as": "{among} runs as the role",
    "attached-to": "{of} is attached to {among}",
    "member": "the caller belongs to {of}",
    "is-user": "{of} is a user",
    "is-role": "{of} is a role",
    "customer-managed": "{of} is managed by the customer",
    "not-service-linked": "{of} is not linked to a service",
    "has-boundary": "{of} has a permissions boundary",
    "boundary-binds": "the boundary of {of} leaves less than the policies grant",
    "boundary-of": "{of} binds {among}",
    "has-deny": "some policy denies {of} something",
    "free-key-slot": "{of} has at most one access key",
    "has-password": "{of} has a console password",
    "no-password": "{of} has no console password",
    "inactive-key": "the caller holds an inactive access key of {of}",
    "older-version": "an older version of {of} grants more",
    "assigned-to-self": "the permission set is assigned to the caller",
    "identity-center-user": "{of} signs in by IAM Identity Center",
    "organization-account": "{of} is in the account that manages the organization",
    "allowed-by-principal-tag": "what is allowed depends on tags of {of}",
    "allowed-by-resource-tag": "what is allowed depends on tags of {of}",
    "named-as-boundary": "boundaries or conditions name {of}",
    "mfa-asked": "policies ask {of} for a second factor",
    "holds-credentials": "the caller holds credentials of {of}",
    "holds-secret": "what is read holds credentials of somebody else",
}
_GIVES: dict[Gives, str] = {
    "role": "the permissions of the role",
    "user": "the permissions of the user",
    "group": "the permissions of the group",
    "own-boundary": "whatever its own permissions boundary leaves",
    "role-boundary": "whatever the permissions boundary of the role leaves",
    "user-boundary": "whatever the permissions boundary of the user leaves",
    "new-principal": "whatever the boundary leaves that the new principal has to have",
    "own-without-boundary": "its own permissions without the boundary",
    "role-without-boundary": "the permissions of the role without its boundary",
    "own-without-deny": "its own permissions without the Deny",
    "permissions": "a say over permissions",
    "credentials": "credentials of others",
}


def takes(path: Path) -> list[str]:
    """Return the lines of the section on what a path takes, and what it gives."""
    where = [f"- {_holds(condition)}" for condition in path.where]
    pins = [f"Pinned by: {', '.join(f'`{key}`' for key in path.guards)}", ""]
    since = f"The service ended in {path.retired}."
    return [
        "## What it takes",
        "",
        *_ways(path.ways),
        "",
        *(["Where all of this holds:", "", *where, ""] if where else []),
        f"It gives {_GIVES[path.gives]}.",
        "",
        *(pins if path.guards else []),
        *([since, ""] if path.retired else []),
    ]


def also_known(path: Path) -> Mapping[str, str]:
    """Return what those call the path of whom it has no alias."""
    sources: dict[str, str] = _page(path.id).get("sources", {})
    tools = ("pathfinding", "cloudsplaining", "parliament", "prowler")
    return {source: name for source, name in sources.items() if not source.startswith(tools)}


def notes(path: Path) -> list[str]:
    """Return the lines of prose on a path: what else stops it, and remarks."""
    page = _page(path.id)
    stops = [f"- {what}" for what in page.get("blocked_by", ())]
    lines = ["Also stopped by:", "", *stops, ""] if stops else []
    if "notes" in page:
        lines += [page["notes"].rstrip(".") + ".", ""]
    return ["## Remarks", "", *lines] if lines else []


def examples(path: Path) -> tuple[Example | None, Example | None]:
    """Return an example that is found and one that is not, where there are any."""
    page = _page(path.id)
    return example_from(page.get("bad")), example_from(page.get("good"))


def _ways(ways: tuple[Way, ...]) -> Iterator[str]:
    if len(ways) == 1:
        yield from (f"- {_call(leg)}" for leg in ways[0])
        return
    yield "All calls of one of these:"
    yield ""
    yield from (f"{number}. {', '.join(map(_call, way))}" for number, way in enumerate(ways, 1))


def _call(leg: Leg) -> str:
    on = f"`{leg.arn}`" if leg.arn else _ON[leg.on]
    return f"`{leg.action}` on {on}"


def _holds(condition: Condition) -> str:
    among = list(condition.among)
    match condition.predicate:
        case "runs-as":
            among = [kinds_of_workloads()[kind] for kind in among]
        case "attached-to" | "boundary-of":
            among = ["the caller" if word == "self" else f"the {word}" for word in among]
        case "trusts-service":
            among = [f"`{service}`" for service in among]
    of = "the caller" if condition.of == "self" else _ON[condition.of]
    return _HOLDS[condition.predicate].format(of=of, among=" or ".join(among))


def _page(name: str) -> dict[str, Any]:
    return _pages().get(name, {})


@cache
def _pages() -> dict[str, dict[str, Any]]:
    content: dict[str, Any] = json.loads(_COMPILED.read_text(encoding="utf-8"))
    return {page["id"]: page for page in content["pages"]}
