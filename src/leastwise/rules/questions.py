"""Put the questions of a rule to a case: closed words become ARNs, answers are weighed.

An answer that is possible only because a wholly unknown string might be a wildcard, or might be
the subject's own ARN, is taken as no: otherwise every unresolved reference would be a finding.
"""

from collections.abc import Iterator
from dataclasses import replace

from leastwise.iam.policy import Pattern, Statement
from leastwise.rules.arns import (
    UNNAMED,
    account_of,
    is_open,
    named_accounts,
    segments,
    sibling,
    spelled,
    with_partition,
)
from leastwise.rules.cases import Case
from leastwise.rules.format import Ask, ContextValue, Stranger
from leastwise.rules.known import has_words
from leastwise.semantics.access import allows, allows_all
from leastwise.semantics.model import Answer, CallerPattern, RequestPattern

NO = Answer("no")
_TYPES = ("role", "user", "group", "policy")
_ANY = {f"any-{kind}": f"{kind}/*" for kind in _TYPES}
_UNNAMED = {f"unnamed-{kind}": f"{kind}/a-{kind}-{UNNAMED}" for kind in _TYPES}
_SELF = ("self", "own-role", "own-user", "own-groups", "attached-policies")

Context = tuple[tuple[str, tuple[Pattern, ...] | None], ...]


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
        return _ask_all(case, question, pattern, words)
    answer = allows(case.access, pattern)
    if answer.certainty == "possible" and _rests_on_unknown_name(answer, question):
        return NO
    return answer


def _ask_all(
    case: Case, question: Ask, pattern: RequestPattern, words: tuple[Pattern, ...]
) -> Answer:
    for resources in dict.fromkeys((words, spellings(case, words)[len(words) :])):
        if words and not resources:
            continue
        answer = allows_all(case.access, replace(pattern, resources=resources or None))
        if answer.certainty == "proven" or answer.assumptions:
            return answer
    for other in _in_named_accounts(case, question):
        found = allows_all(case.access, replace(pattern, resources=other))
        if found.certainty == "proven":
            return replace(found, certainty="possible", reasons=("if that is the own account",))
    return NO


def _in_named_accounts(case: Case, question: Ask) -> Iterator[tuple[Pattern, ...]]:
    """List the question's resources in accounts that the policy names, if the own is unknown."""
    if account_of(case.self_arn) is not None or case.policy is None:
        return
    paths = [_ANY[word] for word in question.resources if word in _ANY]
    for account in named_accounts(case.policy.document) if paths else ():
        own = tuple(sibling(case.self_arn, path, account=account) for path in paths)
        yield spellings(case, own)[len(own) :] or own


def spellings(case: Case, arns: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    """Add to ARNs of an unknown partition those of the partitions that the statements spell.

    SOUND: over-approximates; a statement that spells a partition is taken to be written for it,
    otherwise it would grant nothing.
    """
    named = _named_partitions(case) if any(is_open(arn) for arn in arns) else ()
    added = (with_partition(arn, name) for name in named for arn in arns if is_open(arn))
    return (*arns, *added)


def _named_partitions(case: Case) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for statement in _statements(case):
        for glob in statement.resources.globs if statement.resources is not None else ():
            parts = segments(glob)
            partition = spelled(parts[1]) if len(parts) == 6 else None
            if partition is not None and "*" not in partition:
                found[partition] = None
    return tuple(found)


def _rests_on_unknown_name(answer: Answer, question: Ask) -> bool:
    if answer.assumptions or not any(w in _SELF or w in _UNNAMED for w in question.resources):
        return False
    return any(d.resource is not None and not has_words(d.resource) for d in answer.deciding)


def own_resources(case: Case, words: tuple[str, ...]) -> tuple[Pattern, ...]:
    """Turn resource words into ARN patterns; words that name nothing here give none."""
    return tuple(dict.fromkeys(p for word in words for p in _resource(case, word)))


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
    via = {a.via for a in case.attachments if a.via is not None}
    return tuple(p.arn for p in case.view.project.principals if p.address in via)


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
    if isinstance(value, Stranger):
        return tuple(Pattern((text,)) for text in _strangers(case, key, value))
    if value == "own-boundary":
        boundary = None if case.principal is None else case.principal.boundary
        return None if boundary is None or boundary.policy.arn is None else (boundary.policy.arn,)
    if value == "unnamed-policy":
        return own_resources(case, ("unnamed-policy",))
    return tuple(Pattern((text,)) for text in value)


def _strangers(case: Case, key: str, stranger: Stranger) -> tuple[str, ...]:
    """Make up values of tenants that a policy does not name, those it lets in by a wildcard too."""
    names = ["a-stranger"]
    for statement in _statements(case):
        for condition in statement.conditions:
            if str(condition.key).lower() != key.lower():
                continue
            for value in condition.values:
                names += _let_in(value.literal or "", stranger)
    rest = "*" if stranger.until else ""
    return tuple(dict.fromkeys(f"{stranger.prefix}{n}{stranger.until}{rest}" for n in names))


def _let_in(value: str, stranger: Stranger) -> list[str]:
    """Return tenant names that a wildcard in ``value``, before its tenant ends, lets in."""
    if not value.startswith(stranger.prefix):
        return []
    head = value.removeprefix(stranger.prefix)
    tenant = head.partition(stranger.until)[0] if stranger.until else head
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
