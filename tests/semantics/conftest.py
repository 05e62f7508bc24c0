"""Build accesses and questions from policies as people write them.

``«var.bucket»`` in a string is a symbol; ``«account:?...»`` gives its glob after the colon.
"""

from types import SimpleNamespace

import pytest

from leastwise.iam.lower import lower_document
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy
from leastwise.semantics.access import allows, allows_all
from leastwise.semantics.decide import decide
from leastwise.semantics.model import (
    Caller,
    CallerPattern,
    EffectiveAccess,
    Request,
    RequestPattern,
)
from leastwise.source.value import Chars, Mapping, Scalar, Sequence, Symbol, Text


def symbol(marked):
    name, _, glob = marked.partition("|")
    return Symbol(name, name, glob or "*", name.startswith("data."))


def pieces(text):
    found, rest = [], text
    while "«" in rest:
        before, _, rest = rest.partition("«")
        name, _, rest = rest.partition("»")
        found += [before, symbol(name)]
    return tuple(p for p in (*found, rest) if p != "")


def pattern(text):
    return Pattern(pieces(text))


def value(data):
    if isinstance(data, dict):
        return Mapping(tuple((value(k), value(v)) for k, v in data.items()))
    if isinstance(data, list):
        return Sequence(tuple(value(v) for v in data))
    if isinstance(data, str):
        return Text(tuple(Chars(p) if isinstance(p, str) else p for p in pieces(data)))
    return Scalar(data)


def document(statements, kind="identity", version="2012-10-17"):
    data = statements if isinstance(statements, list) else [statements]
    whole = {"Version": version, "Statement": data} if version else {"Statement": data}
    return lower_document(value(whole), kind, scope="test").document


def policy(statements, kind="identity", version="2012-10-17"):
    if isinstance(statements, Policy):
        return statements
    found = statements if hasattr(statements, "opaque") else document(statements, kind, version)
    return Policy("test", "policy", kind, found, "concrete", None)


def access(*identity, boundary=None, trust=None, kind=None, arn=None, version="2012-10-17", **more):
    return EffectiveAccess(
        identity=tuple(policy(p, version=version) for p in identity),
        boundary=None if boundary is None else tuple(policy(b, "boundary") for b in boundary),
        trust=None if trust is None else policy(trust, "trust"),
        caller_kind=kind,
        caller_arn=None if arn is None else pattern(arn),
        **more,
    )


def ask(*actions, resources=None, principal=None, context=()):
    caller = None if principal is None else CallerPattern(principal[0], pattern(principal[1]))
    return RequestPattern(
        actions=actions or ("*",),
        resources=None if resources is None else tuple(pattern(r) for r in resources),
        principal=caller,
        context=tuple(
            (k, None if v is None else tuple(pattern(x) for x in v))
            for k, v in dict(context).items()
        ),
    )


def request(
    action, resource="*", context=(), principal=("AWS", "arn:aws:iam::123456789012:user/bob")
):
    keys = sorted(
        (k.lower(), (v,) if isinstance(v, str) else tuple(v)) for k, v in dict(context).items()
    )
    return Request(Caller(*principal), action, resource, tuple(keys))


@pytest.fixture(scope="session")
def iam():
    """Return the builders and the questions under one name."""
    return SimpleNamespace(
        access=access,
        allows=allows,
        allows_all=allows_all,
        ask=ask,
        decide=decide,
        document=document,
        pattern=pattern,
        pieces=pieces,
        policy=policy,
        request=request,
        symbol=symbol,
    )
