"""Find the strings of a long Action element that may name an action: those of its service."""

from leastwise.iam.policy import Pattern, Patterns
from leastwise.semantics.remembered import by_identity

_FEW = 8
"""Strings that are as quickly tried as sorted."""
_ANY = ""


def entries_for(actions: Patterns, action: str) -> tuple[Pattern, ...]:
    """Return, in their order, the strings that may match an action (any case).

    Left out are only those that spell another service.
    """
    if len(actions.globs) <= _FEW:
        return actions.globs
    sorted_out = _by_service(actions)
    return sorted_out.get(action.partition(":")[0].lower(), sorted_out[_ANY])


@by_identity(maxsize=8192)
def _by_service(actions: Patterns) -> dict[str, tuple[Pattern, ...]]:
    """Sort strings by service; what spells none in full is with each of them, and alone."""
    services = [_service(glob) for glob in actions.globs]
    found: dict[str, list[Pattern]] = {service: [] for service in (_ANY, *services)}
    for glob, service in zip(actions.globs, services, strict=True):
        for row in found.values() if service == _ANY else (found[service],):
            row.append(glob)
    return {service: tuple(row) for service, row in found.items()}


def _service(glob: Pattern) -> str:
    first = glob.pieces[0] if glob.pieces else ""
    service, colon, _ = first.partition(":") if isinstance(first, str) else ("", "", "")
    certain = colon and "*" not in service and "?" not in service
    return service.lower() if certain else _ANY
