"""Read what the names of a file and of its folders say about what is in it.

Some outputs of the AWS CLI do not say what they are about: ``list-attached-role-policies`` names
no role, ``list-targets-for-policy`` no policy. The path of the file tells (docs/account-dumps.md).
"""

import posixpath
import re

from leastwise.iam.policy import PolicyKind
from leastwise.iam.project import PrincipalKind

_SUFFIXES: dict[str, PolicyKind] = {
    "boundary": "boundary",
    "endpoint": "endpoint",
    "identity": "identity",
    "rcp": "rcp",
    "resource": "resource",
    "scp": "scp",
    "session": "session",
    "trust": "trust",
}
_FOLDERS: dict[str, PolicyKind] = {"boundaries": "boundary", "rcps": "rcp", "scps": "scp"}
_PRINCIPALS: dict[str, PrincipalKind] = {"groups": "group", "roles": "role", "users": "user"}
_OF_ACCOUNT = (*_PRINCIPALS, "policies")
_OF_ORGANIZATION = ("organization", "rcps", "scps")
# Source: Policy, Root, OrganizationalUnit and Account, AWS Organizations API Reference.
_CONTROL_POLICY = re.compile(r"(?<![0-9A-Za-z])p-[0-9A-Za-z_]{8,128}(?![0-9A-Za-z_])")
_TARGET = re.compile(
    r"(?<![0-9A-Za-z-])(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|[0-9]{12})(?![0-9A-Za-z-])"
)


def kind_by_name(path: str) -> PolicyKind | None:
    """Return the kind that a path says a document is of: ``x.scp.json``, ``scps/.../x.json``."""
    folder, name = posixpath.split(path)
    parts = name.lower().split(".")
    if len(parts) >= 3 and parts[-2] in _SUFFIXES:
        return _SUFFIXES[parts[-2]]
    if name.lower() == "trust-policy.json" or name.lower().endswith("-trust-policy.json"):
        return "trust"
    near = reversed(folder.lower().split("/")[-2:])
    return next((_FOLDERS[part] for part in near if part in _FOLDERS), None)


def principal_by_path(path: str) -> tuple[PrincipalKind, str] | None:
    """Return whom a file is about: ``roles/NAME/x.json`` or ``roles/NAME.json``."""
    found = _member(path)
    return None if found is None or found[0] == "policies" else (_PRINCIPALS[found[0]], found[1])


def policy_by_path(path: str) -> str | None:
    """Return the name of the policy a file is about: ``policies/NAME/x.json``."""
    found = _member(path)
    return found[1] if found is not None and found[0] == "policies" else None


def _member(path: str) -> tuple[str, str] | None:
    parts = path.split("/")
    if len(parts) >= 3 and parts[-3] in _OF_ACCOUNT:
        return parts[-3], parts[-2]
    if len(parts) >= 2 and parts[-2] in _OF_ACCOUNT:
        return parts[-2], parts[-1].removesuffix(".json")
    return None


def control_policy_by_path(path: str) -> str | None:
    """Return the id of the SCP or RCP that a path names last (``p-...``)."""
    found = _CONTROL_POLICY.findall(path)
    return found[-1] if found else None


def target_by_path(path: str) -> str | None:
    """Return the id of the root, unit or account of an organization that a path names last."""
    found: list[str] = _TARGET.findall(path)
    return found[-1] if found else None


def account_folder(path: str) -> str:
    """Return the folder whose files are about the same account as this one."""
    parts = path.split("/")[:-1]
    for back in (1, 2):
        if len(parts) >= back and parts[-back] in _OF_ACCOUNT:
            return "/".join(parts[:-back])
    return "/".join(parts)


def counts_for(path: str, folder: str) -> bool:
    """Say whether a file about an organization counts for the accounts in a folder.

    One in a folder ``organization``, ``scps`` or ``rcps`` does for accounts beside that folder
    and below, another one for those in its own folder and above.
    """
    parts = path.split("/")[:-1]
    for index, part in enumerate(parts):
        if part.lower() in _OF_ORGANIZATION:
            return is_below(folder, "/".join(parts[:index]))
    return is_below("/".join(parts), folder)


def is_below(path: str, folder: str) -> bool:
    """Say whether a folder is another one or lies below it."""
    return not folder or path == folder or path.startswith(f"{folder}/")
