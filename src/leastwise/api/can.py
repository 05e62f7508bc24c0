"""Answer whether a principal may do something, from the policies of a tree, and say why.

A principal of the tree is judged by its own policies, its boundary and the policy of the
resource, where that is in the tree; anyone else by the policies that the tree's resources and
roles carry, since its own are not in view. Service control policies are never applied: which
account they bind is not in a tree.
"""

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from leastwise.api.asker import Asker, asker_of, bad_action, unknown_action
from leastwise.api.environment import bound
from leastwise.api.expectations import Environment
from leastwise.api.naming import NoSuchName
from leastwise.api.reaching import Part, concerned, parts_of
from leastwise.api.reaching import Target as Carrier
from leastwise.api.strangers import Stranger
from leastwise.api.targets import More, Target, target_of
from leastwise.api.workspace import WrongUse
from leastwise.iam.policy import Pattern, PrincipalType
from leastwise.iam.project import Policy, Principal, Project
from leastwise.rules.arns import account_of, is_account
from leastwise.semantics.actions import action_index
from leastwise.semantics.asking import Outcome, Ruling, ask, narrowed_to
from leastwise.semantics.callers import callers_of
from leastwise.semantics.effective import access_of
from leastwise.semantics.given import kind_of_caller
from leastwise.semantics.model import Answer, EffectiveAccess, RequestPattern
from leastwise.semantics.nearest import Probe, Standing, standings
from leastwise.semantics.paths import layers_of
from leastwise.semantics.principals import principal_matches
from leastwise.semantics.terms import Holder

if TYPE_CHECKING:
    from leastwise.semantics.pattern import Pieces

MOST_CARRIERS = 200
"""How many resource policies one question is put to; the rest is told."""
TRUST_ACTIONS = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetSourceIdentity",
    "sts:TagSession",
)
"""What the trust policy of a role decides; all else on a role is not its business."""
TRUST_NOT_IN_VIEW = "the trust policy of that role is not in view, and it must allow this too"
RESOURCE_NOT_IN_VIEW = (
    "the resource is another account's: its policy is not in view, and it must allow this too"
)
OWN_NOT_IN_VIEW = "the caller's own policies, which are taken to allow it"
ACCOUNT_DECIDES = "the policy leaves it to the caller's own policies, which are not in view"
_Way: TypeAlias = tuple[EffectiveAccess, RequestPattern, Carrier | None]
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
    asker: Asker
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
    environment = environment_of(question.resource, question.principal)
    project, more = bound(project, environment), bound_too(more, environment)
    asker = asker_of(project, question.principal)
    if isinstance(asker, WrongUse):
        return asker
    target = target_of(project, question.resource, question.action, more)
    if isinstance(target, NoSuchName):
        return WrongUse(f"{target.message}; an ARN of anything else will do, or '*'")
    return judge(question, asker, target)


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


def judge(question: Question, asker: Asker, target: Target) -> Verdict:
    """Put a question to all policies that concern it; the answer that allows most counts."""
    best: Verdict | None = None
    for way in _ways(question, asker, target):
        verdict = _judged(question, asker, target, way)
        if best is None or _RANK[verdict.outcome] < _RANK[best.outcome]:
            best = verdict
        if best.outcome == "allowed":
            break
    if best is None:
        best = Verdict(question, asker, target, _UNDECIDABLE, EffectiveAccess())
    found = (standings(layer, row, probe(best)) for layer, row in layers_of(best.access))
    return best._replace(
        standings=tuple(chain.from_iterable(found)),
        notes=_notes(question, target, signed=asker.principal is None),
    )


def _notes(question: Question, target: Target, *, signed: bool) -> tuple[str, ...]:
    unknown = unknown_action(question.action)
    notes = target.notes if unknown is None else (unknown, *target.notes)
    if signed or _is_signed(question.action):
        return notes
    return (*notes, f"{question.action} is called with the token of an identity provider")


def _judged(question: Question, asker: Asker, target: Target, way: _Way) -> Verdict:
    access, pattern, carrier = way
    stranger = asker.stranger
    unsigned = stranger is not None and (stranger.unsigned or stranger.caller.type != "AWS")
    ruling = ask(access, pattern, dict(question.context), unsigned=unsigned)
    witness = ruling.answer.witness
    if carrier is None and witness is not None:
        # The resource that was found may be one whose own policy has a say.
        pinned = narrowed_to(pattern, witness)
        deciding = concerned(target.carriers, pinned.actions)
        for part in parts_of(access, pinned.resources, deciding) if pinned.resources else ():
            if part.target is not None and part.exact:
                return _judged(question, asker, target, (part.access, pinned, part.target))
    return _completed(Verdict(question, asker, target, ruling, access, carrier))


_RANK: dict[Outcome, int] = {"allowed": 0, "depends": 1, "not-allowed": 2}


def _ways(question: Question, asker: Asker, target: Target) -> Iterator[_Way]:
    """Yield the accesses to ask, each with the part of the question that concerns it."""
    whole = RequestPattern(actions=(question.action,), resources=target.patterns)
    carriers = target.carriers[:MOST_CARRIERS]
    if asker.principal is None:
        if asker.stranger is not None:
            for carrier in (*carriers, *target.bare):
                yield from _from_outside(asker.stranger, carrier, whole)
        return
    if not _is_signed(question.action):
        return
    access, alone = access_of(asker.principal), False
    if not target.is_one:
        # What a policy that does not let the caller in can do is deny: that is looked at later.
        carriers = tuple(c for c in carriers if lets_in(c.policy, asker.principal))
    for part in parts_of(access, target.patterns, carriers):
        alone = alone or part.target is None
        yield part.access, _about(part, whole), part.target
    if not alone and _is_wild(question.action):
        yield access, whole, None


def _is_signed(action: str) -> bool:
    """Say whether principals make a call with credentials, and not with a provider's token."""
    kinds = callers_of(action)
    return kinds is None or "AWS" in kinds


def lets_in(policy: Policy, principal: Principal) -> bool:
    """Say whether a policy allows something to a principal, by what is known of both."""
    return any(
        statement.effect != "Deny" and principal_matches(statement, "AWS", principal.arn.pieces)
        for statement in policy.document.statements
    )


def _is_wild(action: str) -> bool:
    return "*" in action or "?" in action


def _about(part: Part, whole: RequestPattern) -> RequestPattern:
    """Narrow a question to a part of it: of a role's trust policy few actions are asked."""
    actions = whole.actions
    if part.target is not None and part.target.policy.kind == "trust" and _is_wild(actions[0]):
        index = action_index()
        asked = index.bits(actions[0])
        actions = tuple(name for name in TRUST_ACTIONS if index.bits(name) & asked)
    return whole._replace(actions=actions, resources=part.resources)


def _from_outside(stranger: Stranger, carrier: Carrier, whole: RequestPattern) -> Iterator[_Way]:
    name = stranger.caller.name.literal or ""
    signed = stranger.caller.type == "AWS" and not stranger.unsigned
    access = EffectiveAccess(
        trust=carrier.policy,
        caller_kind=kind_of_caller(name) if signed else None,
        caller_arn=stranger.caller.name if signed else None,
    )
    for part in parts_of(access, whole.resources, (carrier,)):
        if part.target is not None:
            yield access, _about(part, whole)._replace(principal=stranger.caller), carrier


def _completed(verdict: Verdict) -> Verdict:
    """Lower an answer that rests on a policy of the other side, which is not in view."""
    ruling = verdict.ruling
    reason = _other_side(verdict) if ruling.outcome != "not-allowed" else None
    if reason is None:
        return verdict
    if reason == OWN_NOT_IN_VIEW:
        return verdict._replace(unseen=(*verdict.unseen, reason))
    answer = ruling.answer._replace(
        certainty="possible", reasons=tuple(dict.fromkeys((*ruling.answer.reasons, reason)))
    )
    return verdict._replace(ruling=ruling._replace(outcome="depends", answer=answer))


def _other_side(verdict: Verdict) -> str | None:
    witness = verdict.ruling.answer.witness
    stranger = verdict.asker.stranger
    if stranger is not None:
        if stranger.unsigned or stranger.caller.type != "AWS":
            return None
        return ACCOUNT_DECIDES if _is_left_to_account(verdict) else OWN_NOT_IN_VIEW
    principal = verdict.asker.principal
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
    stranger, carrier = verdict.asker.stranger, verdict.carrier
    if stranger is None or carrier is None or carrier.arn is None:
        return False
    name = stranger.caller.name
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
    if verdict.asker.stranger is not None:
        caller = verdict.asker.stranger.caller
        kind, name = caller.type, caller.name.pieces
    own = Holder(access.caller_kind, arn).keys()
    context: dict[str, tuple[Pieces, ...]] = {key: (v,) for key, v in own.items() if v}
    for key, values in ruling.pattern.context:
        context[key] = tuple(v.pieces for v in values or ())
    action = witness.action if witness is not None else verdict.question.action
    return Probe(action, verdict.target.patterns or (), (kind, name), context)
