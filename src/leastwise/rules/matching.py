"""Evaluate the match of a rule on a case: all, any, not, and one resource for several asks."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from leastwise.iam.arns import resource_part, sibling
from leastwise.iam.policy import Pattern
from leastwise.rules.cases import Case
from leastwise.rules.format import Ask, Combined, Match
from leastwise.rules.questions import ask
from leastwise.semantics.model import Answer, Certainty

MAX_CANDIDATES = 32
_RANK: dict[Certainty, int] = {"no": 0, "possible": 1, "proven": 2}
_OPPOSITE: dict[Certainty, Certainty] = {"no": "proven", "possible": "possible", "proven": "no"}


class Outcome(NamedTuple):
    """Hold how certain a match is, and the answers that make it so, in the rule's order."""

    certainty: Certainty
    answers: tuple[Answer, ...] = ()


_NO = Outcome("no")


def evaluate_match(match: Match, case: Case) -> Outcome:
    """Evaluate a match on a case."""
    if isinstance(match, Ask):
        answer = ask(case, match)
        return _NO if answer.certainty == "no" else Outcome(answer.certainty, (answer,))
    match match.how:
        case "all":
            return _all(match, case)
        case "any":
            return _any(match, case)
        case "not":
            return Outcome(_OPPOSITE[evaluate_match(match.parts[0], case).certainty])
        case "one_resource":
            return _one_resource([p for p in match.parts if isinstance(p, Ask)], case)


def _all(match: Combined, case: Case) -> Outcome:
    found: list[Outcome] = []
    for part in match.parts:
        outcome = evaluate_match(part, case)
        if outcome.certainty == "no":
            return _NO
        if outcome.certainty == "possible" and _is_refuted(part, found, case):
            return _NO
        found.append(outcome)
    weakest = min((o.certainty for o in found), key=_RANK.__getitem__)
    return Outcome(weakest, tuple(a for o in found for a in o.answers))


def _is_refuted(part: Match, found: list[Outcome], case: Case) -> bool:
    """Say whether what a ``not`` denies holds wherever that holds which was found before it.

    SOUND: under-approximates; what holds under the same assumptions only in part (a symbol that
    may be a wildcard) is taken to hold.
    """
    if not isinstance(part, Combined) or part.how != "not":
        return False
    assumed = {a for outcome in found for answer in outcome.answers for a in answer.assumptions}
    denied = evaluate_match(part.parts[0], case)
    needed = {a for answer in denied.answers for a in answer.assumptions}
    return denied.certainty == "possible" and bool(needed) and needed <= assumed


def _any(match: Combined, case: Case) -> Outcome:
    best = _NO
    for part in match.parts:
        outcome = evaluate_match(part, case)
        if _RANK[outcome.certainty] > _RANK[best.certainty]:
            best = outcome
        if best.certainty == "proven":
            break
    return best


def _one_resource(asks: list[Ask], case: Case) -> Outcome:
    """Look for one resource on which every ask is allowed.

    SOUND: under-approximates where a Deny or a condition splits the overlap of two patterns:
    one resource is tried for each pattern that a statement grants.
    """
    if any(ask(case, question).certainty == "no" for question in asks):
        return _NO
    best = _NO
    for pattern, question in _candidates(asks, case):
        outcome = _together(asks, question, pattern, case)
        if _RANK[outcome.certainty] > _RANK[best.certainty]:
            best = outcome
        if best.certainty == "proven":
            break
    return best


def _together(asks: list[Ask], first: Ask, pattern: Pattern | None, case: Case) -> Outcome:
    """Take the resource that ``first`` is allowed on within ``pattern``, and ask all of it."""
    answer = ask(case, first, None if pattern is None else (pattern,))
    if answer.certainty == "no" or answer.witness is None:
        return _NO
    path = resource_part(answer.witness.resource)
    if not _fits(path, first):
        return _NO
    resource = (sibling(case.self_arn, path),)
    answers = tuple(ask(case, question, resource) for question in asks)
    if any(a.certainty == "no" for a in answers):
        return _NO
    weakest = min((a.certainty for a in answers), key=_RANK.__getitem__)
    return Outcome(weakest, answers)


def _fits(path: str, question: Ask) -> bool:
    """Say whether a resource is of the type that ``any-role`` and the like name."""
    kinds = tuple(f"{word.removeprefix('any-')}/" for word in question.resources)
    return path.startswith(kinds)


def _candidates(asks: list[Ask], case: Case) -> Iterator[tuple[Pattern | None, Ask]]:
    for question in asks:
        yield None, question
    seen: set[Pattern] = set()
    for policy in case.access.identity:
        for statement in policy.document.statements:
            if statement.effect == "Deny" or statement.resources is None:
                continue
            for glob in statement.resources.globs:
                if glob in seen or not _is_plain(glob) or len(seen) >= MAX_CANDIDATES:
                    continue
                seen.add(glob)
                yield from ((replace(glob, origin=None), question) for question in asks)


def _is_plain(glob: Pattern) -> bool:
    return str(glob) != "*" and not any(isinstance(p, str) and "${" in p for p in glob.pieces)
