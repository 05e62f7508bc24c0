"""List the subjects of a project: what is judged, with which access, and how serious at most.

Who counts as a subject, and what caps its findings: a policy that nobody holds, a document
builder that nobody consumes, a bare file (judged as if a role held it), an AWS managed policy
(judged at its attachment), a boundary that is not in view.
"""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.config.model import Config
from leastwise.graph.closure.reach import graph_of
from leastwise.iam.arns import named_accounts
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Attachment, Consumption, Policy, Principal, Project
from leastwise.rules.cases import Case, View
from leastwise.rules.model import Level, Subject
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.effective import access_of
from leastwise.semantics.globs import is_like
from leastwise.semantics.known import denies_of, is_unseen, known_part
from leastwise.semantics.model import EffectiveAccess
from leastwise.source.value import Symbol

_CAPS: dict[Consumption, Level] = {"unattached": "warning", "builder": "note"}


class Holding(NamedTuple):
    """Tie a principal to one of its attachments."""

    principal: Principal
    attachment: Attachment


def view_of(project: Project, config: Config) -> View:
    """Return what rules may look at beside their subjects."""
    found: dict[str, tuple[Pattern, ...]] = {}
    for one in project.principals:
        if one.kind == "group":
            found[one.address] = (*found.get(one.address, ()), one.arn)
    carriers = {id(r.policy): r for r in project.resources if r.policy is not None}
    return View(project, config, found, carriers, graph_of(project, config))


def subjects(project: Project, config: Config, among: Project | None = None) -> Iterator[Case]:
    """List every case of a project, policies before the principals that hold them.

    ``among``: only what this part of it declares, seen as in the whole.
    """
    view = view_of(project, config)
    project = project if among is None else among
    holdings = _holdings(project)
    for policy in project.policies:
        if policy.consumption == "ignored" or policy.aws_managed:
            continue
        if policy.kind == "identity":
            yield from _policy_cases(policy, holdings.get(id(policy), []), view)
    for principal in project.principals:
        yield from _managed_cases(principal, view)
    for principal in project.principals:
        if principal.kind != "group":
            yield _principal_case(principal, view)
    yield from _documents(project, view)
    yield from _as_written(project, view)
    yield from _credentials(project, view)


def _holdings(project: Project) -> dict[int, list[Holding]]:
    """Find who holds each policy; a group with members holds through them."""
    found: dict[int, list[Holding]] = {}
    for principal in project.principals:
        if principal.kind == "group" and members(project, principal):
            continue
        for attachment in principal.attachments:
            found.setdefault(id(attachment.policy), []).append(Holding(principal, attachment))
    return found


def members(project: Project, group: Principal) -> tuple[Principal, ...]:
    """Return the users who hold what a group holds."""
    return tuple(
        p for p in project.principals if any(a.via == group.address for a in p.attachments)
    )


def _policy_cases(policy: Policy, holdings: list[Holding], view: View) -> Iterator[Case]:
    """Judge a document once for each way in which its holders can use it."""
    if not holdings:
        yield from _unheld(policy, view)
        return
    ways: dict[object, list[Holding]] = {}
    for holding in holdings:
        ways.setdefault(_way(policy, holding.principal, view), []).append(holding)
    for alike in ways.values():
        yield _held(policy, alike, view)


def _way(policy: Policy, principal: Principal, view: View) -> object:
    """Tell holders apart by what else decides: Deny statements, boundary, kind, expectation."""
    others = frozenset(id(p) for p in _other_denies(policy, principal))
    boundary = None if principal.boundary is None else id(principal.boundary.policy)
    return principal.kind, others, boundary, expected_admin(principal, view.config)


def _other_denies(policy: Policy, principal: Principal) -> list[Policy]:
    return [
        a.policy
        for a in principal.attachments
        if a.policy is not policy and any(s.effect == "Deny" for s in a.policy.document.statements)
    ]


def _held(policy: Policy, holdings: list[Holding], view: View) -> Case:
    first = holdings[0].principal
    known = known_part(policy)
    denies = [denies_of(other) for other in _other_denies(policy, first)]
    access, unseen = _bounded(
        EffectiveAccess(
            identity=(known, *(d for d in denies if d is not None)),
            caller_kind=None if first.kind == "group" else first.kind,
            caller_arn=first.arn if len(holdings) == 1 and first.kind != "group" else None,
            scps=first.scps,
        ),
        first,
    )
    return Case(
        kind="policy",
        subject=_subject_of(policy, first),
        access=access,
        view=view,
        principal=first,
        policy=policy,
        holders=tuple(h.principal for h in holdings),
        attachments=tuple(h.attachment for h in holdings),
        self_arn=first.arn,
        self_kind=first.kind,
        cap=_cap(first, unseen),
        unseen_boundary=unseen,
        originals={id(known): policy},
        accepted=expected_admin(first, view.config),
    )


def _cap(principal: Principal, unseen: str | None) -> Level:
    """Return how serious findings about a principal are at most; nobody uses some of them."""
    if unseen is not None:
        return "note"
    return "warning" if principal.assignments == () else "error"


def _subject_of(policy: Policy, holder: Principal) -> Subject:
    kind = holder.kind if policy.address == holder.address else "policy"
    return Subject(kind, policy.address)


def _bounded(access: EffectiveAccess, principal: Principal) -> tuple[EffectiveAccess, str | None]:
    """Put the boundary on; one that is named but not in view is returned by its name instead."""
    if principal.boundary is None:
        return access, None
    policy = principal.boundary.policy
    if is_unseen(policy.document):
        name = str(policy.arn if policy.arn is not None else policy.address)
        return access._replace(boundary=None), name
    return access._replace(boundary=(policy,)), None


def _unheld(policy: Policy, view: View) -> Iterator[Case]:
    """Judge a document that no principal in view holds, by itself and as an assumed role's."""
    known = known_part(policy)
    arn = assumed_holder(policy)
    case = Case(
        kind="policy",
        subject=Subject("policy", policy.address),
        access=EffectiveAccess(identity=(known,), caller_kind="role"),
        view=view,
        policy=policy,
        self_arn=arn,
        cap=_CAPS.get(policy.consumption, "error"),
        originals={id(known): policy},
    )
    yield case
    access = EffectiveAccess(identity=(known,), caller_kind="role", caller_arn=arn)
    yield case._replace(kind="principal", access=access)


def assumed_holder(policy: Policy) -> Pattern:
    """Make up the ARN of a role that holds a bare document, in the one account it names."""
    accounts = named_accounts(policy.document)
    if len(accounts) == 1:
        return Pattern((f"arn:aws:iam::{accounts[0]}:role/a-holder-{UNNAMED}",))
    account = Symbol(f"{policy.address}|account", "account", "?" * 12, environment=True)
    return Pattern(("arn:aws:iam::", account, f":role/a-holder-{UNNAMED}"))


def _managed_cases(principal: Principal, view: View) -> Iterator[Case]:
    for attachment in principal.attachments:
        if not attachment.policy.aws_managed or attachment.via is not None:
            continue
        case = _held(attachment.policy, [Holding(principal, attachment)], view)
        yield case._replace(subject=Subject(principal.kind, principal.address))


def _principal_case(principal: Principal, view: View) -> Case:
    known = [known_part(a.policy) for a in principal.attachments]
    whole = access_of(principal)
    access, unseen = _bounded(whole._replace(identity=tuple(known), open=False), principal)
    return Case(
        kind="principal",
        subject=Subject(principal.kind, principal.address),
        access=access,
        view=view,
        principal=principal,
        holders=(principal,),
        attachments=principal.attachments,
        self_arn=principal.arn,
        self_kind=principal.kind,
        cap=_cap(principal, unseen),
        unseen_boundary=unseen,
        originals={id(k): a.policy for k, a in zip(known, principal.attachments, strict=True)},
        accepted=expected_admin(principal, view.config),
    )


def _documents(project: Project, view: View) -> Iterator[Case]:
    """List trust and resource policies, each with the principal it belongs to."""
    owners = {id(p.trust): p for p in project.principals if p.trust is not None}
    for policy in project.policies:
        if policy.kind not in ("trust", "resource") or policy.consumption == "ignored":
            continue
        owner = owners.get(id(policy))
        known = known_part(policy)
        yield Case(
            kind="trust" if policy.kind == "trust" else "resource_policy",
            subject=Subject(owner.kind, owner.address)
            if owner is not None
            else Subject("policy", policy.address),
            access=EffectiveAccess(trust=known),
            view=view,
            principal=owner,
            policy=policy,
            self_arn=owner.arn if owner is not None else Pattern(()),
            cap=_CAPS.get(policy.consumption, "error"),
            originals={id(known): policy},
        )


def _as_written(project: Project, view: View) -> Iterator[Case]:
    """List every document as it is written, what it is for aside; AWS's own are none of ours."""
    owners = {id(p.trust): p for p in project.principals if p.trust is not None}
    for policy in project.policies:
        if policy.aws_managed:
            continue
        owner = owners.get(id(policy))
        yield Case(
            kind="document",
            subject=Subject("policy", policy.address)
            if owner is None
            else Subject(owner.kind, owner.address),
            access=EffectiveAccess(),
            view=view,
            principal=owner,
            policy=policy,
            cap="note" if policy.consumption == "builder" else "error",
        )


def _credentials(project: Project, view: View) -> Iterator[Case]:
    for credential in project.credentials:
        yield Case(
            kind="credential",
            subject=Subject("credential", credential.address),
            access=EffectiveAccess(),
            view=view,
            credential=credential,
        )


def expected_admin(principal: Principal, config: Config) -> str | None:
    """Return the reason why a principal is expected to be an administrator, or None."""
    names = (principal.address, str(principal.arn))
    for expected in config.expected_admins:
        if any(is_like(name, expected.match) for name in names):
            return expected.reason
    return None
