"""Read policy documents that stand alone in a file, or in what an AWS CLI command printed."""

from leastwise.frontends.iam_json.files.contents import Found, Path
from leastwise.frontends.iam_json.reading.uri import decode_uri, is_encoded
from leastwise.iam.kinds import kind_of
from leastwise.iam.lower import lower_document, pattern_of
from leastwise.iam.policy import PolicyKind
from leastwise.iam.project import Consumption, Policy, Resource
from leastwise.iam.resolution import resolution_of
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Mapping, Sequence, Symbol, Text, Unknown, Value

# Documents that grant nothing on their own.
_LIMITS: frozenset[PolicyKind] = frozenset({"boundary", "session", "scp", "rcp", "endpoint"})


def value_at(value: Value, path: Path) -> Value | None:
    """Follow keys and indexes; None where the way ends."""
    current: Value | None = value
    for step in path:
        match current:
            case Mapping() if isinstance(step, str):
                current = current.get(step)
            case Sequence() if isinstance(step, int) and step < len(current.items):
                current = current.items[step]
            case _:
                return None
    return current


def spelled(path: Path) -> str:
    """Spell a way as an attribute, as in ``[0].PolicyVersion.Document``; the top is ``policy``."""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(parts).removeprefix(".") or "policy"


def decoded(value: Value, path: str, diagnostics: list[Diagnostic]) -> Value:
    """Decode a document that is a string: URL-encoded, then JSON; note what is wrong with it."""
    if not isinstance(value, Text):
        return value
    text = decode_uri(value, path) if is_encoded(value.literal or "") else value
    parsed = text if isinstance(text, Diagnostic) else parse_json(text, path=path)
    if isinstance(parsed, Diagnostic):
        diagnostics.append(parsed)
        place = span_of(value) or Span(path, 0, 0)
        symbol = Symbol(f"{path}|unreadable|{place.start}", "policy")
        return Unknown(symbol, parsed.message, place, parsed)
    return parsed


def read_document(
    value: Value,
    found: Found,
    *,
    path: str,
    entered_as: PolicyKind | None,
    diagnostics: list[Diagnostic],
) -> Policy:
    """Read the document ``found`` in the value of the file ``path``."""
    inner = decoded(value_at(value, found.path) or value, path, diagnostics)
    kind = entered_as or found.kind or kind_of(inner)
    consumption: Consumption = "ignored" if kind in _LIMITS else "raw"
    lowered = lower_document(inner, kind, scope=path)
    diagnostics += lowered.diagnostics
    return Policy(
        address=path,
        attribute=spelled(found.path),
        kind=kind,
        document=lowered.document,
        resolution=resolution_of(inner, lowered.document),
        span=span_of(inner),
        consumption=consumption,
        value=inner,
    )


def resource_of(value: Value, found: Found, policy: Policy) -> Resource | None:
    """Return the resource whose policy a document is, where the output says its ARN."""
    arn = value_at(value, found.arn) if found.arn else None
    if not isinstance(arn, Text) or not arn.literal or policy.kind != "resource":
        return None
    service = arn.literal.split(":", 3)[2:3]
    return Resource(
        address=arn.literal,
        type="".join(service),
        arn=pattern_of(arn),
        span=span_of(arn),
        policy=policy,
    )
