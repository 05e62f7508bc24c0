"""Find the strings of a long Action element that may name an action: those of its service."""

from leastwise.iam.policy import Pattern, Patterns
from leastwise.semantics.remembered import by_identity

_FEW = 8
"""Strings that are as quickly tried as sorted."""
ANY_SERVICE = ""
"""Stands for a string that spells no service in full."""


def entries_for(actions: Patterns, action: str) -> tuple[Pattern, ...]:
    """Return, in their order, the strings that may match an action (any case).

    Left out are only those that spell another service.
    """
    if len(actions.globs) <= _FEW:
        return actions.globs
    sorted_out = _by_service(actions)
    return sorted_out.get(action.partition(":")[0].lower(), sorted_out[ANY_SERVICE])


@by_identity(maxsize=16384)
def is_literal(patterns: Patterns) -> bool:
    """Tell whether all characters of the strings are known."""
    return all(glob.literal is not None for glob in patterns.globs)


@by_identity(maxsize=8192)
def _by_service(actions: Patterns) -> dict[str, tuple[Pattern, ...]]:
    """Sort strings by service; what spells none in full is with each of them, and alone."""
    services = [service_of(glob) for glob in actions.globs]
    found: dict[str, list[Pattern]] = {service: [] for service in (ANY_SERVICE, *services)}
    for glob, service in zip(actions.globs, services, strict=True):
        for row in found.values() if service == ANY_SERVICE else (found[service],):
            row.append(glob)
    return {service: tuple(row) for service, row in found.items()}


def service_of(glob: Pattern) -> str:
    """Return the service that a string spells, lower case."""
    first = glob.pieces[0] if glob.pieces else ""
    return service_of_text(first) if isinstance(first, str) else ANY_SERVICE


def service_of_text(text: str) -> str:
    """Return the service that the beginning of an action spells in full, lower case."""
    service, colon, _ = text.partition(":")
    certain = colon and "*" not in service and "?" not in service
    return service.lower() if certain else ANY_SERVICE
