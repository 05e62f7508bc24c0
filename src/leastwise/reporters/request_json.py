"""Write a request as JSON, the same in every report."""

from collections.abc import Mapping
from typing import Any

from leastwise.semantics.keys import spell_key
from leastwise.semantics.model import Request


def request_object(request: Request, written: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return a request as an object of JSON.

    ``written`` are the keys of the policies at hand: lower case to as they are written.
    """
    return {
        "principal": request.principal.name,
        "principal_type": request.principal.type,
        "action": request.action,
        "resource": request.resource,
        "context": {spell_key(key, written): list(values) for key, values in request.context},
    }
