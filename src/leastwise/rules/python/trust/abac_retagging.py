"""trust/abac-retagging: whoever a tag keeps from a resource may put that tag on it.

Asked is one resource: the action is refused while it carries another value, and the tagging
action of its service is allowed on it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
"""

from collections.abc import Iterator

from leastwise.graph.gains.gain import actions_of
from leastwise.iam.arns import segments, spelled
from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.tags import (
    PRINCIPAL_TAG,
    Tagged,
    live_keys,
    resource_tags,
    tagging_actions,
)
from leastwise.semantics.access import allows, allows_surely
from leastwise.semantics.actions import info
from leastwise.semantics.model import Answer, Context, RequestPattern

MESSAGE = "{subject} {may} put the tag {tag} on what only that tag protects, then call {called}"
_OTHER = (Pattern(("a-value-that-nobody-names",)),)
_OWN = (Pattern(("a-value-of-its-own",)),)
_MOST = 12
_TRIES = 2


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for the first grant of each policy that its holder may widen by a tag."""
    found = []
    for policy in case.access.identity:
        if case.original(policy).aws_managed:
            continue
        for tagged in resource_tags(policy)[:_MOST]:
            hit = _judge(case, policy, tagged)
            if hit is not None:
                found.append(hit)
                break
    return tuple(found)


def _judge(case: Case, policy: Policy, tagged: Tagged) -> Hit | None:
    statement = policy.document.statements[tagged.statement]
    for action in _told(statement):
        for resources in (_globs(statement), *_of_other_services(action)):
            allowed = allows_surely(case.access, RequestPattern((action,), resources))
            if allowed.certainty != "proven" or allowed.witness is None:
                continue
            resource = (Pattern((allowed.witness.resource,)),)
            state = _refused(case, action, resource, tagged)
            if allowed.witness.resource == "*" or state is None:
                continue
            for tagging in tagging_actions(service_of(resource[0])):
                answer = _puts(case, tagging, resource, (tagged, state))
                if answer is not None:
                    return _hit(answer, allowed, tagged)
    return None


def _of_other_services(action: str) -> list[tuple[Pattern, ...]]:
    """List what an action reaches in other services: ssm:StartSession opens EC2 instances."""
    known = info(action)
    formats = known.arn_formats if known is not None else ()
    arns = [Pattern((arn_format.replace("?*", "*"),)) for arn_format in formats]
    service = action.partition(":")[0].lower()
    return [(arn,) for arn in arns if service_of(arn) not in (service, "")]


def service_of(arn: Pattern) -> str:
    """Return the service that an ARN names, in lower case; empty when it does not say."""
    parts = segments(arn)
    return (spelled(parts[2]) or "").lower() if len(parts) == 6 else ""


def _told(statement: Statement) -> Iterator[str]:
    yield from actions_of(statement, "strong", _TRIES)
    yield from actions_of(statement, "ordinary", _TRIES)


def _globs(statement: Statement) -> tuple[Pattern, ...] | None:
    resources = statement.resources
    if resources is None or resources.negated or any(g.literal == "*" for g in resources.globs):
        return None
    return tuple(Pattern(g.pieces) for g in resources.globs) or None


def _refused(
    case: Case, action: str, resource: tuple[Pattern, ...], tagged: Tagged
) -> Context | None:
    """Return the tag of a resource with which the action is refused; None: it keeps nobody out."""
    service = action.partition(":")[0].lower()
    keys = dict.fromkeys(("aws:resourcetag", f"{service}:resourcetag"))
    holder = tuple((key, _OWN) for key in _holder_tags(tagged))
    for value in (_OTHER, None):
        state = (*((f"{key}/{tagged.tag}", value) for key in keys), *holder)
        if (
            allows(case.access, RequestPattern((action,), resource, context=state)).certainty
            == "no"
        ):
            return state
    return None


def _holder_tags(tagged: Tagged) -> list[str]:
    """List the tags of the holder that the condition compares with."""
    keys = dict.fromkeys(live_keys(tagged.condition.values))
    return [key for key in keys if key.lower().startswith(PRINCIPAL_TAG)]


def _puts(
    case: Case, tagging: str, resource: tuple[Pattern, ...], at: tuple[Tagged, Context]
) -> Answer | None:
    tagged, state = at
    context = (
        *state,
        ("aws:tagkeys", (Pattern((tagged.tag,)),)),
        ("ec2:createaction", None),
    )
    for value in _values(tagged):
        added = () if value is None else ((f"aws:requesttag/{tagged.tag}", (value,)),)
        pattern = RequestPattern((tagging,), resource, context=(*context, *added))
        answer = allows_surely(case.access, pattern)
        if answer.certainty == "proven":
            return answer
    return None


def _values(tagged: Tagged) -> list[Pattern | None]:
    """Return values that meet the condition, None for any: a wildcard or variable has its own."""
    plain = [v for v in tagged.condition.values if not _is_live(v)]
    return [*(Pattern(v.pieces) for v in plain[:_TRIES])] if plain else [None]


def _is_live(value: Pattern) -> bool:
    return any(isinstance(p, str) and ("${" in p or "*" in p or "?" in p) for p in value.pieces)


def _hit(tagging: Answer, then: Answer, tagged: Tagged) -> Hit:
    called = "" if then.witness is None else then.witness.action
    return Hit(
        "warning",
        "proven",
        (tagging, then),
        MESSAGE,
        words={"tag": tagged.tag, "called": called},
        is_chain=True,
    )
