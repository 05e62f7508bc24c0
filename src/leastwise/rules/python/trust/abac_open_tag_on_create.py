"""trust/abac-open-tag-on-create: what a holder makes may carry the tag of somebody else.

Where grants compare a tag of the resource with the holder's own, the tag says whose a resource
is. That is worth something only as long as nobody can make one with another's tag.
https://docs.aws.amazon.com/IAM/latest/UserGuide/tutorial_attribute-based-access-control.html
"""

from functools import lru_cache

from leastwise.graph.gains.granted import bits_of
from leastwise.iam.policy import Pattern, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.tags import PRINCIPAL_TAG, Tagged, live_keys, resource_tags
from leastwise.semantics.access import allows
from leastwise.semantics.actions import action_index, info
from leastwise.semantics.model import RequestPattern

MESSAGE = "{subject} may call {action} with the {tag} tag of somebody else, which then says nothing"
_OTHERS = (Pattern(("a-value-that-nobody-names",)),)
_MAKES = ("create", "run", "register")
_MOST = 8


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each policy: of the first tag that anything may be made with."""
    for policy in case.access.identity:
        if case.original(policy).aws_managed:
            continue
        for tagged in resource_tags(policy):
            if _is_holders(tagged):
                hit = _judge(case, policy.document.statements[tagged.statement], tagged)
                if hit is not None:
                    return (hit,)
    return ()


def _is_holders(tagged: Tagged) -> bool:
    """Say whether the tag is compared with one of the holder."""
    keys = live_keys(tagged.condition.values)
    return any(key.lower().startswith(PRINCIPAL_TAG) for key in keys)


def _judge(case: Case, statement: Statement, tagged: Tagged) -> Hit | None:
    context = (
        (f"aws:requesttag/{tagged.tag}".lower(), _OTHERS),
        ("aws:tagkeys", (Pattern((tagged.tag,)),)),
    )
    services = {name.partition(":")[0] for name in action_index().names(bits_of(statement))}
    for service in sorted(services)[:_MOST]:
        for action in _making(service):
            answer = allows(case.access, RequestPattern((action,), context=context))
            if answer.certainty == "proven":
                return Hit("note", "proven", (answer,), MESSAGE, words={"tag": tagged.tag})
    return None


@lru_cache(maxsize=256)
def _making(service: str) -> tuple[str, ...]:
    """List actions of a service that make something and put tags on it at once."""
    index = action_index()
    names = index.names(index.bits(f"{service}:*"))
    made = (info(name) for name in names if name.partition(":")[2].lower().startswith(_MAKES))
    return tuple(k.name for k in made if k is not None and "aws:requesttag/" in k.condition_keys)
