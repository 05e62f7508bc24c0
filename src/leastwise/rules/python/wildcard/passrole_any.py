"""wildcard/passrole-any: passing every role of the account, or of a pattern, to every service."""

from collections.abc import Iterator

from leastwise.graph.gains.granted import bits_of
from leastwise.iam.arns import segments
from leastwise.iam.policy import Pattern
from leastwise.rules.cases import Case
from leastwise.rules.format import Ask
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.wildcard.shapes import code_of
from leastwise.rules.questions import ask
from leastwise.semantics.actions import asked_bits
from leastwise.semantics.model import Answer

MESSAGE = "{subject} {may} pass every role of the account to every service"
BY_NAME = "{subject} {may} pass every role that {pattern} matches to every service"
_ACTION = ("iam:PassRole",)
_ANY = Ask(every=True, actions=_ACTION, resources=("any-role",))
_SERVICE = (("iam:PassedToService", ("a-service-that-nobody-names.amazonaws.com",)),)
_TO_UNNAMED = _ANY._replace(context=_SERVICE)
"""A condition that lets in a service that nobody names limits nothing."""
_SOME = Ask(every=True, actions=_ACTION)
PATTERNS = 8
"""Patterns of role names that are asked about in one policy."""


def decide(case: Case) -> tuple[Hit, ...]:
    """Make a hit of every role, else one of each pattern of names."""
    if not any(True for _ in _granting(case)):
        return ()
    answer = ask(case, _ANY)
    if answer.certainty != "no":
        return (_hit("warning", answer, MESSAGE, ""),)
    answer = ask(case, _TO_UNNAMED)
    if answer.certainty == "proven":
        return (_hit("warning", answer, MESSAGE, ""),)
    found = []
    for pattern in _patterns(case):
        answer = ask(case, _SOME, (Pattern(pattern.pieces),))
        if answer.certainty == "proven":
            found.append(_hit("note", answer, BY_NAME, str(pattern)))
    return tuple(found)


def _granting(case: Case) -> Iterator[tuple[Pattern, ...]]:
    """Refute quickly: list the Resource elements of statements that name the action."""
    wanted = asked_bits(_ACTION)
    for policy in case.access.identity[:1]:
        for statement in policy.document.statements:
            if statement.effect == "Allow" and bits_of(statement) & wanted:
                resources = statement.resources
                named = resources is not None and not resources.negated
                yield resources.globs if resources is not None and named else ()


def _patterns(case: Case) -> list[Pattern]:
    found: dict[Pattern, None] = {}
    for globs in _granting(case):
        found |= dict.fromkeys(glob for glob in globs if _is_of_roles(glob))
    return list(found)[:PATTERNS]


def _is_of_roles(glob: Pattern) -> bool:
    """Say whether a pattern spells the start of a role's name, or a path, and leaves the rest."""
    parts = segments(glob)
    if len(parts) != 6 or not parts[5]:
        return False
    first, wild = parts[5][0], any(isinstance(p, str) and "*" in p for p in parts[5])
    return isinstance(first, str) and first.startswith("role/") and wild


def _hit(level: Level, answer: Answer, message: str, pattern: str) -> Hit:
    return Hit(
        level,
        answer.certainty,
        (answer,),
        message,
        words={"pattern": pattern},
        points_at="resource",
        code=code_of("PASS_ROLE", answer),
    )
