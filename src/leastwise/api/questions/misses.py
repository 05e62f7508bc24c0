"""Say in words how statements stand to a request that is not allowed, and cite them."""

from collections.abc import Iterable, Iterator

from leastwise.api.questions.citing import attachment_of, citation
from leastwise.iam.policy import Condition, Patterns, Statement
from leastwise.iam.project import Policy, Principal
from leastwise.reporters.story import Cited
from leastwise.semantics.evaluation import UNSEEN
from leastwise.semantics.model import Layer
from leastwise.semantics.nearest import Standing
from leastwise.source.span import Span, lies_in
from leastwise.source.text import span_of

MOST_SAID = 3


def applies(standing: Standing) -> bool:
    """Say whether a statement is one that allows the request."""
    return standing.statement.effect == "Allow" and standing.truth is True


def denials(standings: Iterable[Standing], principal: Principal | None) -> Iterator[Cited]:
    """Cite the statements that deny the request."""
    for standing in standings:
        if standing.statement.effect == "Deny" and standing.truth:
            text = f"denies it{when(standing)}"
            yield citation(principal, standing.deciding, "denies", text)


def possible_denials(standings: Iterable[Standing], principal: Principal | None) -> Iterator[Cited]:
    """Cite the statements that deny the request if what is not known of it meets them."""
    for standing in standings:
        if standing.statement.effect == "Deny" and standing.truth is None:
            text = f"may deny it{when(standing)}"
            yield citation(principal, standing.deciding, "may-deny", text)


def near_misses(standings: Iterable[Standing], principal: Principal | None) -> Iterator[Cited]:
    """Cite, for each layer where nothing allows, the statements that come nearest to it."""
    layers: dict[str, list[Standing]] = {}
    for standing in standings:
        if standing.statement.effect == "Allow":
            layers.setdefault(standing.deciding.layer, []).append(standing)
    for row in layers.values():
        if any(standing.truth for standing in row):
            continue
        nearest = min(standing.distance for standing in row)
        for standing in [s for s in row if s.distance == nearest][:MOST_SAID]:
            cited = citation(principal, standing.deciding, "misses", _miss(standing))
            yield (
                cited
                if cited.attached
                else cited._replace(span=_missing_part(standing) or cited.span)
            )


def silent(
    layer: Layer, policies: Iterable[Policy], principal: Principal | None, action: str
) -> Iterator[Cited]:
    """Cite the policies of a layer that has no statement for the action at all."""
    for policy in policies:
        attachment = attachment_of(principal, policy) if policy.aws_managed else None
        span = policy.document.span if attachment is None else attachment.span
        text = f"does not allow it: no statement is about {action}"
        yield Cited(layer, "silent", policy.address, "", text, span, policy.aws_managed)


_OWN_LACK = (
    "it holds no policy, so none allows it",
    "its one policy, {1}, does not allow {2} here",
    "none of its {0} policies ({1}) allows {2} here",
)


def own_lack(policies: Iterable[Policy], action: str) -> str:
    """Say that none of the policies of a caller allows an action."""
    held = [p.address for p in policies if p is not UNSEEN]
    return _OWN_LACK[min(len(held), 2)].format(len(held), listed(held), action)


def when(standing: Standing) -> str:
    """Say under which conditions a statement applies; nothing where it has none."""
    words = [condition_words(c) for c in standing.statement.conditions]
    return f" where {' and '.join(words)}" if words else ""


def _missing_part(standing: Standing) -> Span | None:
    """Return where the part of a statement stands that the request does not meet."""
    statement = standing.statement
    if standing.principal is False:
        return place_of_principals(statement)
    if standing.resource is False:
        return None if statement.resources is None else statement.resources.span
    return standing.failing[0].span if standing.failing else None


def place_of_principals(statement: Statement) -> Span | None:
    """Return where a statement says whom it is about: the one name, or the element of several."""
    principals = statement.principals
    if principals is None:
        return None
    names = [entry.pattern.origin for entry in principals.entries]
    only = None if len(names) != 1 or names[0] is None else span_of(names[0])
    # A name that comes from elsewhere was written there.
    return only if lies_in(only, principals.span) else principals.span


def _miss(standing: Standing) -> str:
    statement = standing.statement
    if standing.principal is False:
        names = [] if statement.principals is None else statement.principals.entries
        return f"allows it to {listed([str(e.pattern) for e in names])}, not to this caller"
    if standing.resource is False:
        return f"allows the action, but on {_resources(statement.resources)}"
    if standing.failing:
        return f"allows it only where {' and '.join(map(condition_words, standing.failing))}"
    return "may allow it: that depends on values that are not known"


def _resources(patterns: Patterns | None) -> str:
    if patterns is None:
        return "nothing"
    names = listed([str(p) for p in patterns.globs])
    return f"all but {names}" if patterns.negated else names


def listed(names: list[str]) -> str:
    """List the first names, and say how many more there are."""
    more = len(names) - MOST_SAID
    return ", ".join(names[:MOST_SAID]) + (f" and {more} more" if more > 0 else "")


def condition_words(condition: Condition) -> str:
    """Spell a condition as it stands in the policy: key, operator, values."""
    operator = condition.operator
    name = operator.name + ("IfExists" if operator.if_exists else "")
    if operator.quantifier is not None:
        name = f"{operator.quantifier}:{name}"
    values = " or ".join(repr(str(v)) for v in condition.values[:MOST_SAID])
    more = len(condition.values) - MOST_SAID
    return f"{condition.key} {name} {values}" + (f" or {more} more" if more > 0 else "")
