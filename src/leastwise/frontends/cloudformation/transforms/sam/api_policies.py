"""Make the resource policies of REST APIs.

Source: "ResourcePolicyStatement", AWS SAM Developer Guide; the published translator for the
statements: each list adds, for every path, statements about all methods of that path.
"""

from leastwise.frontends.cloudformation.transforms.sam.events import Event
from leastwise.frontends.cloudformation.transforms.sam.making import (
    Plain,
    function_name,
    made,
    sub,
)
from leastwise.frontends.cloudformation.transforms.sam.routes import (
    ANY,
    api_of,
    resource_path,
    stage_name,
)
from leastwise.frontends.cloudformation.transforms.sam.work import (
    ApiPaths,
    Work,
    items_of,
    literal,
    member,
    place_in,
)
from leastwise.source.span import Span
from leastwise.source.value import Mapping, Symbol, Unknown, Value

# Of each list: what its statement does with those in it.
_ACCOUNTS = (("AwsAccountWhitelist", "Allow"), ("AwsAccountBlacklist", "Deny"))
_RANGES = (("IpRangeWhitelist", "NotIpAddress"), ("IpRangeBlacklist", "IpAddress"))
_NETWORKS = (("Blacklist", "StringEquals"), ("Whitelist", "StringNotEquals"))


def read_method_policy(work: Work, event: Event) -> None:
    """Add what the event of one method says of its path to the policy of the API."""
    policy = member(event.get("Auth"), "ResourcePolicy")
    api = api_of(event)
    paths = work.apis.get(api)
    path = event.literal("Path")
    if not isinstance(policy, Mapping) or paths is None or not paths.managed or path is None:
        return
    # The stage of an API whose StageName is an expression is the word "Stage" here.
    stage = stage_name(work, api)
    resources = _resources(path, paths.methods.get(path, []), stage)
    _extend(paths, _statements(work, policy, made(resources, event.span)))
    _extend(paths, items_of(member(policy, "CustomStatements")))


def read_api_policy(work: Work, paths: ApiPaths, policy: Value | None, stage: Plain) -> None:
    """Add what the Auth of an API says of all its paths."""
    if not isinstance(policy, Mapping):
        return
    for route, methods in paths.methods.items():
        resources = made(_resources(route, methods, stage), policy.span)
        _extend(paths, _statements(work, policy, resources))
    if paths.open:
        reference = f"{work.template.path}|paths of an API"
        symbol = Symbol(reference, "paths of the API", "execute-api:/*")
        unknown = Unknown(symbol, "the definition of the API is not in the template", policy.span)
        _extend(paths, _statements(work, policy, unknown))
    _extend(paths, items_of(member(policy, "CustomStatements")))


def policy_document(paths: ApiPaths, span: Span | None) -> Value | None:
    """Return the resource policy of an API, None when nothing is said of it."""
    if not paths.statements:
        return None
    return made({"Version": "2012-10-17", "Statement": tuple(paths.statements)}, span)


def _extend(paths: ApiPaths, statements: tuple[Value, ...] | list[Value]) -> None:
    paths.statements |= dict.fromkeys(statements)


def _resources(path: str, methods: list[str], stage: Plain) -> list[Plain]:
    found: list[Plain] = []
    for method in methods:
        verb = "*" if method.lower() in (ANY, "any") else method.upper()
        resource = f"execute-api:/${{__Stage__}}/{verb}{resource_path(path).rstrip()}"
        found.append(sub(resource, {"__Stage__": stage}))
    return found


def _statements(work: Work, policy: Mapping, resources: Value) -> list[Value]:
    found: list[Value] = []
    for name, effect in _ACCOUNTS:
        accounts = _listed(policy, name)
        if accounts is not None:
            statement: dict[str, Plain] = {
                "Effect": effect,
                "Action": "execute-api:Invoke",
                "Resource": resources,
                "Principal": {"AWS": accounts},
            }
            found.append(made(statement, place_in(policy, name)))
    for name, operator in _RANGES:
        ranges = _listed(policy, name)
        if ranges is not None:
            test: Plain = {operator: {"aws:SourceIp": ranges}}
            found += _unless(resources, test, place_in(policy, name))
    for name, operator in _NETWORKS:
        condition, place = _networks(work, policy, name)
        if condition:
            found += _unless(resources, {operator: condition}, place)
    return found


def _listed(policy: Mapping, name: str) -> Plain:
    """Return a list, None when it is empty; a call may give a whole list, so it stays as it is."""
    value = member(policy, name)
    return value if function_name(value) else items_of(value) or None


def _unless(resources: Value, test: Plain, span: Span | None) -> list[Value]:
    """Return an Allow for all, and a Deny for those of a condition."""
    shared: dict[str, Plain] = {
        "Action": "execute-api:Invoke",
        "Resource": resources,
        "Principal": "*",
    }
    return [
        made({"Effect": "Allow", **shared}, span),
        made({"Effect": "Deny", **shared, "Condition": test}, span),
    ]


def _networks(work: Work, policy: Mapping, colour: str) -> tuple[dict[str, Plain], Span | None]:
    """Return the VPCs and endpoints of a list; strings are told apart by how they begin."""
    named = items_of(member(policy, f"SourceVpc{colour}"))
    found: dict[str, Plain] = {}
    for key, prefix, other in (
        ("aws:SourceVpc", "vpc-", f"IntrinsicVpc{colour}"),
        ("aws:SourceVpce", "vpce-", f"IntrinsicVpce{colour}"),
    ):
        items = [item for item in named if (literal(work, item) or "").startswith(prefix)]
        every = (*items, *items_of(member(policy, other)))
        if every:
            found[key] = every
    written = (f"SourceVpc{colour}", f"IntrinsicVpc{colour}", f"IntrinsicVpce{colour}")
    places = [place for name in written if (place := place_in(policy, name)) is not None]
    return found, places[0] if places else None
