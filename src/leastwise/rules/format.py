"""Rules as values: what a compiled rule says, and the words its question is made of.

A rule is a set of requests that its subject must not be allowed. The words are closed, as in
``rules/rule.schema.json``; what they cannot say is a Python rule.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, cast

from leastwise.graph.model import Path
from leastwise.iam.policy import PrincipalType
from leastwise.rules.hits import PointsAt
from leastwise.rules.model import Level, RuleInfo

if TYPE_CHECKING:
    from leastwise.rules.cases import Case
    from leastwise.rules.hits import Hit

OwnWord: TypeAlias = Literal["own-boundary", "unnamed-policy"]
EnabledBy: TypeAlias = Literal["required-boundary", "forbidden-actions", "sensitive"]
Need: TypeAlias = Literal["declared"]
Combinator: TypeAlias = Literal["all", "any", "not", "one_resource"]
Decider: TypeAlias = "Callable[[Case], tuple[Hit, ...]]"

_PRINCIPAL_TYPES: dict[str, PrincipalType] = {
    "aws": "AWS",
    "service": "Service",
    "federated": "Federated",
}


class OtherTenant(NamedTuple):
    """Stand for values of a tenant that no policy names: ``prefix``, a name, ``until``, the rest.

    A tenant that a wildcard before ``until`` lets in is a stranger too.
    """

    prefix: str
    until: str


ContextValue: TypeAlias = tuple[str, ...] | OwnWord | OtherTenant | None


class Ask(NamedTuple):
    """Ask whether some (or, with ``every``, each) request of a set is allowed.

    ``resources`` are closed words or ARN globs, empty when the resource is free.
    """

    every: bool
    actions: tuple[str, ...] = ("*",)
    resources: tuple[str, ...] = ()
    principal: tuple[PrincipalType, str] | None = None
    context: tuple[tuple[str, ContextValue], ...] = ()


class Combined(NamedTuple):
    """Combine questions; ``one_resource`` wants all of them true of one and the same resource."""

    how: Combinator
    parts: tuple["Match", ...]


Match: TypeAlias = Ask | Combined


class Grade(NamedTuple):
    """Hold a question with the level and message of its yes; the first grade that holds speaks.

    ``code`` is the Access Analyzer check that this very grade is.
    """

    level: Level
    match: Match
    message: str
    code: str = ""


class Example(NamedTuple):
    """Show a rule at work; ``form`` is terraform, cloudformation, json, toml or text.

    ``beside`` is what the account holds around it, each named by the words that lead to it.
    """

    name: str
    form: str
    text: str
    beside: tuple["Example", ...] = ()


class Rule(NamedTuple):
    """Hold a rule: what it says of itself, and either grades or a Python decider.

    ``judges_aws_managed``: an AWS managed policy is judged too, at its attachment.
    ``enabled_by``: the key of the configuration that turns on a rule which is off by default.
    ``needs``: what is loaded for it beside policies: the resources that the roots declare.
    ``given_level``: the level that the configuration gives it, or its group (``named_itself``: it).
    ``own_ceiling``: what is gained ends at the subject's own permissions boundary.
    ``path``: the path of the catalogue that it tells; its examples are read for its page only.
    """

    info: RuleInfo
    message: str
    grades: tuple[Grade, ...] = ()
    decide: "Decider | None" = None
    points_at: PointsAt = "action"
    judges_aws_managed: bool = True
    own_ceiling: bool = False
    enabled_by: EnabledBy | None = None
    needs: Need | None = None
    given_level: Level | None = None
    named_itself: bool = False
    bad: Example | None = None
    good: Example | None = None
    path: Path | None = None


def rule_from(data: Mapping[str, Any], decide: "Decider | None") -> Rule:
    """Read a compiled rule; ``decide`` is its Python part, if it has one."""
    info = RuleInfo(
        id=data["id"],
        title=data["title"],
        level=data["level"],
        subject=data["subject"],
        security_severity=float(data["security_severity"]),
        rationale=data["rationale"],
        remediation=data["remediation"],
        references=tuple(data.get("references", ())),
        cwe=tuple(data.get("cwe", ())),
        tags=tuple(data.get("tags", ())),
        aliases=tuple(data.get("aliases", ())),
        since=data["since"],
        status=data["status"],
        default=data.get("default", True),
    )
    return Rule(
        info=info,
        message=data["message"],
        grades=_grades(data),
        decide=decide,
        points_at=data.get("points_at", "action"),
        judges_aws_managed=data.get("aws_managed", "judge") == "judge",
        own_ceiling=data.get("gain") == "own-ceiling",
        enabled_by=data.get("enabled_by"),
        needs=data.get("needs"),
        bad=example_from(data.get("bad")),
        good=example_from(data.get("good")),
    )


def _grades(data: Mapping[str, Any]) -> tuple[Grade, ...]:
    if "match" in data:
        match = _match(data["match"])
        return (Grade(data["level"], match, data["message"], data.get("code", "")),)
    return tuple(
        Grade(
            grade["level"],
            _match(grade["match"]),
            grade.get("message", data["message"]),
            grade.get("code", ""),
        )
        for grade in data.get("grades", ())
    )


def _match(data: Mapping[str, Any]) -> Match:
    ((word, value),) = data.items()
    match word:
        case "allows" | "allows_all":
            return _ask(value, every=word == "allows_all")
        case "not":
            return Combined("not", (_match(value),))
        case _:
            return Combined(cast("Combinator", word), tuple(_match(part) for part in value))


def _ask(data: Mapping[str, Any], *, every: bool) -> Ask:
    principal = None
    if "principal" in data:
        ((kind, name),) = data["principal"].items()
        principal = (_PRINCIPAL_TYPES[kind], name)
    return Ask(
        every=every,
        actions=_words(data.get("action", "*")),
        resources=_words(data.get("resource", ())),
        principal=principal,
        context=tuple((key, _context(value)) for key, value in data.get("context", {}).items()),
    )


def _words(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _context(value: Any) -> ContextValue:
    if value is None:
        return None
    if isinstance(value, dict):
        return OtherTenant(value["stranger"]["prefix"], value["stranger"]["until"])
    if value in ("own-boundary", "unnamed-policy"):
        return cast("OwnWord", value)
    return _words(value)


def example_from(data: Mapping[str, Any] | None) -> Example | None:
    """Read a compiled example, if there is one."""
    if data is None:
        return None
    beside = tuple(Example(e["name"], e["form"], e["text"]) for e in data.get("beside", ()))
    return Example(data["name"], data["form"], data["text"], beside)
