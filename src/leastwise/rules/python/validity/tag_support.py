"""Which services never send a tag key: none of their actions has it in the reference.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
"""

from functools import lru_cache

from leastwise.rules.python.validity.written_condition import Written
from leastwise.semantics.actions import action_index, carries, info

_TAG_KEYS = ("aws:resourcetag/", "aws:requesttag/", "aws:tagkeys")
_SHOWN = 3
_FOR_OTHERS = frozenset({"tag", "resource-groups"})
"""Services that tag what others hold, of which the reference lists no tag keys."""


def without_tags(found: Written) -> str:
    """Name the services of a statement that never send its tag key; empty when all do.

    SOUND: services that are not known, and entries for every service, are taken to send it.
    """
    head = next((key for key in _TAG_KEYS if found.name.startswith(key)), None)
    actions = found.statement.actions
    if head is None or actions.tail is not None or found.statement.effect == "Unknown":
        return ""
    globs = [glob.literal for glob in actions.globs]
    if None in globs:
        return ""
    prefixes = {glob.partition(":")[0].lower() for glob in globs if glob}
    if actions.negated:
        return _every_other(head, prefixes)
    names = sorted(p for p in prefixes if not _sends(p, head))
    return ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")


def _every_other(head: str, prefixes: set[str]) -> str:
    others = (s for s in sorted(action_index().services) if s not in prefixes)
    name = next((s for s in others if not _sends(s, head)), None)
    return "" if name is None or "*" in prefixes else f"{name} and others"


@lru_cache(maxsize=1024)
def _sends(prefix: str, head: str) -> bool:
    index = action_index()
    if prefix not in index.services or prefix in _FOR_OTHERS:
        return True
    key = head if head.endswith(":tagkeys") else f"{head}x"
    known = (info(action) for action in index.names(index.bits(f"{prefix}:*")))
    return any(one is None or carries(one, key) for one in known)
