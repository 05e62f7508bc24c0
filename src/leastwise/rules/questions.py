"""Put the questions of a rule to a case: closed words become ARNs, answers are weighed.

An answer that is possible only because a wholly unknown string might be a wildcard, or might be
the subject's own ARN, is taken as no: otherwise every unresolved reference would be a finding.
"""

from collections.abc import Iterator

from leastwise.entry.admission import is_admitted_by_name
from leastwise.entry.asked_trust import refuses
from leastwise.iam.arns import (
    account_of,
    in_an_account,
    is_open,
    named_accounts,
    partition_of,
    sibling,
    with_partition,
)
from leastwise.iam.policy import Pattern, Statement
from leastwise.rules.cases import Case
from leastwise.rules.format import Ask, ContextValue, OtherTenant
from leastwise.semantics.access import MANY_WORLDS, allows, allows_all
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.known import rests_on_unknown_name
from leastwise.semantics.model import (
    Answer,
    CallerPattern,
    Context,
    EffectiveAccess,
    RequestPattern,
)

NO = Answer("no")
_TYPES = ("role", "user", "group", "policy")
_ANY = {f"any-{kind}": f"{kind}/*" for kind in _TYPES}
_UNNAMED = {f"unnamed-{kind}": f"{kind}/a-{kind}-{UNNAMED}" for kind in _TYPES}
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
_SELF = ("self", "own-role", "own-user", "own-groups", "attached-policies")


def ask(case: Case, question: Ask, resources: tuple[Pattern, ...] | None = None) -> Answer:
    """Answer a question about a case; ``resources`` take the place of the question's words."""
    words = own_resources(case, question.resources) if resources is None else resources
    if question.resources and not words:
        return NO
    chosen = spellings(case, words)
    pattern = RequestPattern(
        actions=question.actions,
        resources=chosen or None,
        principal=None
        if question.principal is None
        else CallerPattern(question.principal[0], Pattern((question.principal[1],))),
        context=_context(case, question),
    )
    if question.every:
        return _ask_all(case, question, pattern)
    if _is_refused_alike(case.access, pattern):
        return NO
    answer = allows(case.access, pattern)
    return NO if _rests_on_unknown(answer, question, case) else answer


def _is_refused_alike(access: EffectiveAccess, pattern: RequestPattern) -> bool:
    """Say whether a trust policy allows none of it: most roles of an account trust in few ways."""
    if access.trust is None or access != EffectiveAccess(trust=access.trust):
        return False
    return refuses(access.trust.document, pattern)


def _rests_on_unknown(answer: Answer, question: Ask, case: Case) -> bool:
    if answer.certainty != "possible":
        return False
    if answer.assumptions:
        # SOUND: in other worlds other statements hold, so none of them may name the caller.
        return _is_no_caller_named(answer, question, case)
    return _rests_on_unknown_name(answer, question) or _rests_on_unknown_caller(answer, question)


def _ask_all(case: Case, question: Ask, pattern: RequestPattern) -> Answer:
    for resources in spelled_apart(pattern.resources):
        answer = allows_all(case.access, pattern._replace(resources=resources))
        if answer.certainty == "proven" or answer.assumptions or MANY_WORLDS in answer.reasons:
            return answer
    for other in _in_named_accounts(case, question):
        found = allows_all(case.access, pattern._replace(resources=other))
        if found.certainty == "proven":
            return found._replace(certainty="possible", reasons=("if that is the own account",))
    return NO


def spelled_apart(arns: tuple[Pattern, ...] | None) -> list[tuple[Pattern, ...] | None]:
    """Split ARNs by the partition that they spell: a universal question is about one of them."""
    if arns is None:
        return [None]
    apart: dict[str | None, list[Pattern]] = {}
    for arn in arns:
        apart.setdefault(partition_of(arn), []).append(arn)
    return [tuple(alike) for alike in apart.values()]


def _in_named_accounts(case: Case, question: Ask) -> Iterator[tuple[Pattern, ...]]:
    """List the question's resources in accounts that the policy names, if the own is unknown."""
    if account_of(case.self_arn) is not None or case.policy is None:
        return
    paths = [_ANY[word] for word in question.resources if word in _ANY]
    for account in named_accounts(case.policy.document) if paths else ():
        own = tuple(sibling(case.self_arn, path, account=account) for path in paths)
        yield from (part for part in spelled_apart(spellings(case, own)) if part)


def spellings(case: Case, arns: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    """Spell ARNs of an unknown partition as the statements do.

    SOUND: over-approximates; a statement that spells a partition is taken to be written for it,
    otherwise it would grant nothing.
    """
    if not any(is_open(arn) for arn in arns):
        return arns
    stated = [g for s in _statements(case) if s.resources for g in s.resources.globs]
    named = {p: None for g in stated if (p := partition_of(g)) is not None and "*" not in p}
    kept = arns if not named or any(is_open(g) for g in stated) else ()
    added = (with_partition(arn, name) for name in named for arn in arns if is_open(arn))
    return tuple(dict.fromkeys((*kept, *added, *(a for a in arns if not is_open(a)))))


def _rests_on_unknown_name(answer: Answer, question: Ask) -> bool:
    if not any(w in _SELF or w in _UNNAMED for w in question.resources):
        return False
    return rests_on_unknown_name(answer)


def _rests_on_unknown_caller(answer: Answer, question: Ask) -> bool:
    if question.principal is None or answer.witness is None:
        return False
    statements = [d.policy.document.statements[d.statement] for d in answer.deciding]
    return not any(is_admitted_by_name(s, answer.witness.principal) for s in statements)


def _is_no_caller_named(answer: Answer, question: Ask, case: Case) -> bool:
    """Say whether no statement, in any world, lets the caller of the witness in by its name."""
    trust = case.access.trust
    if question.principal is None or answer.witness is None or trust is None:
        return False
    if trust.document.opaque is not None:
        return False
    caller = answer.witness.principal
    return not any(
        is_admitted_by_name(s, caller) for s in trust.document.statements if s.effect != "Deny"
    )


def own_resources(case: Case, words: tuple[str, ...]) -> tuple[Pattern, ...]:
    """Turn resource words into ARN patterns; words that name nothing here give none."""
    return tuple(dict.fromkeys(in_an_account(p) for word in words for p in _resource(case, word)))


def _resource(case: Case, word: str) -> tuple[Pattern, ...]:
    if word in _ANY or word in _UNNAMED:
        return (sibling(case.self_arn, _ANY.get(word) or _UNNAMED[word]),)
    match word:
        case "self":
            return (case.self_arn,)
        case "own-role":
            return (case.self_arn,) if case.self_kind == "role" else ()
        case "own-user":
            return (case.self_arn,) if case.self_kind == "user" else ()
        case "own-groups":
            return _own_groups(case)
        case "attached-policies":
            return _attached_policies(case)
        case _:
            return (Pattern((word,)),)


def _own_groups(case: Case) -> tuple[Pattern, ...]:
    names = () if case.principal is None else case.principal.groups
    return tuple(arn for address in names for arn in case.view.groups.get(address, ()))


def _attached_policies(case: Case) -> tuple[Pattern, ...]:
    held = [a.policy for a in case.attachments if a.how == "managed"]
    if case.principal is None and case.policy is not None:
        held = [case.policy]
    return tuple(p.arn for p in held if p.arn is not None and not p.aws_managed)


def _context(case: Case, question: Ask) -> Context:
    found = []
    for key, value in question.context:
        if value == "own-boundary" and _boundary_arn_unknown(case):
            continue
        found.append((key.lower(), _values(case, key, value)))
    return tuple(found)


def _boundary_arn_unknown(case: Case) -> bool:
    boundary = None if case.principal is None else case.principal.boundary
    return boundary is not None and boundary.policy.arn is None


def _values(case: Case, key: str, value: ContextValue) -> tuple[Pattern, ...] | None:
    if value is None:
        return None
    if isinstance(value, OtherTenant):
        return tuple(Pattern((text,)) for text in _other_tenants(case, key, value))
    if value == "own-boundary":
        boundary = None if case.principal is None else case.principal.boundary
        return None if boundary is None or boundary.policy.arn is None else (boundary.policy.arn,)
    if value == "unnamed-policy":
        return own_resources(case, ("unnamed-policy",))
    return values(case, value)


def values(case: Case, texts: tuple[str, ...]) -> tuple[Pattern, ...]:
    """Turn the globs of a context value into patterns."""
    return tuple(pattern for text in texts for pattern in _value(case, text))


def _value(case: Case, text: str) -> tuple[Pattern, ...]:
    """Spell a policy's ARN ``arn:*:iam::*:...`` in the own account, in each possible partition.

    A condition may take it for a plain string, in which a wildcard would cross colons and let in
    what is no ARN of a policy.
    """
    if not text.startswith("arn:*:iam::"):
        return (Pattern((text,)),)
    account, _, name = text.removeprefix("arn:*:iam::").partition(":")
    arn = sibling(case.self_arn, name, account=None if account == "*" else account)
    if not is_open(arn) and partition_of(arn) != "*":
        return (arn,)
    return tuple(with_partition(arn, partition) for partition in _PARTITIONS)


def _other_tenants(case: Case, key: str, tenant: OtherTenant) -> tuple[str, ...]:
    """Make up values of tenants that a policy does not name, those it lets in by a wildcard too."""
    names = ["a-stranger"]
    for statement in _statements(case):
        for condition in statement.conditions:
            if condition.key_name != key.lower():
                continue
            for value in condition.values:
                names += _let_in(value.literal or "", tenant)
    rest = "*" if tenant.until else ""
    return tuple(dict.fromkeys(f"{tenant.prefix}{n}{tenant.until}{rest}" for n in names))


def _let_in(value: str, other: OtherTenant) -> list[str]:
    """Return tenant names that a wildcard in ``value``, before its tenant ends, lets in."""
    if not value.startswith(other.prefix):
        return []
    head = value.removeprefix(other.prefix)
    tenant = head.partition(other.until)[0] if other.until else head
    lead = tenant.replace("?", "*").partition("*")[0]
    if lead == tenant:
        return []
    names = [f"{lead}-a-stranger" if lead else "a-stranger"]
    names.append(tenant.replace("*", "a-stranger").replace("?", "x"))
    return [name for name in names if name.replace("-", "").replace("_", "").isalnum()]


def _statements(case: Case) -> Iterator[Statement]:
    access = case.access
    policies = access.identity if access.trust is None else (access.trust,)
    for policy in policies:
        yield from policy.document.statements
