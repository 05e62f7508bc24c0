"""List who can make a request: the principals of a tree, and whom its policies let in."""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.api.carriers import Carrier, admits
from leastwise.api.environment import bound
from leastwise.api.naming import NoSuchName, bad_action
from leastwise.api.outsiders import ANYONE, Outsider, outsider_in, outsiders_only
from leastwise.api.questions.can import Question, Verdict, bound_too, environment_of, judge
from leastwise.api.questions.requester import Requester, insider
from leastwise.api.questions.target import More, Target, target_of
from leastwise.api.workspace import WrongUse
from leastwise.iam.project import Project

_RANK = {"allowed": 0, "depends": 1}


class Listing(NamedTuple):
    """Hold who can, and who possibly can, both sorted by name; ``asked`` counts all callers."""

    target: Target
    verdicts: tuple[Verdict, ...]
    asked: int


def who(project: Project, question: Question, more: More = tuple) -> Listing | WrongUse:
    """Ask the question, whose principal is empty, for everyone that the project knows of."""
    problem = bad_action(question.action)
    if problem is not None:
        return WrongUse(problem)
    environment = environment_of(question.resource)
    project, more = bound(project, environment), bound_too(more, environment)
    target = target_of(project, question.resource, question.action, more)
    if isinstance(target, NoSuchName):
        return WrongUse(f"{target.message}; an ARN of anything else will do, or '*' in quotes")
    found = [v for a in _insiders(project) if not _may_be_anyone(v := judge(question, a, target))]
    found += [judge(question, requester, own) for requester, own in _outsiders(project, target)]
    can = [verdict for verdict in found if verdict.outcome in _RANK]
    can.sort(
        key=lambda v: (_RANK[v.outcome], v.requester.outsider is not ANYONE, v.requester.words)
    )
    return Listing(target, tuple(can), len(found))


def _order(verdict: Verdict) -> tuple[int, bool, str]:
    who = verdict.requester
    return _RANK[verdict.outcome], who.outsider is not ANYONE, who.words


def _may_be_anyone(verdict: Verdict) -> bool:
    """Say whether only a name that is not known may let a principal in.

    Whom such a name means is listed as an outsider, and not once more for each principal.
    """
    principal, carrier = verdict.requester.principal, verdict.carrier
    if verdict.outcome != "depends" or principal is None or carrier is None:
        return False
    granted = any(d.policy is carrier.policy for d in verdict.ruling.answer.deciding)
    return granted and not admits(carrier.policy, principal.arn.pieces)


def _insiders(project: Project) -> Iterator[Requester]:
    """List the principals that make requests: a group only lends its policies."""
    for principal in project.principals:
        if principal.kind != "group":
            yield insider(project, principal.address, principal)


def _outsiders(project: Project, target: Target) -> Iterator[tuple[Requester, Target]]:
    """List the callers from elsewhere that policies name, with the carriers of those."""
    named: dict[object, tuple[Outsider, list[Carrier]]] = {}
    for carrier in (*target.carriers, *target.bare):
        for outsider in _named_in(project, carrier):
            _, carriers = named.setdefault(outsider.caller, (outsider, []))
            if carrier not in carriers:
                carriers.append(carrier)
    for outsider, carriers in named.values():
        yield (
            Requester(outsider.words, outsider=outsider),
            target._replace(carriers=tuple(carriers), bare=()),
        )


def _named_in(project: Project, carrier: Carrier) -> Iterator[Outsider]:
    document = outsiders_only(carrier.policy.document, (), project, carrier)
    for statement in document.statements:
        principals = statement.principals
        if statement.effect == "Deny" or principals is None:
            continue
        if principals.negated:
            yield ANYONE
            continue
        for entry in principals.entries:
            outsider = outsider_in(entry)
            if outsider is not None:
                yield outsider
