"""exposure/service-principal-without-source: a service may, for whoever asks it to.

A service that works for all of AWS's customers uses what the resource grants to it, unless the
policy asks for whom it does:
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html

``data/service_principals.csv`` says of which services a customer can direct content to (or fetch
it from) any resource, and which send reports of their own; of others nothing is known.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import LEVELS, Level
from leastwise.rules.python.exposure.asking import (
    NO,
    Cut,
    alone,
    asked,
    carrier,
    service_of,
    settled,
    those_outside,
)
from leastwise.rules.python.exposure.public_resource import named_actions
from leastwise.rules.python.exposure.worth import granted, is_content
from leastwise.rules.wording import listed
from leastwise.semantics.known import has_words
from leastwise.semantics.model import Answer, CallerPattern

RESTRICT = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"
RECOMMENDED = "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"
MESSAGE = "{subject} lets {services} call {actions} without asking for whom"
STATEMENTS = 12
_TABLE = Path(__file__).parents[3] / "data" / "service_principals.csv"
_SHOWN = 3
_SOURCES = (
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
)
_OF_SERVICES = frozenset(
    ("aws:principalisawsservice", "aws:principalservicename", "aws:principalservicenameslist")
)
_OPAQUE = frozenset({"aws:referer", "kms:calleraccount", "lambda:eventsourcetoken"})
"""Keys that tell for whom a service acts, beside those of ``rules.strangers``.

Amazon SES once put the account into aws:Referer.
"""
_ENCRYPTED_FOR = "kms:encryptioncontext:"

Found = tuple[Level, str, str, Answer]


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit of each level for all services of the policy."""
    whole = case.access.trust
    if whole is None or not any(map(_names_service, whole.document.statements)):
        return ()
    cut = settled(whole, _names_service)
    found: dict[Level, list[Found]] = {}
    for one in _found(case, whole, cut):
        found.setdefault(one[0], []).append(one)
    return tuple(_hit(alike) for _, alike in sorted(found.items(), key=_seriousness))


def _seriousness(item: tuple[Level, list[Found]]) -> int:
    return -LEVELS.index(item[0])


def _names_service(statement: Statement) -> bool:
    return statement.effect == "Allow" and any(_services(statement, statement))


def _services(written: Statement, cut: Statement) -> Iterator[tuple[Pattern, str]]:
    """Yield services as written and as the cut spells them; wholly unknown ones are none."""
    if written.principals is None or cut.principals is None or written.principals.negated:
        return
    for entry, spelled in zip(written.principals.entries, cut.principals.entries, strict=True):
        if entry.type == "Service" and has_words(entry.pattern):
            yield entry.pattern, str(spelled.pattern)


def _found(case: Case, whole: Policy, cut: Policy) -> Iterator[Found]:
    pairs = zip(whole.document.statements, cut.document.statements, strict=True)
    named = ((n, c, _services(w, c)) for n, (w, c) in enumerate(pairs) if _names_service(w))
    for index, statement, services in islice(named, STATEMENTS):
        if not _is_told_otherwise(statement):
            part = alone(cut, index)
            for service in dict(services).items():
                yield from _of_service(case, part, statement, service)


def _is_told_otherwise(statement: Statement) -> bool:
    """Say whether a condition names the account by a key of the resource's own service."""
    keys = [c.key_name for c in statement.conditions]
    return any(key in _OPAQUE or key.startswith(_ENCRYPTED_FOR) for key in keys)


def _of_service(
    case: Case, part: Cut, statement: Statement, service: tuple[Pattern, str]
) -> Iterator[Found]:
    written, name = service
    actions = granted(statement, service_of(carrier(case)))
    content = [a for a in actions if is_content(a)]
    answer = _for_a_stranger(case, part, name, content)
    level: Level = "warning" if _is_directed(written, content) else "note"
    if answer.certainty == "no":
        level, answer = "note", _for_a_stranger(case, part, name, actions)
    if answer.certainty != "no":
        yield level, str(written), RECOMMENDED if statement.conditions else RESTRICT, answer


def _is_directed(service: Pattern, content: list[str]) -> bool:
    # A key only serves those who may use what it encrypts.
    of_keys = all(action.startswith("kms:") for action in content)
    return not of_keys and _acts().get(_short_name(service)) == "directed"


def _short_name(service: Pattern) -> str:
    """Return ``logs`` of ``logs.eu-west-1.amazonaws.com``, of a region or suffix by name too."""
    head = service.pieces[0]
    labels = head.partition(".amazonaws.")[0].split(".") if isinstance(head, str) else []
    return ".".join(label for label in labels if label and not _is_region(label))


def _is_region(label: str) -> bool:
    return label.count("-") > 1 and label[-1].isdigit()


@cache
def _acts() -> dict[str, str]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()[1:]
    return {name: acts for name, acts, _ in (line.split(",") for line in lines)}


def _for_a_stranger(case: Case, part: Cut, service: str, actions: Sequence[str]) -> Answer:
    who = CallerPattern("Service", Pattern((service,)))
    for stranger in those_outside(part) if actions else ():
        told = dict(stranger.context)
        # Whom it acts for a service says itself, and that it is one.
        if any(told.get(key, ()) is None for key in _SOURCES):
            continue
        context = tuple((key, value) for key, value in told.items() if key not in _OF_SERVICES)
        answer = asked(case, part, actions, who, context)
        if answer.certainty != "no":
            return answer
    return NO


def _hit(found: list[Found]) -> Hit:
    answers = tuple(answer for *_, answer in found)
    actions = dict.fromkeys(name for answer in answers for name in named_actions(answer))
    services = dict.fromkeys(service for _, service, _, _ in found)
    codes = [code for _, _, code, _ in found]
    return Hit(
        found[0][0],
        "proven" if any(a.certainty == "proven" for a in answers) else "possible",
        answers,
        MESSAGE,
        words={
            "services": listed(list(services), _SHOWN),
            "actions": listed(list(actions), _SHOWN),
        },
        points_at="principal",
        code=RESTRICT if RESTRICT in codes else RECOMMENDED,
    )
