"""Write a request as JSON, the same in every report."""

from typing import Any

from leastwise.semantics.model import Request


def request_object(request: Request) -> dict[str, Any]:
    """Return a request as an object of JSON."""
    return {
        "principal": request.principal.name,
        "principal_type": request.principal.type,
        "action": request.action,
        "resource": request.resource,
        "context": {key: list(values) for key, values in request.context},
    }
