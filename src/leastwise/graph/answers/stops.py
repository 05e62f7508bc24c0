"""Say what stops one call: the statements of each layer, and layers that are silent about it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from leastwise.iam.project import Policy
from leastwise.semantics.access import asked_space
from leastwise.semantics.actions import info
from leastwise.semantics.asking import keys_of
from leastwise.semantics.holder import Holder
from leastwise.semantics.model import EffectiveAccess, Layer, RequestPattern
from leastwise.semantics.nearest import Probe, Standing, standings
from leastwise.semantics.paths import layers_of, policies_of
from leastwise.semantics.space import Asked, presence

if TYPE_CHECKING:
    from leastwise.semantics.pattern import Pieces

DENIED, SILENT, OWN_SILENT = 2, 3, 8
"""How far a call is off: one condition is 1, another resource 2, another caller 4."""


class Stop(NamedTuple):
    """Hold how the statements on one call stand to it, and the layers that have none.

    ``distance`` grows with what would have to change for the call to be allowed.
    """

    action: str
    standings: tuple[Standing, ...]
    silent: tuple[tuple[Layer, tuple[Policy, ...]], ...]
    distance: int

    @property
    def is_denied(self) -> bool:
        """Say whether a statement denies the call."""
        return bool(self.denying)

    @property
    def denying(self) -> tuple[tuple[int, int], ...]:
        """Return policy, by identity, and number of each statement that denies the call."""
        return tuple(
            (id(s.deciding.policy), s.deciding.statement) for s in self.standings if _denies(s)
        )


def stop_of(access: EffectiveAccess, pattern: RequestPattern) -> Stop:
    """Return what stops the requests of a pattern about one action, none of which is allowed."""
    asked = probe_of(access, pattern)
    rows = [
        (layer, p, [_narrowed(s, pattern) for s in standings(layer, p, asked)])
        for layer, p in layers_of(access)
    ]
    found = [s for _, _, row in rows for s in row]
    if not any(map(_denies, found)) and not any(_fails(layer, row) for layer, _, row in rows):
        # None allows it, so what is not known of them is what they lack.
        rows = [(layer, p, _settled(row)) for layer, p, row in rows]
        found = [s for _, _, row in rows for s in row]
    silent: list[tuple[Layer, tuple[Policy, ...]]] = []
    distance = DENIED * any(map(_denies, found))
    for layer, policies, row in rows:
        if not _fails(layer, row):
            continue
        allowing = [s for s in row if s.statement.effect != "Deny"]
        if allowing:
            distance += min(s.distance for s in allowing)
        else:
            silent.append((layer, policies))
            distance += OWN_SILENT if layer == "identity" else SILENT
    return Stop(pattern.actions[0], tuple(found), tuple(silent), max(distance, 1))


def _narrowed(standing: Standing, pattern: RequestPattern) -> Standing:
    """Take a Deny to stop a call on anything only if it is about everything."""
    resources = standing.statement.resources
    if standing.statement.effect != "Deny" or pattern.resources is not None or resources is None:
        return standing
    everything = not resources.negated and any(g.literal == "*" for g in resources.globs)
    return standing if everything else standing._replace(resource=None)


def _denies(standing: Standing) -> bool:
    return standing.statement.effect == "Deny" and standing.truth is True


def _fails(layer: Layer, row: list[Standing]) -> bool:
    """Say whether no statement of a layer allows the call, for certain."""
    return layer != "rcp" and all(s.truth is False for s in row if s.statement.effect != "Deny")


def _settled(row: list[Standing]) -> list[Standing]:
    if any(s.statement.effect == "Allow" and s.truth for s in row):
        return row
    return [_lacking(s) if s.statement.effect == "Allow" else s for s in row]


def _lacking(standing: Standing) -> Standing:
    """Take what is not known of a statement to be missing: its resource, else its conditions."""
    if standing.truth is not None:
        return standing
    if standing.resource is None:
        return standing._replace(resource=False)
    if standing.principal is None:
        return standing._replace(principal=False)
    return standing._replace(conditions=False, failing=standing.statement.conditions)


def probe_of(access: EffectiveAccess, pattern: RequestPattern) -> Probe:
    """Return the request of a pattern; a key that nobody pins may hold what favours the caller."""
    action, holder = pattern.actions[0], Holder(access.caller_kind, access.caller_arn)
    context: dict[str, tuple[Pieces, ...]] = {k: (v,) for k, v in holder.keys().items() if v}
    for key, values in pattern.context:
        context[key] = tuple(value.pieces for value in values or ())
    pinned = {*context, *holder.keys(), *(key for key, _ in pattern.context)}
    free = frozenset(_free(access, pattern)) - pinned
    return Probe(action, pattern.resources or (), ("AWS", holder.name), context, free)


def _free(access: EffectiveAccess, pattern: RequestPattern) -> Iterator[str]:
    """Yield the condition keys of statements that requests of the action may carry."""
    action, space = pattern.actions[0], asked_space(access, pattern)
    asked = Asked(action, info(action), "AWS", space.holder.name)
    rows = ((p.document, s) for p in policies_of(access) for s in p.document.statements)
    for key in keys_of(rows):
        if presence(space, key, asked) != "never":
            yield key


def untrusted(trust: Policy, action: str, service: str) -> Stop:
    """Return how the statements of a trust policy stand to a service that may not assume a role."""
    asked = Probe(action, (), ("Service", (service,)), {})
    row = tuple(standings("trust", (trust,), asked))
    silent: tuple[tuple[Layer, tuple[Policy, ...]], ...] = () if row else (("trust", (trust,)),)
    return Stop(action, row, silent, SILENT)
