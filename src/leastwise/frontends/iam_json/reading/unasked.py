"""Leave out what nobody asks of a dump, at the speed of the interpreter's own JSON reader.

A dump holds up to five versions of each policy, of which one is in force, and each role's instance
profiles with the role's trust policy once more: of these only the ARNs are kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from leastwise.source.json_data import Json, data_at

_ENTRY = 3
"""How deep the entries of a dump's lists are: in a list in an object."""
_VERSIONS = "PolicyVersionList"
_PROFILES = "InstanceProfileList"
_NEVER = frozenset(
    (
        "CreateDate",
        "GroupId",
        _PROFILES,
        "PasswordLastUsed",
        "PolicyId",
        "RoleId",
        "RoleLastUsed",
        "UpdateDate",
        "UserId",
    )
)


@dataclass(slots=True, eq=False, repr=False)
class Unasked:
    """Remember between calls whether the items at hand are versions of a policy.

    ``profiles`` are the ARNs of instance profiles, each with the ARN of its role.
    """

    in_versions: bool = False
    profiles: list[tuple[str, str]] = field(default_factory=list)

    def end(self, name: str | None, depth: int, text: str, at: int) -> int | None:
        """Return where a value ends that is not to be read; None: read it."""
        if depth == _ENTRY and name is not None:
            self.in_versions = name == _VERSIONS
            found = data_at(text, at) if name in _NEVER else None
            if found is not None and name == _PROFILES:
                self.profiles += _profiles(found[0])
            return None if found is None else found[1]
        if depth != _ENTRY + 1 or name is not None or not self.in_versions:
            return None
        found = data_at(text, at)
        if found is None or not isinstance(found[0], dict):
            return None
        return found[1] if found[0].get("IsDefaultVersion") is False else None


def _profiles(data: Json) -> Iterator[tuple[str, str]]:
    for profile in data if isinstance(data, list) else ():
        roles = profile.get("Roles") if isinstance(profile, dict) else None
        for role in roles if isinstance(roles, list) else ():
            if isinstance(role, dict) and isinstance(profile, dict):
                arns = profile.get("Arn"), role.get("Arn")
                if isinstance(arns[0], str) and isinstance(arns[1], str):
                    yield arns[0], arns[1]
