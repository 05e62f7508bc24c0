"""The configuration as a value; reading and checking it is ``config.read``."""

from typing import Literal, NamedTuple, TypeAlias

FailOn: TypeAlias = Literal["error", "warning", "note", "never"]


class ExpectedAdmin(NamedTuple):
    """Accept the admin grant of principals whose address or ARN matches the IAM-style glob."""

    match: str
    reason: str


class PathIgnore(NamedTuple):
    """Ignore rules (ids or groups) in files that match a path glob."""

    path: str
    rules: tuple[str, ...]


class Config(NamedTuple):
    """Hold the settings of one run; the defaults are those of a project without a file.

    ``select`` and ``ignore`` hold rule ids and groups. ``exclude`` are path globs relative to
    the tree. ``own_accounts`` are 12-digit account numbers that belong to the team.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_path_ignores: tuple[PathIgnore, ...] = ()
    fail_on: FailOn = "error"
    own_accounts: tuple[str, ...] = ()
    expected_admins: tuple[ExpectedAdmin, ...] = ()
    baseline: str | None = None
