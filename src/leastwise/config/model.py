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


class RootSettings(NamedTuple):
    """Say how a Terraform root module or a CloudFormation template is deployed to one environment.

    Paths are relative to the tree once settings were found (as read: to the configuration's
    folder). ``path`` is a root module, a folder with a ``terragrunt.hcl``, or a template.
    ``account`` is that of the default AWS provider, or of the stack. ``scps`` are files with
    service control policies that bind every principal of the root. ``var_files`` and
    ``workspace`` are Terraform's, ``parameters``, ``parameter_files`` and ``region`` the stack's.
    """

    path: str
    var_files: tuple[str, ...] = ()
    workspace: str | None = None
    environment: str = ""
    account: str | None = None
    scps: tuple[str, ...] = ()
    region: str | None = None
    parameters: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    parameter_files: tuple[str, ...] = ()


class GivenVariables(NamedTuple):
    """Hold one ``--var`` or ``--var-file``, ``--parameter`` or ``--parameter-file``.

    ``file`` is a path of the tree, or, with ``data``, the name of a file outside of it. Without
    ``file``: the variable or parameter ``name`` with its ``value`` as typed.
    """

    file: str = ""
    data: bytes | None = None
    name: str = ""
    value: str = ""


class LevelOverride(NamedTuple):
    """Give a rule (an id) or a group another level, or ``off``."""

    rule: str
    level: Literal["error", "warning", "note", "off"]


class Config(NamedTuple):
    """Hold the settings of one run; the defaults are those of a project without a file.

    ``select`` and ``ignore`` hold rule ids and groups. ``exclude`` are path globs relative to
    the tree. ``own_accounts`` are 12-digit account numbers that belong to the team.
    ``roots`` are unique by path and environment. ``opentofu``: a ``.tofu`` file hides its ``.tf``
    twin. ``variables`` and ``parameters`` come from the command line, in order; the last value
    counts.

    ``own_organizations`` are ids (``o-...``), ``trusted_principals`` IAM-style globs over ARNs of
    principals and account numbers outside that may have access. ``sensitive`` are IAM-style globs
    over ARNs of resources. ``required_boundary`` is such a glob over policy ARNs that every role
    and user must have one of. ``forbidden_actions`` are globs over actions. ``account`` is the
    account of roots that say nothing else, ``scps`` bind all roots that name none. ``rules`` is
    a folder with the team's own rules, relative to the tree. ``preview``: run rules in preview.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_path_ignores: tuple[PathIgnore, ...] = ()
    fail_on: FailOn = "error"
    own_accounts: tuple[str, ...] = ()
    expected_admins: tuple[ExpectedAdmin, ...] = ()
    baseline: str | None = None
    roots: tuple[RootSettings, ...] = ()
    opentofu: bool = False
    variables: tuple[GivenVariables, ...] = ()
    parameters: tuple[GivenVariables, ...] = ()
    levels: tuple[LevelOverride, ...] = ()
    own_organizations: tuple[str, ...] = ()
    trusted_principals: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    required_boundary: str | None = None
    forbidden_actions: tuple[str, ...] = ()
    account: str | None = None
    scps: tuple[str, ...] = ()
    rules: str | None = None
    preview: bool = False
