"""Say of an action that AWS's reference does not have which one was meant.

Slips of the keyboard, the right name under the wrong service, operations of an API that another
action authorises (``data/api_operations.csv``), and names of services that the AWS CLI has and
policies don't (``data/service_names.csv``).
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from leastwise.semantics.actions import action_index
from leastwise.semantics.spelling import nearest

_DATA = Path(__file__).parent.parent / "data"


class Meant(NamedTuple):
    """Name the actions that an unknown one stands for; ``words`` say so.

    ``sure``: there is hardly another explanation. An action may also be new, and be called as one
    of another service.
    """

    actions: tuple[str, ...]
    words: str
    sure: bool = True


def meant(action: str) -> Meant | None:
    """Return what was meant by an action that is not known (any case), or None."""
    operation = _operations().get(action.lower())
    if operation is not None:
        named = " and ".join(operation)
        return Meant(
            operation, f"is an operation of the API, not an action: {named} is what it needs"
        )
    prefix, _, name = action.partition(":")
    near = _slip(prefix.lower(), name.lower())
    if near is not None:
        return Meant((near,), f"does not exist (did you mean {near!r}?)")
    others = _by_name().get(name.lower(), ())
    if len(others) == 1 and _is_telling(others[0]):
        return Meant(others, f"is not known, but {others[0]} is", sure=False)
    return None


def service_meant(prefix: str) -> str | None:
    """Return the prefix of a service that was meant by one that is not known, or None."""
    folded = prefix.lower()
    return _service_names().get(folded) or nearest(folded, action_index().services)


@cache
def _service_names() -> dict[str, str]:
    text = (_DATA / "service_names.csv").read_text(encoding="ascii")
    return {row["name"]: row["prefix"] for row in csv.DictReader(text.splitlines())}


def _is_telling(action: str) -> bool:
    """Say whether a name is of several words: ``Receive`` may be anybody's."""
    return sum(c.isupper() for c in action.partition(":")[2]) > 1


def _slip(prefix: str, name: str) -> str | None:
    index = action_index()
    service = index.services.get(prefix)
    if service is None:
        return None
    near = nearest(name, service.line.lower().split(","))
    return None if near is None else index.spelled(f"{prefix}:{near}")


@cache
def _by_name() -> dict[str, tuple[str, ...]]:
    """Map names of actions, in lower case, to the actions of all services that have one."""
    found: dict[str, list[str]] = {}
    for service in action_index().services.values():
        for name in service.line.split(","):
            found.setdefault(name.lower(), []).append(f"{service.prefix}:{name}")
    return {name: tuple(actions) for name, actions in found.items()}


@cache
def _operations() -> dict[str, tuple[str, ...]]:
    """Read the table of operations that are no actions.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
    https://docs.aws.amazon.com/lambda/latest/dg/API_Invoke.html
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    """
    text = (_DATA / "api_operations.csv").read_text(encoding="ascii")
    rows = csv.DictReader(text.splitlines())
    return {row["operation"].lower(): tuple(row["actions"].split()) for row in rows}
