"""Service control policies that a person says bind the principals of a root.

They are not in the source of the root, so that they only take away: what they deny is denied,
and where one of them allows anything, what none of them allows is denied too.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from leastwise.iam.lower import lower_document
from leastwise.iam.parse import value_of
from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, Statement
from leastwise.iam.project import Account, Policy, Project
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import source_file
from leastwise.source.tree import Tree


class ControlPolicies(NamedTuple):
    """Hold the levels of an organization as ``EffectiveAccess`` takes them."""

    levels: tuple[tuple[Policy, ...], ...]
    diagnostics: tuple[Diagnostic, ...]


def control_policies(paths: tuple[str, ...], tree: Tree) -> ControlPolicies:
    """Read files of one SCP each; one that is not understood binds nobody.

    All count as one level. AWS attaches FullAWSAccess to every level, and a level that allows
    nothing would deny everything, so that it stands beside files that only deny. Source:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html

    SOUND: files of several levels allow more together than one level after the other.
    """
    policies: list[Policy] = []
    found: list[Diagnostic] = []
    for path in paths:
        policy = _read(path, tree)
        if isinstance(policy, Policy):
            policies.append(policy)
        else:
            found += policy
    if policies and not any(_allows(policy) for policy in policies):
        policies.append(FULL_ACCESS)
    return ControlPolicies((tuple(policies),) if policies else (), tuple(found))


def bound(
    project: Project, scps: tuple[str, ...], tree: Tree, *, only: Collection[Account] | None = None
) -> Project:
    """Return a project whose principals, or those of some accounts, are bound by files of SCPs."""
    found = control_policies(scps, tree)
    return project._replace(
        principals=tuple(
            replace(p, scps=p.scps + found.levels) if only is None or p.id.account in only else p
            for p in project.principals
        ),
        diagnostics=tuple(dict.fromkeys((*project.diagnostics, *found.diagnostics))),
        read=project.read.union(scps),
    )


def _read(path: str, tree: Tree) -> Policy | list[Diagnostic]:
    data = tree.read(path)
    if isinstance(data, Diagnostic):
        return [data]
    value = value_of(source_file(path, data))
    if isinstance(value, Diagnostic):
        return [value]
    lowered = lower_document(value, "scp", scope=path)
    if lowered.diagnostics:
        return list(lowered.diagnostics)
    return Policy(
        address=path,
        attribute="",
        kind="scp",
        document=lowered.document,
        resolution="concrete",
        span=lowered.document.span,
        consumption="ignored",
        value=value,
    )


def _allows(policy: Policy) -> bool:
    return any(statement.effect != "Deny" for statement in policy.document.statements)


_ANY = Patterns((Pattern(("*",)),))
FULL_ACCESS = Policy(
    address="FullAWSAccess",
    attribute="",
    kind="scp",
    document=PolicyDocument((Statement("Allow", _ANY, _ANY),)),
    resolution="concrete",
    span=None,
    consumption="ignored",
    aws_managed=True,
)
"""What AWS attaches to every level, the policy ``p-FullAWSAccess``."""
