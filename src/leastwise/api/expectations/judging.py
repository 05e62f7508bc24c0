"""Judge access expectations on a project: each one holds, fails, or is not decided.

``can`` holds when every request of the pattern is allowed, ``cannot`` and ``nobody`` when none
is, ``within`` when the reference allows whatever the principal may do, ``public: never`` when
no policy in view lets a stranger in. What is only possible is not decided: never a pass.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from leastwise.api.carriers import Carrier, admits, parts_of
from leastwise.api.expectations.names import Bench, Scene, bench_of
from leastwise.api.expectations.parts import divided
from leastwise.api.expectations.reading import Expectation
from leastwise.api.expectations.refusals import has_requests, refused
from leastwise.iam.arns import account_of
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Principal
from leastwise.reporters.tested import Verdict
from leastwise.rules.hits import PointsAt
from leastwise.rules.model import Subject
from leastwise.semantics.access import BOUNDARY_NOT_IN_VIEW, allows, allows_all
from leastwise.semantics.callers import STRANGER
from leastwise.semantics.effective import access_of
from leastwise.semantics.holder import Holder
from leastwise.semantics.model import (
    Answer,
    Caller,
    Counterexample,
    EffectiveAccess,
    Proof,
    RequestPattern,
)
from leastwise.semantics.paths import policies_of
from leastwise.semantics.pattern import Pieces
from leastwise.semantics.valuation import is_concrete
from leastwise.source.diagnostic import Diagnostic

_NO = Answer("no")


class Breach(NamedTuple):
    """Say what speaks against an expectation, or keeps it from being decided.

    ``certain``: it fails; else it is not known whether it holds, and the reasons of ``answer``
    say why. ``answer`` has the witness and the statements that decide it.
    """

    certain: bool
    message: str
    subject: Subject
    answer: Answer
    principal: Principal | None = None
    points_at: PointsAt = "action"


class Result(NamedTuple):
    """Hold the verdict on one expectation."""

    expectation: Expectation
    verdict: Verdict
    breaches: tuple[Breach, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def judge(expectation: Expectation, scene: Scene) -> Result:
    """Judge one expectation."""
    judges: dict[str, Callable[[Bench], Iterator[Breach]]] = {
        "can": _can,
        "cannot": _cannot,
        "nobody": _nobody,
        "within": _within,
        "public": _public,
    }
    bench, problems = bench_of(expectation, scene)
    if problems:
        return Result(expectation, "unusable", problems=problems)
    breaches = tuple(judges[expectation.kind](bench))
    verdict: Verdict = "undecided" if breaches else "holds"
    if any(breach.certain for breach in breaches):
        verdict = "fails"
    return Result(expectation, verdict, tuple(map(_hinted, breaches)))


ACCOUNT_NOT_KNOWN = "the account is not known: give it in the file, under 'environment'"


def _hinted(breach: Breach) -> Breach:
    """Say what would help to decide, where the account of the caller may be in the way."""
    principal, answer = breach.principal, breach.answer
    if breach.certain or principal is None or answer.assumptions:
        return breach
    if account_of(principal.arn) is not None:
        return breach
    reasons = (*answer.reasons, ACCOUNT_NOT_KNOWN)
    return breach._replace(answer=answer._replace(certainty="possible", reasons=reasons))


# verdicts


def _who(principal: Principal) -> str:
    kind = "permission set" if principal.kind == "permission-set" else principal.kind
    return f"{kind} {principal.address}"


def _subject(principal: Principal) -> Subject:
    return Subject(principal.kind, principal.address)


def _cannot(bench: Bench) -> Iterator[Breach]:
    for principal in bench.principals:
        certain, answer = _some_request(access_of(principal), bench)
        if answer.certainty == "no":
            continue
        words = f"{_who(principal)} can {_asked(answer, bench)}"
        if not certain:
            words = f"it is not known whether {words}"
        yield Breach(certain, words, _subject(principal), answer, principal)


def _some_request(access: EffectiveAccess, bench: Bench) -> tuple[bool, Answer]:
    """Look for a request that is allowed; say whether it settles the question."""
    best, alone = _NO, None
    for one in divided(access, bench.pattern, bench.carriers, "some"):
        if one.carrier is not None and admits(one.carrier.policy, _caller(access)) is False:
            # Who is not named is allowed by the own policies or, by a trust policy, not at all.
            if one.carrier.policy.kind == "trust":
                continue
            if alone is None:
                alone = allows(access, bench.pattern)
            if alone.certainty == "no" and BOUNDARY_NOT_IN_VIEW not in alone.reasons:
                continue
        answer = allows(one.access, one.pattern)
        if answer.certainty == "proven" and one.exact:
            return True, answer
        if best.certainty == "no":
            best = _in_doubt(answer)
    return False, best


def _caller(access: EffectiveAccess) -> Pieces:
    return Holder(access.caller_kind, access.caller_arn).name


def _in_doubt(answer: Answer) -> Answer:
    """Take a no that rests on a boundary that is not in view for what it is: not known."""
    if answer.certainty == "no" and BOUNDARY_NOT_IN_VIEW in answer.reasons:
        return answer._replace(certainty="possible", reasons=("its boundary is not in view",))
    return answer


def _asked(answer: Answer, bench: Bench) -> str:
    witness = answer.witness
    if witness is not None:
        return f"{witness.action} on {witness.resource}"
    requests = bench.expectation.requests
    actions = ", ".join(a.text for a in requests.actions) or "do anything"
    return actions + (
        f" on {', '.join(r.text for r in requests.resources)}" if requests.resources else ""
    )


def _can(bench: Bench) -> Iterator[Breach]:
    for principal in bench.principals:
        access = access_of(principal)
        for action in bench.pattern.actions:
            for resource in bench.pattern.resources or (None,):
                pattern = bench.pattern._replace(
                    actions=(action,), resources=None if resource is None else (resource,)
                )
                yield from _every_request(principal, access, pattern, bench)


def _every_request(
    principal: Principal, access: EffectiveAccess, pattern: RequestPattern, bench: Bench
) -> Iterator[Breach]:
    for one in divided(access, pattern, bench.carriers, "all"):
        answer = _in_doubt(allows_all(one.access, one.pattern))
        if answer.certainty == "proven" or not has_requests(one.pattern):
            continue
        certain = answer.certainty == "no" and one.exact
        what = f"{pattern.actions[0]} on {_spelled(one.pattern.resources)}"
        if certain:
            refusal = refused(one.access, one.pattern, principal)
            words = f"{_who(principal)} can't {what}{refusal.words}"
            answer = refusal.answer
        else:
            words = f"it is not known whether {_who(principal)} can {what}"
        yield Breach(certain, words, _subject(principal), answer, principal)
        return


def _spelled(resources: tuple[Pattern, ...] | None) -> str:
    return "any resource" if resources is None else ", ".join(map(str, resources))


def _within(bench: Bench) -> Iterator[Breach]:
    from leastwise.semantics.compare import implies

    if bench.reference is None:
        return
    path = bench.expectation.reference.text if bench.expectation.reference else ""
    for principal in bench.principals:
        access = access_of(principal)
        found = implies(
            access,
            EffectiveAccess(
                identity=(bench.reference,), caller_kind=principal.kind, caller_arn=principal.arn
            ),
        )
        if isinstance(found, Proof):
            continue
        certain, answer = False, Answer("possible")
        words = f"it is not known whether {path} allows all that {_who(principal)} can do"
        if isinstance(found, Counterexample):
            certain, answer = _excess(access, found)
        else:
            answer = answer._replace(reasons=(found.reason,))
        if certain and answer.witness is not None:
            request = f"{answer.witness.action} on {answer.witness.resource}"
            words = f"{_who(principal)} can {request}, which {path} does not allow"
        yield Breach(certain, words, _subject(principal), answer, principal)


def _excess(access: EffectiveAccess, found: Counterexample) -> tuple[bool, Answer]:
    """Say whether a request goes beyond a limit for every value of what is not known."""
    request = found.request
    context = tuple((k, tuple(Pattern((v,)) for v in vs if v)) for k, vs in request.context)
    asked = RequestPattern((request.action,), (Pattern((request.resource,)),), None, context)
    answer = allows(access, asked)
    if answer.certainty == "no":
        # AWS makes no such request today, so that the space of questions does not hold it.
        known = all(is_concrete(policy.document) for policy in policies_of(access))
        answer = Answer("proven" if known and not found.assumptions else "possible")
    reasons = (*answer.reasons, *found.reasons)
    return answer.certainty == "proven", Answer(
        answer.certainty, request, found.deciding, found.assumptions, reasons
    )


def _public(bench: Bench) -> Iterator[Breach]:
    from leastwise.api.expectations.publicness import is_public, strangers_by_token

    project = bench.scene.project
    owners = {id(p.trust): p for p in project.principals if p.trust is not None}
    for policy in project.policies:
        if policy.kind not in ("trust", "resource") or policy.consumption in ("ignored", "builder"):
            continue
        owner = owners.get(id(policy))
        answer = is_public(policy, None if owner is None else owner.arn)
        if answer.certainty == "no":
            continue
        subject = _subject(owner) if owner is not None else Subject("policy", policy.address)
        words = "anyone with an AWS account can "
        words += (
            f"assume role {policy.address}" if policy.kind == "trust" else _asked(answer, bench)
        )
        certain = answer.certainty == "proven"
        if not certain:
            words = f"it is not known whether {words}"
        yield Breach(certain, words, subject, answer, owner, "principal")
    for one in strangers_by_token(project):
        yield Breach(
            one.confidence == "proven",
            one.message,
            one.subject,
            one.answers[0],
            one.principal,
            "condition",
        )


_OUTSIDERS = {"Service": "service", "Federated": "identity provider"}


def _outsider(caller: Caller) -> str:
    if f":{STRANGER}:" in caller.name:
        return "anyone with an AWS account"
    return f"{_OUTSIDERS.get(caller.type, 'outsider')} {caller.name}"


def _nobody(bench: Bench) -> Iterator[Breach]:
    yield from _cannot(bench)
    for carrier in bench.carriers:
        yield from _outsiders(carrier, bench)


def _outsiders(carrier: Carrier, bench: Bench) -> Iterator[Breach]:
    """Judge whom a resource's own policy lets in beside the principals of the tree."""
    from leastwise.api.outsiders import outsiders_only

    document = outsiders_only(carrier.policy.document, bench.excepted, bench.scene.project, carrier)
    if not any(s.effect != "Deny" for s in document.statements) and document.opaque is None:
        return
    policy = replace(carrier.policy, document=document)
    best: tuple[bool, Answer] | None = None
    for part in parts_of(EffectiveAccess(), bench.pattern, (carrier,)):
        if part.carrier is None:
            continue
        answer = allows(EffectiveAccess(trust=policy), part.pattern)
        certain = answer.certainty == "proven" and part.exact
        if answer.certainty != "no" and (best is None or certain):
            best = certain, answer
        if certain:
            break
    if best is None:
        return
    certain, answer = best
    who = "somebody" if answer.witness is None else _outsider(answer.witness.principal)
    words = f"{who} can {_asked(answer, bench)} by the policy of {carrier.address}"
    if not certain:
        words = f"it is not known whether {words}"
    yield Breach(certain, words, Subject("policy", carrier.address), answer, points_at="principal")
