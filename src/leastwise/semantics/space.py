"""Describe the requests that AWS can make: which resources and which keys go with an action.

The *typed* space, in which rules ask. From the Service Authorization Reference come the ARN
formats and the condition keys of an action; an action that is not in it may carry any key and
name any ARN. Global keys follow
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html.

Approximations:

- Partitions and accounts of ARNs are those that the documents, the question and the caller
  mention; IAM's own resources lie in the caller's account, but for roles to be assumed.
- A symbol in a Resource is taken to name something of a type that the action has.
- Times are not before the date of the pinned data.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy
from leastwise.semantics.actions import ActionInfo, carries
from leastwise.semantics.automaton import Clause, join_tokens
from leastwise.semantics.effort import Effort
from leastwise.semantics.holder import Holder
from leastwise.semantics.model import RequestPattern
from leastwise.semantics.pattern import (
    FRESH,
    Pieces,
    Token,
    Tokens,
    Wild,
    arn_segments,
    arn_tokens,
    compile_glob,
    globs_of,
    tokenize,
)
from leastwise.source.value import Symbol

Presence: TypeAlias = Literal["always", "never", "free"]

TIMES = frozenset({"aws:currenttime", "aws:epochtime", "aws:tokenissuetime"})
_ALWAYS = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principaltype",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:useragent",
        "aws:userid",
        "aws:viaawsservice",
    }
)
DOMAINS: dict[str, tuple[str, ...]] = {
    "aws:multifactorauthpresent": ("true", "false"),
    "aws:principalisawsservice": ("false",),
    "aws:securetransport": ("true", "false"),
    "aws:viaawsservice": ("false", "true"),
}
"""Keys with few values: callers here are no AWS services, the others are booleans."""
SEVERAL = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:tagkeys",
        "sts:requestcontextproviders",
        "sts:transitivetagkeys",
    }
)
"""Multivalued keys among the global ones and those of IAM and STS."""
_PER_ACTION = ("aws:requesttag/", "aws:resourcetag/")
_OF_CREDENTIALS = frozenset(
    {
        "ec2:roledelivery",
        "ec2:sourceinstancearn",
        "glue:credentialissuingservice",
        "glue:rolearn",
        "identitystore:userid",
        "lambda:sourcefunctionarn",
        "ssm:sourceinstancearn",
        "sts:sourceidentity",
    }
)
"""Keys that credentials bring to requests of every service."""


class Mentions(NamedTuple):
    """Hold the partitions and accounts that texts spell, as pieces, in order."""

    partitions: tuple[Pieces, ...] = ()
    accounts: tuple[Pieces, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """Hold what is fixed about the requests of one question.

    ``strict`` leaves out requests whose credentials are unusual for the caller (a user's
    session token), so that what is found needs none. ``universal``: the question is about all
    requests, so accounts that nothing mentions count too. ``wide``: symbols in the question
    stand for whatever their globs match. ``closed``: only actions that are known, or that the
    question spells. ``typed``: resources and keys fit the action; else any go with any.
    ``excluded`` is the bit set of known actions that are left out.
    """

    question: RequestPattern
    holder: Holder
    trust: bool
    mentions: Mentions
    as_of: str
    strict: bool = False
    universal: bool = False
    wide: bool = False
    closed: bool = False
    typed: bool = True
    excluded: int = 0
    effort: Effort = field(default_factory=Effort)
    memory: dict[object, object] = field(default_factory=dict, init=False, repr=False)

    def required(self, key: str) -> tuple[Pattern, ...] | None:
        """Return the alternatives the question demands of a key, None when it demands none."""
        for name, patterns in self.question.context:
            if name.lower() == key:
                return patterns
        return None

    def absent(self, key: str) -> bool:
        """Tell whether the question demands that requests do not carry the key."""
        return any(n.lower() == key and p is None for n, p in self.question.context)


@lru_cache(maxsize=4096)
def mentions_of(policy: Policy) -> Mentions:
    """Collect partitions and accounts from the Resource elements of a policy."""
    found = [
        mentioned(pattern.pieces)
        for statement in policy.document.statements
        if statement.resources is not None
        for pattern in statement.resources.globs
    ]
    return merged(found)


def merged(found: "list[Mentions]") -> Mentions:
    """Put mentions together, each once."""
    return Mentions(
        tuple(dict.fromkeys(p for m in found for p in m.partitions)),
        tuple(dict.fromkeys(a for m in found for a in m.accounts)),
    )


def mentioned(pieces: Pieces) -> Mentions:
    """Return the partition and the account of an ARN pattern where it spells them."""
    return _mentioned(pieces, globs_of(pieces))


@lru_cache(maxsize=8192)
def _mentioned(pieces: Pieces, globs: tuple[str, ...]) -> Mentions:
    # INVARIANT: a cached row stands for symbols of the same globs (``globs`` is in the key).
    del globs
    segments = arn_segments(tokenize(pieces) or ())
    if len(segments) < 6 or segments[0] != list("arn"):
        return Mentions()
    partition, account = _spelled(segments[1]), _spelled(segments[4])
    return Mentions((partition,) if partition else (), (account,) if account else ())


def _spelled(tokens: list[Token]) -> Pieces | None:
    if not tokens or not all(isinstance(t, str | Symbol) for t in tokens):
        return None
    return join_tokens(tokens)


def resource_space(space: Space, action: str, known: ActionInfo | None) -> tuple[Clause, ...]:
    """Return the resources that requests of an action can name, one clause per type."""
    if not space.typed:
        return (_ANYTHING,)
    if known is None:
        service = action.partition(":")[0].lower()
        return _formats(_named(space), (f"arn:?*:{service}:*:*:?*", "arn:?*:?*:*:*:?*"))
    if not known.arn_formats:
        return (_NO_RESOURCE,)
    return _formats(_named(space)._replace(abroad=_crosses(action)), known.arn_formats)


def _crosses(action: str) -> bool:
    """Tell whether an action names IAM's resources of other accounts: roles are assumed there."""
    return action.lower().startswith("sts:")


_NO_RESOURCE = Clause((compile_glob(("*",)),))
# INVARIANT: generous, so that a resource may begin with a symbol.
_ANYTHING = Clause((compile_glob((Wild.ONE, Wild.MANY), generous=True),))


class _Named(NamedTuple):
    """Hold what tells which partitions and accounts the ARNs of a space have.

    Of who asks that is the account alone, so that thousands of one account share what follows.
    """

    mentions: Mentions
    own: Pieces | None
    universal: bool
    abroad: bool = False


def _named(space: Space) -> _Named:
    return _Named(space.mentions, space.holder.keys().get("aws:principalaccount"), space.universal)


@lru_cache(maxsize=4096)
def _formats(space: _Named, formats: tuple[str, ...]) -> tuple[Clause, ...]:
    clauses = []
    for text in sorted(formats, key=len):
        rows = dict.fromkeys(arn_tokens(row, crossing=False) for row in _rows(space, text))
        clauses.append(Clause(tuple(compile_glob(row, generous=True) for row in rows)))
    return tuple(clauses)


def _rows(space: _Named, text: str) -> list[Tokens]:
    parts = text.split(":", 5)
    if len(parts) < 6:
        return [tokenize((text,)) or ()]
    partitions = (space.mentions.partitions or (("aws",),)) if parts[1] == "?*" else ((parts[1],),)
    free: tuple[Pieces, ...] = ((parts[4],),)
    accounts = _accounts(space, parts[2]) if parts[4] == "?*" else free
    rows = []
    for partition in partitions:
        for account in accounts:
            pieces: Pieces = ("arn:", *partition, f":{parts[2]}:{parts[3]}:", *account)
            rows.append(tokenize((*pieces, ":" + parts[5])) or ())
    return rows


def _accounts(space: _Named, service: str) -> tuple[Pieces, ...]:
    own = space.own
    known_own = own is not None and not any(isinstance(p, Symbol) for p in own)
    if service == "iam" and own is not None and known_own and not space.abroad:
        return (own,)
    known = tuple(dict.fromkeys(((own,) if own else ()) + space.mentions.accounts))
    numbers = [account for account in known if account != ("aws",)]
    if not numbers or (space.universal and (service != "iam" or space.abroad)):
        return (*known, ("?" * 12,))
    return known


def holds_several(key: str) -> bool:
    """Tell whether a key can hold more than one value; keys of other services may."""
    return key in SEVERAL or not key.startswith(("aws:", "iam:", "sts:"))


class Asked(NamedTuple):
    """Hold the action and the caller of a request whose keys are asked for.

    ``exact``: the caller is that one, and not an example of many.
    """

    action: str
    known: ActionInfo | None
    caller_type: str
    caller: Pieces
    exact: bool = True


def presence(space: Space, key: str, asked: Asked) -> Presence:
    """Say whether requests carry a condition key (lower case)."""
    if space.absent(key):
        return "never"
    if space.required(key) is not None:
        return "always"
    holder = space.holder.keys()
    if key in holder:
        return "never" if holder[key] is None else "always"
    if not space.typed:
        return "free"
    if key == "aws:tokenissuetime":
        return _token_issue_time(space)
    if key in _ALWAYS:
        return "always"
    if "." in key.rpartition(":")[0]:
        return _provider_key(space, key, asked)
    if key in _OF_CREDENTIALS or asked.known is None:
        return "free"
    if key.startswith("aws:") and not key.startswith(_PER_ACTION) and key != "aws:tagkeys":
        return "free"
    return "free" if carries(asked.known, key) else "never"


def _token_issue_time(space: Space) -> Presence:
    """Role sessions always carry it; a user's requests only with a session token."""
    if space.holder.kind in ("role", "permission-set"):
        return "always"
    if space.holder.kind in ("user", "group") and space.strict:
        return "never"
    return "free"


def _provider_key(space: Space, key: str, asked: Asked) -> Presence:
    """Claims of an identity provider: ``sub`` and ``aud`` are in every token of its own.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    """
    if not space.trust:
        return "free"
    if asked.action.lower() != "sts:assumerolewithwebidentity":
        return "never"
    provider, _, claim = key.rpartition(":")
    caller = "".join(p for p in asked.caller if isinstance(p, str))
    written = caller.rpartition("oidc-provider/")[2].lower()
    if "." in written and FRESH not in written and written != provider:
        return "never"
    return "always" if claim in ("sub", "aud") else "free"
