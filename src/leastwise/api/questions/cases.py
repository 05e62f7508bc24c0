"""Decide cases: one JSON object each, with all the policies and the one request they judge.

The format is that of simulators' test suites: ``identityPolicies``, ``boundaries``, ``scps``,
``rcps``, ``resourcePolicy``, ``sessionPolicy``, ``endpointPolicies`` and ``request``. A policy
may stand alone or as ``{"name", "policy"}``; an entry of ``scps`` or ``rcps`` is one level of
the organization, as a policy or as ``{"orgIdentifier", "policies"}``. An empty list of
boundaries or endpoint policies means that there is none.

The answer is one of three words. What the documentation leaves open (a ``*`` at the end of an
ARN part before a colon, NotPrincipal without the account) counts against the request: Allowed
is what every reading allows, and a Deny that may apply denies. A request for a pattern of
resources is allowed when one of them is.

A case is answered or refused, never guessed: a policy that AWS would not take is an error, but
for what ``as_meant`` reads and tells.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias, TypeVar

from leastwise.api.questions.lenient import as_meant
from leastwise.iam.lower import lower_document
from leastwise.iam.plain import lower_plain
from leastwise.iam.policy import PolicyKind
from leastwise.iam.project import Policy
from leastwise.semantics.decide import decide
from leastwise.semantics.evaluation import account_in
from leastwise.semantics.given import caller_of
from leastwise.semantics.model import Caller, EffectiveAccess, Request
from leastwise.semantics.within import decide_within, is_pattern
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_data import Json, data_of
from leastwise.source.span import locate, source_file
from leastwise.source.value import Chars, Mapping, Scalar, Sequence, Text, Value

Verdict: TypeAlias = Literal["Allowed", "ImplicitlyDenied", "ExplicitlyDenied"]
Id: TypeAlias = str | int
T = TypeVar("T")

MAX_CASE_BYTES = 2 * 1024 * 1024
"""Of one line; all policies that AWS lets one request meet stay below."""
_MAX_STRING = 16_384
"""Of one string of a request, in characters; an ARN has 2,048 at most."""
_MAX_DEPTH = 64
_REMEMBERED = 4096
_SHORT = 16_384
"""What is remembered is short, so that hostile input cannot fill the memory."""


class Case(NamedTuple):
    """Hold one case as the evaluator reads it."""

    id: Id
    request: Request
    access: EffectiveAccess
    notes: tuple[str, ...] = ()


class Answered(NamedTuple):
    """Answer a case; ``notes`` say what was read otherwise than it stands there."""

    id: Id
    result: Verdict
    notes: tuple[str, ...] = ()


class Refused(NamedTuple):
    """Say why a case could not be read; ``id`` is its own, or its number."""

    id: Id
    error: str


_WORDS: dict[str, Verdict] = {
    "allowed": "Allowed",
    "implicitly-denied": "ImplicitlyDenied",
    "explicitly-denied": "ExplicitlyDenied",
}


def answer(line: bytes, number: int) -> Answered | Refused:
    """Decide the case of one line; ``number`` serves a case without an id."""
    case = read_case(line, number)
    if isinstance(case, Refused):
        return case
    judge = decide_within if is_pattern(case.request) else decide
    return Answered(case.id, _WORDS[judge(case.request, case.access).outcome], case.notes)


def read_case(line: bytes, number: int) -> Case | Refused:
    """Read one case; what is wrong with it is said in one sentence."""
    data = data_of(line)
    if isinstance(data, Diagnostic):
        place = locate(source_file("", line), data.span)
        return Refused(number, f"{data.message} (column {place.start_column})")
    found: Id = number
    try:
        fields = _Fields(_object(data, "the case"), "", [])
        found = _id(fields.get("id"), number)
        return Case(found, *_request_and_access(fields), tuple(fields.notes))
    except _NotACaseError as problem:
        return Refused(found, str(problem))


class _NotACaseError(Exception):
    """Carry what is wrong with a case out of the nested calls; never leaves this module."""


class _Fields(NamedTuple):
    """Hold one object of the case, the path that leads to it, and what is to be told of it."""

    values: dict[str, Json]
    path: str
    notes: list[str]

    def get(self, *names: str) -> Json:
        """Return the first of the names that has a value; null is none."""
        for name in names:
            value = self.values.get(name)
            if value is not None:
                return value
        return None

    def name(self, *names: str) -> str:
        """Spell the path of the name that ``get`` found."""
        found = next((n for n in names if self.values.get(n) is not None), names[0])
        return f"{self.path}.{found}" if self.path else found


_POLICY_FIELDS = frozenset(
    {"identityPolicies", "serviceControlPolicies", "resourceControlPolicies"}
    | {"resourcePolicy", "sessionPolicy", "endpointPolicies"}
)


def _request_and_access(case: _Fields) -> tuple[Request, EffectiveAccess]:
    for name in case.values.keys() - _POLICY_FIELDS:
        if "polic" in name.lower() and case.values[name] is not None:
            raise _NotACaseError(f"{name!r} is not a field of a case: its policies would be lost")
    if case.get("additionalSettings"):
        raise _NotACaseError("'additionalSettings' is not modelled")
    request, account = _request(case)
    kind: PolicyKind = "trust" if _assumes_role(request) else "resource"
    access = EffectiveAccess(
        identity=_policies(case, "identity", "identityPolicies"),
        boundary=_policies(case, "boundary", "boundaries", "permissionBoundaries") or None,
        session=_one_policy(case, "session", "sessionPolicy"),
        scps=_levels(case, "scp", "scps", "serviceControlPolicies"),
        rcps=_levels(case, "rcp", "rcps", "resourceControlPolicies"),
        endpoint=_policies(case, "endpoint", "endpointPolicies") or None,
        resource=next(iter(_one_policy(case, kind, "resourcePolicy") or ()), None),
        resource_account=account,
    )
    return request, access


def _object(value: Json, path: str) -> dict[str, Json]:
    if isinstance(value, dict):
        return value
    raise _NotACaseError(f"{path} is not an object")


def _string(value: Json, path: str) -> str:
    if not isinstance(value, str) or not value:
        raise _NotACaseError(f"{path} is {'not a string' if value else 'missing'}")
    if len(value) > _MAX_STRING:
        raise _NotACaseError(f"{path} is longer than {_MAX_STRING} characters")
    return value


def _items(value: Json, path: str) -> list[Json]:
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise _NotACaseError(f"{path} is not a list")


def _id(value: Json, number: int) -> Id:
    if value is None:
        return number
    if isinstance(value, str | int) and not isinstance(value, bool):
        return value
    raise _NotACaseError("id is neither a string nor an integer")


def _request(case: _Fields) -> tuple[Request, str | None]:
    """Return the request, and the account that owns its resource."""
    fields = _Fields(_object(case.get("request"), "request"), "request", case.notes)
    action = _string(fields.get("action"), "request.action")
    if not all(action.partition(":")):
        raise _NotACaseError(f"request.action {action!r} is not of the form service:Action")
    resource, account = _resource(fields)
    caller = _caller(_string(fields.get("principal"), "request.principal"))
    request = Request(caller, action, resource, _context(fields))
    return request, account or account_in(resource) or account_in(caller.name) or None


def _resource(request: _Fields) -> tuple[str, str | None]:
    value = request.get("resource")
    account = request.get("resourceAccount")
    path = "request.resource"
    if isinstance(value, dict):
        account = value.get("accountId") or account
        value, path = value.get("resource"), f"{path}.resource"
    resource = _string(value, path)
    if account is not None:
        return resource, _string(account, "the account of request.resource")
    return resource, None


def _caller(name: str) -> Caller:
    """Tell what kind of principal a name is, by its form; cases call services by any word."""
    if name in ("anonymous", "*"):
        return Caller("*", "*")
    caller = caller_of(name)
    is_service = caller.type == "AWS" and not name.startswith("arn:")
    return Caller("Service", name) if is_service else caller


def _assumes_role(request: Request) -> bool:
    """Tell whether the policy of the resource is a role's trust policy."""
    service, _, _ = request.action.partition(":")
    parts = request.resource.split(":", 5)
    return service.lower() == "sts" and len(parts) == 6 and parts[5].startswith("role/")


def _context(request: _Fields) -> tuple[tuple[str, tuple[str, ...]], ...]:
    names = ("context", "contextVariables")
    path = request.name(*names)
    given = request.get(*names)
    found: dict[str, tuple[str, ...]] = {}
    for key, value in _object(given, path).items() if given is not None else ():
        if key.lower() in found:
            raise _NotACaseError(f"{path} has the key {key!r} twice, case aside")
        items = value if isinstance(value, list) else [value]
        found[key.lower()] = tuple([_context_value(item, f"{path}[{key!r}]") for item in items])
    return tuple(sorted(found.items()))


def _context_value(value: Json, path: str) -> str:
    """Spell a value as AWS does: ``true``, ``5``."""
    if isinstance(value, str):
        return _string(value, path) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    raise _NotACaseError(f"{path} is not a string or a list of strings")


def _policies(case: _Fields, kind: PolicyKind, *names: str) -> tuple[Policy, ...]:
    path = case.name(*names)
    return _each(case.get(*names), path, lambda item, at: _policy(item, kind, (at, case.notes)))


def _each(value: Json, path: str, read: Callable[[Json, str], T]) -> tuple[T, ...]:
    return tuple([read(item, f"{path}[{i}]") for i, item in enumerate(_items(value, path))])


def _one_policy(case: _Fields, kind: PolicyKind, name: str) -> tuple[Policy, ...] | None:
    value = case.get(name)
    return None if value is None else (_policy(value, kind, (name, case.notes)),)


def _levels(case: _Fields, kind: PolicyKind, *names: str) -> tuple[tuple[Policy, ...], ...]:
    def one(value: Json, path: str) -> Policy:
        return _policy(value, kind, (path, case.notes))

    def level(value: Json, path: str) -> tuple[Policy, ...]:
        if isinstance(value, dict) and "policies" in value:
            inner = f"{path}.policies"
            return _each(value["policies"], inner, one)
        return (one(value, path),)

    return _each(case.get(*names), case.name(*names), level)


def _policy(value: Json, kind: PolicyKind, at: tuple[str, list[str]]) -> Policy:
    path, notes = at
    data = _object(value, path)
    if "policy" in data:
        path = f"{path}.policy"
        data = _object(data["policy"], path)
    try:
        spelled = json.dumps(data, default=str)
    except RecursionError:
        raise _NotACaseError(f"{path} is nested too deep") from None
    lower = _remembered if len(spelled) < _SHORT else _lowered
    read = lower(kind, spelled)
    if read.policy is None:
        raise _NotACaseError(f"{path}: {read.problem}")
    notes += [f"{path}: {note}" for note in read.notes]
    return read.policy


class _Lowered(NamedTuple):
    """Hold a policy, or what is wrong with it, and how it was read otherwise than it stands."""

    policy: Policy | None
    problem: str = ""
    notes: tuple[str, ...] = ()


def _lowered(kind: PolicyKind, spelled: str) -> _Lowered:
    meant = as_meant(json.loads(spelled), kind)
    data = meant.policy
    # Where a trust policy names the role as Resource, it is taken as said.
    read_as: PolicyKind = "resource" if kind == "trust" else kind
    document = lower_plain(data, read_as) if isinstance(data, dict) else None
    if document is None:
        found = lower_document(_value(data, 0), read_as, scope=kind)
        if found.diagnostics:
            problem = found.diagnostics[0]
            return _Lowered(None, f"{problem.message} ({problem.remedy})")
        document = found.document
    return _Lowered(Policy(kind, "", kind, document, "concrete", None), notes=meant.notes)


# The same policy often comes again, with another request.
_remembered = lru_cache(maxsize=_REMEMBERED)(_lowered)


def _value(data: Json, depth: int) -> Value:
    """Turn JSON data into a value; it has no places to point at."""
    if depth > _MAX_DEPTH:
        raise _NotACaseError(f"a policy is nested more than {_MAX_DEPTH} levels deep")
    match data:
        case str():
            return _text(data)
        case list():
            return Sequence(tuple([_value(item, depth + 1) for item in data]))
        case dict():
            entries = [(_text(key), _value(item, depth + 1)) for key, item in data.items()]
            return Mapping(tuple(entries))
        case _:
            return Scalar(data)


def _text(chars: str) -> Text:
    return Text((Chars(chars),) if chars else ())
