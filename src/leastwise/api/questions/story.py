"""Put a verdict into words: who says yes, who says no, what is missing, what was not in view."""

from collections.abc import Iterator

from leastwise.api.questions.can import Verdict
from leastwise.api.questions.citing import citable, citation, reasons_of
from leastwise.api.questions.misses import (
    applies,
    denials,
    near_misses,
    own_lack,
    possible_denials,
    silent,
)
from leastwise.iam.arns import account_of
from leastwise.iam.organization import FULL_ACCESS
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy
from leastwise.reporters.story import Cited, Story, Verb
from leastwise.semantics.actions import info
from leastwise.semantics.evaluation import UNSEEN
from leastwise.semantics.explain import explain
from leastwise.semantics.keys import spell_key, written_keys
from leastwise.semantics.model import Deciding
from leastwise.semantics.paths import layers_of

MOST_ENDINGS = 3
_NO_SCPS = "service control policies, which could deny it (no tree says which apply)"
_MORE_SCPS = "further service control policies, which could deny it"


def story_of(verdict: Verdict, *, with_endings: bool = True) -> Story:
    """Return a verdict as it is told; what would end the access takes a search of its own."""
    ruling, answer = verdict.ruling, verdict.ruling.answer
    allowed = ruling.outcome != "not-allowed"
    written = written_keys((*answer.deciding, *(s.deciding for s in verdict.standings)))
    return Story(
        outcome=ruling.outcome,
        sentence=sentence(verdict),
        principal=verdict.requester.words,
        action=verdict.question.action,
        resource=verdict.target.words,
        witness=answer.witness if allowed else None,
        cited=tuple(_cited(verdict)),
        lacking=() if allowed else tuple(_lacking(verdict)),
        needs=tuple((spell_key(key, written), values) for key, values in ruling.deciding_keys),
        reasons=_reasons(verdict),
        endings=_endings(verdict) if with_endings and ruling.outcome == "allowed" else (),
        notes=verdict.notes,
        not_in_view=tuple(_unseen(verdict)),
        written=written,
    )


def sentence(verdict: Verdict) -> str:
    """Say the outcome in one sentence, without a full stop."""
    who, action = verdict.requester.words, verdict.question.action
    on = verdict.target.words
    asked = f"{action} on {on}"
    some = is_about_some(verdict)
    if verdict.outcome == "not-allowed":
        return f"{who} can make no request of {asked}" if some else f"{who} can't {asked}"
    words = f"{who} can make some request of {asked}" if some else f"{who} can {asked}"
    if verdict.outcome == "allowed":
        return words
    if verdict.ruling.deciding_keys:
        return f"{words}, given context that the question leaves out"
    return f"it is not settled whether {words}"


def is_about_some(verdict: Verdict) -> bool:
    """Say whether the question leaves the action or the resource open."""
    action, asked = verdict.question.action, verdict.target.patterns
    known = info(action)
    if known is not None and not known.supports_resource:
        return False
    wild = asked is None or any("*" in str(p) or "?" in str(p) for p in asked)
    return "*" in action or "?" in action or wild or not verdict.target.is_one


def _reasons(verdict: Verdict) -> tuple[str, ...]:
    if verdict.outcome != "depends":
        return ()
    return tuple(dict.fromkeys(reasons_of(verdict.ruling.answer)))


def _cited(verdict: Verdict) -> Iterator[Cited]:
    answer, holder = verdict.ruling.answer, verdict.requester.principal
    if verdict.outcome != "not-allowed":
        for deciding in citable(answer):
            yield _citation(verdict, deciding, "allows", "allows it")
        yield from possible_denials(verdict.standings, holder)
        return
    denying = list(denials(verdict.standings, holder))
    yield from denying
    if not denying:
        yield from near_misses(verdict.standings, holder)
        yield from _silent_boundary(verdict)
    for standing in verdict.standings:
        if applies(standing) and standing.deciding.policy is not FULL_ACCESS:
            yield _citation(verdict, standing.deciding, "allows", "allows it")


def _silent_boundary(verdict: Verdict) -> Iterator[Cited]:
    spoken = {s.deciding.layer for s in verdict.standings if s.statement.effect == "Allow"}
    if "boundary" not in spoken:
        boundary = verdict.access.boundary or ()
        holder = verdict.requester.principal
        yield from silent("boundary", boundary, holder, verdict.question.action)


def _lacking(verdict: Verdict) -> Iterator[str]:
    """Say which layers have no statement that allows the request."""
    if any(s.statement.effect == "Deny" and s.truth for s in verdict.standings):
        return
    allowing = {s.deciding.layer for s in verdict.standings if applies(s)}
    if verdict.requester.principal is None:
        yield from _outside_lacks(verdict, bool(allowing))
        return
    if verdict.access.caller_kind is None:
        return
    spoken = {s.deciding.layer for s in verdict.standings}
    for layer, policies in layers_of(verdict.access):
        if layer in allowing:
            continue
        if layer == "identity":
            yield own_lack(policies, verdict.question.action)
        elif layer == "boundary" and layer in spoken:
            yield f"its permissions boundary {policies[0].address} does not allow it"
        elif layer == "resource":
            yield _resource_lacks(policies[0], identity_allows="identity" in allowing)
    if "identity" in allowing and _is_abroad(verdict):
        yield f"{verdict.question.action} is only ever made in the caller's own account"


def _is_abroad(verdict: Verdict) -> bool:
    """Say whether an IAM resource of another account is asked about: no caller can name it."""
    principal, named = verdict.requester.principal, verdict.target.words
    own = None if principal is None else account_of(principal.arn)
    other = account_of(Pattern((named,))) if ":iam::" in named else None
    return other is not None and own is not None and own != other and verdict.carrier is None


def _outside_lacks(verdict: Verdict, allowing: bool) -> Iterator[str]:
    carrier = verdict.carrier
    if carrier is None:
        yield "nothing in view that this concerns carries a policy, which could let it in"
    elif not allowing:
        yield f"the policy of {carrier.address} does not let it in"


def _resource_lacks(policy: Policy, *, identity_allows: bool) -> str:
    if policy.kind == "trust":
        return f"the trust policy of {policy.address} does not let it in"
    if identity_allows:
        return f"the policy of {policy.address} must allow it too, and does not"
    return f"the policy of {policy.address} does not let it in either"


def _unseen(verdict: Verdict) -> Iterator[str]:
    yield from verdict.unseen
    for _, policies in layers_of(verdict.access):
        for policy in policies:
            if policy.document.opaque is not None and policy is not UNSEEN:
                yield f"policy {policy.address}, or part of it: it may allow or deny more"
    if verdict.outcome == "allowed" and _is_bare(verdict):
        yield "a policy of the resource itself, should it have one"
    if verdict.access.open:
        yield "further policies that the principal may hold"
    asked = verdict.requester.principal is not None and verdict.access.caller_kind is not None
    if verdict.outcome != "not-allowed" and asked:
        yield _MORE_SCPS if verdict.access.scps else _NO_SCPS


def _is_bare(verdict: Verdict) -> bool:
    """Say whether a resource was named that is not in the tree and may carry a policy."""
    named = verdict.target.words.split(":", 5)
    inside = verdict.requester.principal is not None and verdict.carrier is None
    return inside and verdict.target.is_one and named[0] == "arn" and named[2] != "iam"


def _endings(verdict: Verdict) -> tuple[tuple[Cited, ...], ...]:
    found = explain(verdict.access, verdict.ruling.pattern)
    # What AWS attaches by itself is in no file, and nobody ends one access by detaching that.
    found = tuple(e for e in found if all(d.policy is not FULL_ACCESS for d in e))
    return tuple(
        tuple(_citation(verdict, d, "allows", "") for d in ending)
        for ending in found[:MOST_ENDINGS]
    )


def _citation(verdict: Verdict, deciding: Deciding, verb: Verb, text: str) -> Cited:
    return citation(verdict.requester.principal, deciding, verb, text)
