"""Findings in the making: a finding with the rule, the case and the grants it rests on."""

from typing import NamedTuple

from leastwise.iam.policy import PolicyDocument
from leastwise.iam.project import Occurrence, Policy, Principal
from leastwise.rules.borrowed_context import borrowed
from leastwise.rules.cases import Case
from leastwise.rules.fingerprints import cause, fingerprint
from leastwise.rules.format import Rule
from leastwise.rules.hits import Hit
from leastwise.rules.model import LEVELS, Finding, cap
from leastwise.rules.places import (
    deciding_attachments,
    every_grant,
    granting,
    primary,
    related,
    statement_of,
    statement_spans,
)
from leastwise.rules.provenance import created, is_alone, reached, rests_on
from leastwise.rules.service_roles import is_held_by_a_service
from leastwise.rules.wording import assumptions, message, steps
from leastwise.semantics.model import Request
from leastwise.semantics.valuation import Valuation
from leastwise.source.span import Span

WITNESSES = 3
SERVICE_ROLE = "that somebody makes the AWS service misuse this role, which nobody else holds"
Grant = tuple[int, int, str]


class Draft(NamedTuple):
    """Hold a finding before grouping.

    ``grants`` are (policy, statement, action as spelled) of the Allow statements that decide;
    ``main`` is the (policy, statement) it points at. ``holders`` are the principals concerned,
    none for a document that nobody in view holds. ``guarded``: a deciding statement asks for a
    permissions boundary. ``complete``: the first grade of the rule holds, for certain; ``whole``:
    it holds, perhaps only under the assumptions of the finding. ``in_view``: whom it leads to is.
    """

    finding: Finding
    rule: Rule
    case: Case
    grants: frozenset[Grant]
    main: tuple[int, int] | None
    holders: tuple[Principal, ...]
    accepted: str | None
    guarded: bool
    complete: bool
    whole: bool = False
    in_view: bool = True

    @property
    def rank(self) -> tuple[int, bool, bool, float, int, int]:
        """Order drafts by seriousness; of equal ones the proven one speaks.

        Then the one that leads to somebody in view, the path that most tools and catalogues know,
        and the shortest.
        """
        finding = self.finding
        proven = finding.confidence == "proven"
        info = self.rule.info
        known = 0 if self.rule.path is None else len(info.aliases)
        level = LEVELS.index(finding.level)
        severity = info.security_severity
        return level, proven, self.in_view, severity, known, -len(finding.steps)


def draft(rule: Rule, hit: Hit, case: Case) -> Draft:
    """Make a finding of a hit: level capped, place found, message worded."""
    capped = _capped(rule, hit, case)
    return Draft(
        _finding(rule, capped, case),
        rule,
        case,
        _grants(capped, case),
        _main(capped, case),
        case.holders,
        case.accepted,
        _is_guarded(capped),
        hit.grade == 0 and hit.certainty == "proven",
        hit.grade == 0,
        hit.in_view,
    )


def _capped(rule: Rule, hit: Hit, case: Case) -> Hit:
    """Return a hit with its level capped by the lowest that applies, and why where that is new."""
    # What a principal is or lacks, and no request shows, is so whatever its boundary allows.
    is_of_requests = bool(hit.answers) or case.unseen_boundary is None
    level = cap(hit.level, case.cap) if is_of_requests else hit.level
    needed = borrowed(hit, case) if hit.certainty == "proven" and level == "error" else None
    if needed is not None:
        hit = hit._replace(certainty="possible", assumptions=(*hit.assumptions, needed))
    if hit.certainty == "possible":
        level = cap(level, "warning")
    if level == "error" and rule.info.group == "escalation" and is_held_by_a_service(case):
        return hit._replace(level="warning", assumptions=(*hit.assumptions, SERVICE_ROLE))
    return hit._replace(level=level)


def _finding(rule: Rule, hit: Hit, case: Case) -> Finding:
    point = primary(hit, case)
    uses = rests_on(hit, case, point)
    alone = is_alone(uses)
    basis = cause(rule, hit, case)
    return Finding(
        rule=rule.info.id,
        level=cap(hit.level, "warning") if alone else hit.level,
        confidence="proven" if hit.certainty == "proven" and not alone else "possible",
        message=message(hit, case),
        subject=case.subject,
        span=point,
        statements=statement_spans(hit, case),
        related=(*related(hit, case, point), *created(_occurrence(case))),
        witness=_witnesses(hit, case),
        steps=steps(hit, case),
        assumptions=assumptions(hit),
        roots=_roots(case, point),
        environments=_environments(case),
        occurrence=_occurrence(case),
        reached=reached(case),
        rests_on=uses,
        path_id=hit.path_id,
        aliases=(f"access-analyzer:{hit.code}",) if hit.code else (),
        fingerprint=fingerprint(basis),
        cause=basis,
        principal=case.principal,
        policy=_policy(hit, case),
        attachments=deciding_attachments(hit, case),
        answers=hit.answers,
    )


def _witnesses(hit: Hit, case: Case) -> tuple[Request, ...]:
    """Return all requests of a chain, a few of many single ones.

    A trust policy has no Resource, so any is as good to the engine: the role itself is named. Of
    what is known of an outsider, that is told which the policy looks at.
    """
    answers = (*hit.answers, *(answer for hop in hit.hops for answer in hop.answers))
    found = tuple(dict.fromkeys(a.witness for a in answers if a.witness is not None))
    if case.kind == "trust" and case.policy is not None:
        found = tuple(dict.fromkeys(_as_told(request, case.policy.document) for request in found))
        if case.principal is not None:
            own = Valuation().spell(case.principal.arn.pieces)
            found = tuple(request._replace(resource=own) for request in found)
    return found if hit.is_chain else found[:WITNESSES]


def _as_told(request: Request, document: PolicyDocument) -> Request:
    """Leave out keys that no condition names; a token's subject says who brings it."""
    conditions = [c for s in document.statements for c in s.conditions]
    keys = [c.key.literal for c in conditions]
    if None in keys or any(s.conditions_tail is not None for s in document.statements):
        return request
    named = {key.lower() for key in keys if key is not None}
    kept = (
        (key, values)
        for key, values in request.context
        if key.lower() in named or key.lower().endswith(":sub")
    )
    return request._replace(context=tuple(kept))


def _policy(hit: Hit, case: Case) -> Policy | None:
    deciding = granting(hit)
    return case.policy if not deciding else case.original(deciding[0].policy)


def _main(hit: Hit, case: Case) -> tuple[int, int] | None:
    deciding = granting(hit)
    if not deciding:
        return None
    return id(case.original(deciding[0].policy)), deciding[0].statement


def _grants(hit: Hit, case: Case) -> frozenset[Grant]:
    return frozenset(
        (
            id(case.original(d.policy)),
            d.statement,
            str(d.action).lower() if d.action is not None else "",
        )
        for d in every_grant(hit)
    )


def _is_guarded(hit: Hit) -> bool:
    return any(
        condition.key_name == "iam:permissionsboundary"
        for deciding in granting(hit)
        for condition in statement_of(deciding).conditions
    )


def _occurrence(case: Case) -> Occurrence | None:
    if case.policy is not None and case.policy.occurrence is not None:
        return case.policy.occurrence
    if case.credential is not None:
        return case.credential.occurrence
    return None if case.principal is None else case.principal.occurrence


def _environments(case: Case) -> tuple[str, ...]:
    root = case.view.project.owner(case.principal, case.policy, case.credential)
    return () if root is None or not root.environment else (root.environment,)


def _roots(case: Case, span: Span) -> tuple[str, ...]:
    roots = case.view.project.roots
    owner = case.view.project.owner(case.principal, case.policy, case.credential)
    if owner is not None:
        return (owner.path,)
    inside = [r.path for r in roots if _contains(r.path, span.path)]
    longest = max((len(path) for path in inside), default=0)
    return tuple(dict.fromkeys(path for path in inside if len(path) == longest))


def _contains(root: str, path: str) -> bool:
    return root in ("", ".", path) or path.startswith(f"{root}/")
