"""Say who is an administrator: who may do everything that anybody in the account may.

An administrator's own policies allow every action on every resource, but for conditions that its
requests always meet. A Deny of its own, or a boundary, that takes anything away makes it none,
however little that is: whether it can get it back (by a role of its making, by deleting the Deny)
is a question of paths, which the graph answers.

Service control policies take from everybody in the account alike, so what they take makes nobody
less of an administrator; but those that spare some callers do make one of the others:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
"""

from dataclasses import replace
from functools import lru_cache

from leastwise.graph.gains.best import is_of_caller
from leastwise.graph.gains.granted import is_blanket, union, widest
from leastwise.graph.gains.signatures import Alike, alike
from leastwise.iam.policy import Pattern, Patterns, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.access import allows_all
from leastwise.semantics.actions import action_index
from leastwise.semantics.known import known_part
from leastwise.semantics.model import Certainty, EffectiveAccess, RequestPattern

_OVER_TLS = ("aws:securetransport", (Pattern(("true",)),))
"""Every call of the SDKs is made over TLS. A second factor is not always there."""
_EVERYTHING = RequestPattern(context=(_OVER_TLS,))
_ANY = Patterns((Pattern(("*",)),))
_FULL = Statement("Allow", _ANY, _ANY)


def admin(access: EffectiveAccess) -> Certainty:
    """Say whether an access is that of an administrator.

    ``possible``: under some outcomes of what is not known. A policy that is not in view takes
    nothing away; a boundary that is not in view takes everything.
    """
    return _admin(alike(access))


def holds_everything(access: EffectiveAccess) -> bool:
    """Say whether an access surely allows everything, service control policies included."""
    return _holds_everything(alike(access))


@lru_cache(maxsize=16384)
def _holds_everything(one: Alike) -> bool:
    return _asked(one.access) == "proven"


@lru_cache(maxsize=16384)
def _admin(one: Alike) -> Certainty:
    rows = (row for level in one.access.scps if (row := _personal(level)))
    return _asked(one.access._replace(scps=tuple(rows), rcps=()))


def _asked(access: EffectiveAccess) -> Certainty:
    if access.identity and _lacks_actions(access):
        return "no"
    if _is_plain(access):
        return "proven"
    known = access._replace(identity=tuple(map(known_part, access.identity)), open=False)
    return allows_all(known, _EVERYTHING).certainty


def _lacks_actions(access: EffectiveAccess) -> bool:
    """Tell quickly that a layer allows some known action nowhere: so it is of most accesses."""
    everything = action_index().everything
    rows = (access.identity, access.boundary, access.session)
    return any(row is not None and _allowed(row) != everything for row in rows)


def _allowed(row: tuple[Policy, ...]) -> int:
    if any(policy.document.opaque is not None for policy in row):
        return action_index().everything
    return union(widest(s) for p in row for s in p.document.statements if s.effect != "Deny")


def _is_plain(access: EffectiveAccess) -> bool:
    """Tell quickly that one statement allows everything, and nothing takes anything away."""
    layers = access._replace(identity=(), open=False, caller_kind=None, caller_arn=None)
    if layers != EffectiveAccess():
        return False
    rows = [s for p in access.identity for s in p.document.statements]
    return all(s.effect == "Allow" for s in rows) and any(map(_is_everything, rows))


def _is_everything(statement: Statement) -> bool:
    actions = statement.actions
    return is_blanket(statement) and not actions.negated and _ANY.globs[0] in actions.globs


def _personal(level: tuple[Policy, ...]) -> tuple[Policy, ...]:
    """Return what one level of an organization takes from some callers only, if anything."""
    found = (_only_personal(policy) for policy in level)
    return tuple(policy for policy in found if len(policy.document.statements) > 1)


@lru_cache(maxsize=4096)
def _only_personal(policy: Policy) -> Policy:
    denies = (s for s in policy.document.statements if s.effect == "Deny")
    kept = tuple(s for s in denies if any(map(is_of_caller, s.conditions)))
    document = replace(policy.document, statements=(_FULL, *kept), opaque=None)
    return replace(policy, document=document)
