"""Answer whether a principal may do something, from the policies of a tree, and say why.

A principal of the tree is judged by its own policies, its boundary and the policy of the
resource, where that is in the tree; anyone else by the policies that the tree's resources and
roles carry, since its own are not in view. Service control policies count where the
configuration or the files of an organization say that they bind an account.
"""

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from leastwise.api.carriers import TRUST_ACTIONS, Carrier, Part, concerned, holds, parts_of
from leastwise.api.environment import Environment, bound
from leastwise.api.naming import NoSuchName, bad_action, unknown_action
from leastwise.api.questions.parts import is_signed, parts_for
from leastwise.api.questions.requester import Requester, requester_of
from leastwise.api.questions.target import More, Target, target_of
from leastwise.api.workspace import WrongUse
from leastwise.iam.arns import account_of, is_account
from leastwise.iam.policy import Pattern, PrincipalType
from leastwise.iam.project import Project
from leastwise.semantics.asking import Outcome, Ruling, ask, narrowed_to
from leastwise.semantics.evaluation import needs_no_permission
from leastwise.semantics.holder import Holder
from leastwise.semantics.model import Answer, Caller, EffectiveAccess, Request, RequestPattern
from leastwise.semantics.nearest import Probe, Standing, standings
from leastwise.semantics.paths import layers_of
from leastwise.semantics.valuation import Valuation

if TYPE_CHECKING:
    from leastwise.semantics.pattern import Pieces

TRUST_NOT_IN_VIEW = "the trust policy of that role is not in view, and it must allow this too"
RESOURCE_NOT_IN_VIEW = (
    "the resource is another account's: its policy is not in view, and it must allow this too"
)
OWN_NOT_IN_VIEW = "the caller's own policies, which are taken to allow it"
OUTSIDE = "the request that was found may be on another resource than those asked about"
ACCOUNT_DECIDES = "the policy leaves it to the caller's own policies, which are not in view"
_ARN = ("arn", "partition", "service", "region", "account", "resource")
_UNDECIDABLE = Ruling("not-allowed", Answer("no"), RequestPattern())


class Question(NamedTuple):
    """Hold what a person asks; ``context`` has lower-case keys."""

    principal: str
    action: str
    resource: str
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Verdict(NamedTuple):
    """Hold an outcome and all that explains it.

    ``carrier`` is the thing whose policy took part. ``standings`` tell of every statement that
    concerns the action, layer by layer, when the answer is not *allowed*. ``notes`` say how the
    question was read, ``unseen`` what was not in view.
    """

    question: Question
    requester: Requester
    target: Target
    ruling: Ruling
    access: EffectiveAccess
    carrier: Carrier | None = None
    standings: tuple[Standing, ...] = ()
    notes: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Return the outcome."""
        return self.ruling.outcome


def can(project: Project, question: Question, more: More = tuple) -> Verdict | WrongUse:
    """Answer a question about a project; what can't be asked is wrong use.

    ``more`` gives the resources that carry no policy, should the question name one.
    """
    problem = bad_action(question.action)
    if problem is not None:
        return WrongUse(problem)
    requester = requester_of(project, question.principal)
    if isinstance(requester, WrongUse):
        return requester
    # An outsider's account says nothing of the tree's.
    own = (question.principal,) if requester.principal is not None else ()
    environment = environment_of(question.resource, *own)
    project, more = bound(project, environment), bound_too(more, environment)
    requester = requester_of(project, question.principal)
    if isinstance(requester, WrongUse):
        return requester
    target = target_of(project, question.resource, question.action, more)
    if isinstance(target, NoSuchName):
        return WrongUse(f"{target.message}; an ARN of anything else will do, or '*' in quotes")
    return judge(question, requester, target)


def bound_too(more: More, environment: Environment) -> More:
    """Return the further resources as they are in an environment."""
    return lambda: bound(Project((), resources=more()), environment).resources


def environment_of(*texts: str) -> Environment:
    """Read partition, account and region from the ARNs of a question; the first ones count.

    What the tree leaves open is taken to be that: the question is about it.
    """
    parts = [text.split(":", 5) for text in texts if text.startswith("arn:")]
    arns = [row for row in parts if len(row) == len(_ARN)]

    def first(index: int, *, otherwise: str | None = None) -> str | None:
        found = (row[index] for row in arns if row[index])
        return next((text for text in found if "*" not in text and "?" not in text), otherwise)

    accounts = (row[4] for row in reversed(arns) if is_account(row[4]))
    return Environment(first(1, otherwise="aws") or "aws", next(accounts, None), first(3))


def judge(question: Question, requester: Requester, target: Target) -> Verdict:
    """Put a question to all policies that concern it; the answer that allows most counts."""
    best = _always_allowed(question, requester, target)
    if best is not None:
        return best
    for part in parts_for(question.action, requester, target):
        verdict = _judged(question, requester, target, part)
        if best is None or _RANK[verdict.outcome] < _RANK[best.outcome]:
            best = verdict
        if best.outcome == "allowed":
            break
    if best is None:
        best = Verdict(question, requester, target, _UNDECIDABLE, EffectiveAccess())
    found = (standings(layer, row, probe(best)) for layer, row in layers_of(best.access))
    return best._replace(
        standings=tuple(chain.from_iterable(found)),
        notes=_notes(question, target, signed=requester.principal is None),
    )


def _always_allowed(question: Question, requester: Requester, target: Target) -> Verdict | None:
    """Answer for what AWS lets everyone do who has credentials, else None."""
    name = requester.principal.arn if requester.principal is not None else Pattern(())
    if requester.outsider is not None and not requester.outsider.unsigned:
        name = requester.outsider.caller.name
    kind = "AWS" if requester.outsider is None else requester.outsider.caller.type
    request = Request(Caller(kind, Valuation().spell(name.pieces)), question.action, "*")
    if not request.principal.name or not needs_no_permission(request):
        return None
    ruling = Ruling("allowed", Answer("proven", request), RequestPattern())
    note = f"{question.action} needs no permission, and no policy can deny it"
    return Verdict(question, requester, target, ruling, EffectiveAccess(), notes=(note,))


def _notes(question: Question, target: Target, *, signed: bool) -> tuple[str, ...]:
    unknown = unknown_action(question.action)
    notes = target.notes if unknown is None else (unknown, *target.notes)
    if signed or is_signed(question.action):
        return notes
    return (*notes, f"{question.action} is called with the token of an identity provider")


def _judged(question: Question, requester: Requester, target: Target, asked: Part) -> Verdict:
    access, pattern, carrier, exact = asked
    outsider = requester.outsider
    unsigned = outsider is not None and (outsider.unsigned or outsider.caller.type != "AWS")
    ruling = ask(access, pattern, dict(question.context), unsigned=unsigned)
    witness = ruling.answer.witness
    if carrier is None and witness is not None:
        # The resource that was found may be one whose own policy has a say.
        pinned = narrowed_to(pattern, witness)
        deciding = concerned(target.carriers, pinned.actions)
        for part in parts_of(access, pinned, deciding) if pinned.resources else ():
            if part.carrier is not None and part.exact:
                return _judged(question, requester, target, part._replace(pattern=pinned))
    verdict = _completed(Verdict(question, requester, target, ruling, access, carrier))
    inside = exact or witness is None or _is_asked(target, witness.resource)
    return verdict if inside else _lowered(verdict, OUTSIDE)


def _is_asked(target: Target, resource: str) -> bool:
    return any(holds(asked, Pattern((resource,))) for asked in target.patterns or ())


_RANK: dict[Outcome, int] = {"allowed": 0, "depends": 1, "not-allowed": 2}


def _completed(verdict: Verdict) -> Verdict:
    """Lower an answer that rests on a policy of the other side, which is not in view."""
    ruling = verdict.ruling
    reason = _other_side(verdict) if ruling.outcome != "not-allowed" else None
    if reason is None:
        return verdict
    if reason == OWN_NOT_IN_VIEW:
        return verdict._replace(unseen=(*verdict.unseen, reason))
    return _lowered(verdict, reason)


def _lowered(verdict: Verdict, reason: str) -> Verdict:
    """Make an answer depend on something more; a no stays one."""
    ruling = verdict.ruling
    if ruling.outcome == "not-allowed":
        return verdict
    reasons = tuple(dict.fromkeys((*ruling.answer.reasons, reason)))
    answer = ruling.answer._replace(certainty="possible", reasons=reasons)
    return verdict._replace(ruling=ruling._replace(outcome="depends", answer=answer))


def _other_side(verdict: Verdict) -> str | None:
    witness = verdict.ruling.answer.witness
    outsider = verdict.requester.outsider
    if outsider is not None:
        if outsider.unsigned or outsider.caller.type != "AWS":
            return None
        return ACCOUNT_DECIDES if _is_left_to_account(verdict) else OWN_NOT_IN_VIEW
    principal = verdict.requester.principal
    if witness is None or verdict.carrier is not None or principal is None:
        return None
    if witness.action in TRUST_ACTIONS:
        return TRUST_NOT_IN_VIEW
    own, other = account_of(principal.arn), account_of(Pattern((witness.resource,)))
    if own is not None and other is not None and own != other:
        return RESOURCE_NOT_IN_VIEW
    return None


def _is_left_to_account(verdict: Verdict) -> bool:
    """Say whether the caller is of the resource's account and let in by that alone."""
    outsider, carrier = verdict.requester.outsider, verdict.carrier
    if outsider is None or carrier is None or carrier.arn is None:
        return False
    name = outsider.caller.name
    own, other = account_of(name), account_of(carrier.arn)
    if own is None or own != other or str(name).endswith(":root"):
        return False
    named = {
        str(entry.pattern)
        for d in verdict.ruling.answer.deciding
        if d.statement >= 0
        for principals in [d.policy.document.statements[d.statement].principals]
        if principals is not None
        for entry in principals.entries
    }
    return str(name) not in named and "*" not in named


def probe(verdict: Verdict) -> Probe:
    """Return the request that statements are held against."""
    access, ruling = verdict.access, verdict.ruling
    arn, witness = access.caller_arn, ruling.answer.witness
    kind: PrincipalType = "AWS"
    name: Pieces = arn.pieces if arn is not None else ()
    if verdict.requester.outsider is not None:
        caller = verdict.requester.outsider.caller
        kind, name = caller.type, caller.name.pieces
    own = Holder(access.caller_kind, arn).keys()
    context: dict[str, tuple[Pieces, ...]] = {key: (v,) for key, v in own.items() if v}
    for key, values in ruling.pattern.context:
        context[key] = tuple(v.pieces for v in values or ())
    action = witness.action if witness is not None else verdict.question.action
    return Probe(action, verdict.target.patterns or (), (kind, name), context)
