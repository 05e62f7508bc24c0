"""One finding per cause: instances become one, what a more serious finding covers is folded.

- The same rule at the same place, for several holders or instances of one block: one finding.
- An administrator's other findings stand in the ``also`` of the one that says so.
- Within a rule group and subject, what rests only on grants that a more serious finding already
  names is folded into it; so are two ways up (``escalation``) from one statement.
- A note on wildcards is folded into whatever the group says of the same statement.
- What is found of one credential is one finding.
- That AWS refuses NotPrincipal in a trust policy is part of what NotPrincipal does there; that a
  star is no wildcard is part of what an exception loses by it.
- Writing to every resource and passing every role are no news where another finding says what the
  same grant leads to.
- Creating a role or user without boundary is one cause for two groups: whoever tried to require a
  boundary hears of the boundary, everyone else of the escalation.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from leastwise.rules.drafts import Draft
from leastwise.rules.environments import merged_over_environments
from leastwise.rules.model import LEVELS, Also, Finding, Related

ADMIN = "wildcard/admin"
SAID_BY_MORE = ("wildcard/resource-on-write", "wildcard/passrole-any")
CREATES = (
    "escalation/iam-create-role-attach",
    "escalation/iam-create-role-inline",
    "escalation/iam-create-user-policy-key",
)
CREATE_UNBOUND = "boundary/missing-on-create"
WRITE_UNBOUND = "boundary/missing-on-write"
ONE_CAUSE = {
    "validity/conflicting-elements": "trust/not-principal",
    "validity/invalid-condition-value": "exposure/lost-exemption",
}
"""Rules whose finding another one says in the same place."""
_Keys: TypeAlias = Callable[[Draft], Iterable[Hashable]]
_OF_ADMINS = ("wildcard", "escalation", "boundary")


def grouped(drafts: Iterable[Draft]) -> list[Draft]:
    """Group drafts; those that remain speak for the others."""
    remaining = _fold(_by_rank(_merge_instances(drafts)), _BY_ADMIN)
    remaining = _fold(sorted(remaining, key=_is_better_told, reverse=True), _BY_CREATE)
    remaining = _fold(_by_rank(remaining), _BY_GRANTS)
    return merged_over_environments(_fold(remaining, _BY_GROUP))


def _by_rank(drafts: list[Draft]) -> list[Draft]:
    """Sort drafts, most serious first; of administrators those first who may do everything."""
    return sorted(
        drafts, key=lambda d: (d.rank, d.finding.rule == ADMIN and d.complete), reverse=True
    )


def _is_better_told(draft: Draft) -> bool:
    """Say whether this is the one of the pair for creating principals that is to speak."""
    return draft.finding.rule in ((CREATE_UNBOUND,) if draft.guarded else CREATES)


def _merge_instances(drafts: Iterable[Draft]) -> list[Draft]:
    merged: dict[object, list[Draft]] = {}
    for draft in drafts:
        finding = draft.finding
        key = (
            finding.rule,
            finding.span,
            finding.statements,
            finding.level if finding.rule.startswith("escalation/") else "",
            draft.accepted,
            finding.environments,
        )
        merged.setdefault(key, []).append(draft)
    return [_one_of(alike) for alike in merged.values()]


def _one_of(alike: list[Draft]) -> Draft:
    """Keep the most serious, first of them; the others are counted and pointed at."""
    first = max(alike, key=lambda d: d.rank)
    others = {d.finding.subject.address: d for d in alike if d is not first}
    others.pop(first.finding.subject.address, None)
    equals = {a: d for a, d in others.items() if d.finding.level == first.finding.level}
    holders = tuple(dict.fromkeys(h for d in (first, *alike) for h in d.holders))
    attachments = tuple(dict.fromkeys(a for d in (first, *alike) for a in d.finding.attachments))
    if len(alike) == 1:
        return first
    finding = replace(
        first.finding,
        message=first.finding.message + _more(equals),
        related=_related(first.finding, alike),
        reached=tuple(dict.fromkeys(r for d in (first, *alike) for r in d.finding.reached)),
        aliases=tuple(dict.fromkeys(a for d in (first, *alike) for a in d.finding.aliases)),
        attachments=attachments,
    )
    return first._replace(finding=finding, holders=holders)


def _more(others: dict[str, Draft]) -> str:
    if not others:
        return ""
    names = sorted(others)
    shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    return f"; the same holds for {len(names)} more ({shown})"


def _related(finding: Finding, alike: list[Draft]) -> tuple[Related, ...]:
    found = {r.span: r for r in finding.related}
    for draft in alike:
        principal = draft.finding.principal
        is_other = draft.finding.subject.address != finding.subject.address
        if is_other and principal is not None and principal.span is not None:
            found.setdefault(principal.span, Related(principal.span, draft.finding.message))
        for related in draft.finding.related:
            found.setdefault(related.span, related)
    return tuple(found.values())


def _fold(drafts: list[Draft], fold: "_Fold") -> list[Draft]:
    """Fold each draft into the first one before it that covers it."""
    kept: list[Draft] = []
    places: dict[Hashable, list[int]] = {}
    for draft in drafts:
        near = {place for key in fold.sought(draft) for place in places.get(key, ())}
        place = next((n for n in sorted(near) if fold.covers(kept[n], draft)), None)
        if place is None:
            for key in dict.fromkeys(fold.told(draft)):
                places.setdefault(key, []).append(len(kept))
            kept.append(draft)
        else:
            kept[place] = _speaking_for(kept[place], draft)
    return kept


def _speaking_for(speaker: Draft, draft: Draft) -> Draft:
    silent = draft.finding
    also = Also(silent.rule, silent.path_id, silent.level, silent.fingerprint)
    known = (*speaker.finding.also, also, *silent.also)
    unique: dict[tuple[str, str | None], Also] = {}
    for one in known:
        if one.rule != speaker.finding.rule:
            unique.setdefault((one.rule, one.path_id), one)
    # Of one level they stay in the order of their rank: the best known path is named first.
    finding = replace(speaker.finding, also=tuple(sorted(unique.values(), key=_seriousness)))
    return speaker._replace(finding=finding, grants=speaker.grants)


def _seriousness(also: Also) -> int:
    return -LEVELS.index(also.level)


def _covers_admin(speaker: Draft, draft: Draft) -> bool:
    """Cover whatever else is found of those who may do everything anyway."""
    if speaker.finding.rule != ADMIN or draft.finding.rule.partition("/")[0] not in _OF_ADMINS:
        return False
    alike = speaker.finding.assumptions == draft.finding.assumptions != ()
    complete = speaker.complete or (speaker.whole and alike)
    if draft.holders:
        expected = speaker.accepted is not None and draft.accepted is not None
        full = complete or expected
        return full and set(map(id, draft.holders)) <= set(map(id, speaker.holders))
    return complete and draft.case.policy is speaker.case.policy


def _covers_create(speaker: Draft, draft: Draft) -> bool:
    unbound, created = ((CREATE_UNBOUND,), CREATES)
    speakers, silent = (unbound, created) if speaker.guarded else (created, unbound)
    if speaker.finding.rule not in speakers or draft.finding.rule not in silent:
        return False
    return _same_subject(speaker, draft)


def _covers_grants(speaker: Draft, draft: Draft) -> bool:
    """Cover "on every resource" by a finding that says what the same strings lead to.

    So does a way up cover that the grant which leads there asks for no boundary.
    """
    if not draft.grants or not draft.grants <= speaker.grants:
        return False
    if draft.finding.rule == WRITE_UNBOUND:
        higher = speaker.rank[0] >= draft.rank[0]
        upwards = speaker.finding.rule.startswith("escalation/")
        return higher and upwards and _same_subject(speaker, draft)
    return draft.finding.rule in SAID_BY_MORE and speaker.finding.level != "note"


def _covers_group(speaker: Draft, draft: Draft) -> bool:
    if ONE_CAUSE.get(draft.finding.rule) == speaker.finding.rule:
        return speaker.finding.span == draft.finding.span
    group = speaker.finding.rule.partition("/")[0]
    if draft.finding.rule.partition("/")[0] != group or not _same_subject(speaker, draft):
        return False
    if draft.case.credential is not None:
        return draft.case.credential is speaker.case.credential
    if group == "escalation" and draft.main == speaker.main is not None:
        return True
    if group == "wildcard" and draft.finding.level == "note" and draft.main == speaker.main:
        return draft.main is not None
    return bool(draft.grants) and draft.grants <= speaker.grants


def _same_subject(speaker: Draft, draft: Draft) -> bool:
    """Say whether two findings are of one subject: an address is only unique within its root."""
    if speaker.finding.subject != draft.finding.subject:
        return False
    one, other = speaker.case.principal, draft.case.principal
    if one is not None and other is not None:
        return one.id.account == other.id.account
    return speaker.finding.roots == draft.finding.roots


# --- where to look ------------------------------------------------------------------------------


class _Fold(NamedTuple):
    """Say which draft covers which, and which are held against each other at all.

    INVARIANT: whatever covers a draft is ``told`` under one of the keys by which that is
    ``sought``. An account has thousands of findings, of which few are of one subject.
    """

    covers: Callable[[Draft, Draft], bool]
    told: _Keys
    sought: _Keys


def _concerned(draft: Draft) -> Iterable[Hashable]:
    """List whom an administrator's finding covers, and the policy that makes it one."""
    if draft.finding.rule != ADMIN:
        return []
    return [*map(id, draft.holders), id(draft.case.policy)]


def _one_concerned(draft: Draft) -> Iterable[Hashable]:
    return [id(draft.holders[0] if draft.holders else draft.case.policy)]


def _subject(draft: Draft) -> Iterable[Hashable]:
    return [draft.finding.subject]


def _every_grant(draft: Draft) -> Iterable[Hashable]:
    return draft.grants


def _one_grant(draft: Draft) -> Iterable[Hashable]:
    return list(draft.grants)[:1]


def _subject_and_place(draft: Draft) -> Iterable[Hashable]:
    return [draft.finding.subject, draft.finding.span]


_BY_ADMIN = _Fold(_covers_admin, _concerned, _one_concerned)
_BY_CREATE = _Fold(_covers_create, _subject, _subject)
_BY_GRANTS = _Fold(_covers_grants, _every_grant, _one_grant)
_BY_GROUP = _Fold(_covers_group, _subject_and_place, _subject_and_place)
