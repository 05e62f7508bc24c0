"""Know OpenID Connect issuers: who signs for whom, and how their claims name tenants.

The facts are a table with its sources, ``data/oidc_issuers.json``. An issuer is *shared* when it
signs tokens for every customer of it, so that only claims tell its tenants apart; *own* when its
address is the tenant's. An issuer that the table does not know is taken for its owner's own
(https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
has those that AWS knows to be shared).
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from leastwise.semantics.globs import glob_of
from leastwise.semantics.pattern import Glob, accepts

Form: TypeAlias = Literal["pipeline", "kubernetes", "cognito"]
Templates: TypeAlias = Mapping[str, tuple[str, ...]]
"""Values of claims by claim, ``<word>`` for a name; no value: tokens do not carry the claim."""

_TABLE = Path(__file__).parent.parent / "data" / "oidc_issuers.json"
_NONE: Templates = MappingProxyType({})


class Issuer(NamedTuple):
    """Hold what is known of an issuer.

    ``who`` holds its tokens; ``tenant``, ``project`` and ``part`` are what it calls its customers
    and what lies within them, empty where claims do not tell. ``claims`` are those beside
    ``aud``, ``sub`` and ``amr`` that AWS tests. ``stranger`` are the claims of another tenant, of
    which ``person`` name the one who started it. Each of ``anywhere`` are those of a project, each
    of ``anyhow`` of a part, that nobody names; together they are the whole of them.
    """

    name: str
    is_shared: bool
    form: Form = "pipeline"
    who: str = "any identity"
    tenant: str = "tenant"
    project: str = ""
    part: str = ""
    claims: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    stranger: Templates = _NONE
    anywhere: tuple[Templates, ...] = ()
    anyhow: tuple[Templates, ...] = ()


class _Row(NamedTuple):
    """Hold one row of the table: globs over the addresses of issuers, and over subjects."""

    shared: tuple[Glob, ...]
    own: tuple[Glob, ...]
    subject: Glob | None
    issuer: Issuer


UNKNOWN = Issuer("", is_shared=False)
"""Stands for issuers that the table does not know."""


def issuer_of(provider: str, subjects: Iterable[str] = ()) -> Issuer:
    """Find an issuer by its address without scheme, else by the subjects that a policy expects.

    Whoever signs for subjects of a known form at an unknown address is an own instance of it.
    """
    name = provider.lower()
    for row in _table():
        if any(accepts(glob, (name,)) for glob in row.shared):
            return row.issuer._replace(is_shared=True)
        if any(accepts(glob, (name,)) for glob in row.own):
            return row.issuer
    for subject in subjects:
        for row in _table():
            if row.subject is not None and accepts(row.subject, (subject,)):
                return row.issuer
    return UNKNOWN


def names_issuer(provider: str) -> bool:
    """Say whether the part of a condition key before the claim can be the address of an issuer."""
    host = provider.partition("/")[0]
    return "." in host and " " not in provider


@cache
def _table() -> tuple[_Row, ...]:
    """Read the table.

    Raises:
        ValueError: a form that nobody knows (a bug of the package, never of the input).

    """
    data: dict[str, Any] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return tuple(map(_row, data["issuers"]))


def _row(data: Mapping[str, Any]) -> _Row:
    subject = data.get("subject")
    return _Row(
        tuple(map(glob_of, data.get("shared", ()))),
        tuple(map(glob_of, data.get("own", ()))),
        None if subject is None else glob_of(subject),
        _issuer(data),
    )


def _issuer(data: Mapping[str, Any]) -> Issuer:
    form: Form = data.get("form", "pipeline")
    if form not in get_args(Form):
        raise ValueError(f"an issuer of the form {form!r}")
    return Issuer(
        name=data["name"],
        is_shared=False,
        form=form,
        who=data["who"],
        tenant=data["tenant"],
        project=data.get("project", ""),
        part=data.get("part", ""),
        claims=tuple(data.get("claims", ())),
        person=tuple(data.get("person", ())),
        stranger=_templates(data.get("stranger", {})),
        anywhere=tuple(map(_templates, data.get("anywhere", ()))),
        anyhow=tuple(map(_templates, data.get("anyhow", ()))),
    )


def _templates(data: Mapping[str, list[str]]) -> Templates:
    return MappingProxyType({claim: tuple(values) for claim, values in data.items()})
