"""Read a plan or a state, and say what it leaves in place declares in IAM's terms."""

import json
from dataclasses import replace
from typing import Any

from leastwise.config.model import Config
from leastwise.frontends.terraform.attributes.environment import bind_accounts
from leastwise.frontends.terraform.model import Evaluated, Instance
from leastwise.frontends.terraform.plan.bodies import Plan
from leastwise.frontends.terraform.plan.configuration import Configuration, account_in
from leastwise.frontends.terraform.plan.configured import (
    by_address,
    evaluated_at,
    laid_over,
    written_of,
)
from leastwise.frontends.terraform.plan.document import read_document
from leastwise.frontends.terraform.plan.echoes import without_echoes
from leastwise.frontends.terraform.plan.model import Entry
from leastwise.frontends.terraform.plan.recognise import refusal
from leastwise.frontends.terraform.plan.references import followed, scope_of
from leastwise.frontends.terraform.plan.standing import standing
from leastwise.frontends.terraform.plan.unused import unused_documents
from leastwise.frontends.terraform.project import (
    assembled_project,
    has_arn,
    is_read,
    read_instances,
    resources_in,
)
from leastwise.frontends.terraform.reading.control_policies import bound_by_organization
from leastwise.frontends.terraform.reading.reading import Reading
from leastwise.frontends.terraform.reading.role_consumers import naming_attributes
from leastwise.iam.declarations import PolicyReference
from leastwise.iam.project import Occurrence, Project, Resource, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.tree import Tree


def load(root: Root, tree: Tree, config: Config) -> Project:
    """Read one file; what can't be read is a diagnostic of the project.

    With the configuration in the tree, places are those of the configuration.
    """
    opened = _opened(root, tree)
    if isinstance(opened, Diagnostic):
        files = (root.path,)
        return Project((root,), diagnostics=(opened,), files=files, read=frozenset(files))
    plan, standing_entries = opened
    instances = [_instance(e, plan) for e in standing_entries.values() if _is_wanted(e, plan)]
    written = None
    if root.kind == "terraform-state":
        instances = without_echoes(instances)
    if root.module is not None:
        written = evaluated_at(root, tree, config, plan.configuration)
        spelled = by_address(written)
        instances = [_written(one, spelled) for one in instances]
    instances += unused_documents(plan, instances, written)
    bound = {} if written is None else written.accounts
    evaluated = _evaluated(root, plan, instances, {**bound, **plan.configuration.accounts()})
    reading = read_instances(evaluated, tree)
    _without_removals(reading)
    project = assembled_project(root, evaluated, reading)
    if root.module is not None:
        module = root._replace(path=root.module)
        project = bound_by_organization(project, module, tree, config)
    return project._replace(
        pointed=frozenset() if written is None else written.read.union(written.files),
        masked=frozenset((root.path,)),
        quotable=plan.quotable(),
    )


def resources(root: Root, tree: Tree) -> tuple[Resource, ...]:
    """List the resources whose ARN can be spelled, for people who name one."""
    opened = _opened(root, tree)
    if isinstance(opened, Diagnostic):
        return ()
    plan, entries = opened
    found = [_instance(e, plan) for e in entries.values() if e.mode != "data" and has_arn(e.type)]
    return resources_in(_evaluated(root, plan, found, plan.configuration.accounts()))


def _opened(root: Root, tree: Tree) -> tuple[Plan, dict[str, Entry]] | Diagnostic:
    """Return a file's plan, and what of it is there when it has been carried out."""
    data = tree.read(root.path)
    if isinstance(data, Diagnostic):
        return data
    refused = refusal(data)
    if refused is not None:
        code, message, remedy = refused
        return Diagnostic("error", code, Span(root.path, 0, 0), message, remedy)
    document = read_document(root.path, data)
    entries = standing(document)
    configuration = Configuration(document.configuration or {}, document.variables or {})
    every = {**document.prior, **entries}
    return Plan(data, _scope(root), every, configuration, document.diagnostics), entries


def _scope(root: Root) -> str:
    """Return the scope of the root module: that of its configuration when it is at hand."""
    folder = root.path if root.module is None else root.module
    return f"{folder}@{root.environment}" if root.environment else folder


def _evaluated(
    root: Root, plan: Plan, instances: list[Instance], accounts: dict[str, str]
) -> Evaluated:
    """Return instances as an evaluation gives them, with the accounts that are known."""
    files = (root.path,)
    return bind_accounts(
        Evaluated(
            tuple(instances),
            tuple(plan.diagnostics),
            files=files,
            read=frozenset(files),
            accounts={**_callers(plan), **accounts},
        )
    )


def _is_wanted(entry: Entry, plan: Plan) -> bool:
    if entry.mode == "data":
        return False
    return is_read(entry.type) or _may_name_role(entry, plan)


def _may_name_role(entry: Entry, plan: Plan) -> bool:
    """Say whether a resource is worth reading: most instances and the like have no role."""
    values: Any = json.loads(plan.data[entry.values.start : entry.values.end])
    parts = [one for one in (values, entry.unknown) if isinstance(one, dict)]
    return any(one.get(name) for one in parts for name in naming_attributes(entry.type))


def _written(instance: Instance, spelled: dict[str, Instance]) -> Instance:
    written = written_of(instance.address, spelled)
    return instance if written is None else laid_over(instance, written)


def _callers(plan: Plan) -> dict[str, str]:
    """Return the accounts in which the plan was made, by provider."""
    found: dict[str, str] = {}
    for entry in plan.entries.values():
        if entry.type == "aws_caller_identity" and entry.mode == "data":
            value = plan.body(entry).attributes.get("account_id")
            number = account_in(getattr(value, "literal", None))
            if number is not None:
                found[plan.configuration.provider(entry)] = number
    return found


def _instance(entry: Entry, plan: Plan) -> Instance:
    body = followed(plan.body(entry), entry, plan)
    key = None if entry.key is None else str(entry.key)
    return Instance(
        address=entry.address,
        mode=entry.mode,
        type=entry.type,
        name=entry.name,
        body=body,
        scope=scope_of(entry, plan),
        provider=plan.configuration.provider(entry),
        occurrence=Occurrence(entry.module or None, key),
        maybe=entry.maybe,
        known=plan.environment(entry),
    )


def _without_removals(reading: Reading) -> None:
    """Take back what would let go of attachments: a plan is made anew, not edited."""
    for index, declared in enumerate(reading.attachments):
        policy = declared.policy
        if isinstance(policy, PolicyReference):
            policy = policy._replace(removal=None)
        reading.attachments[index] = declared._replace(policy=policy, removal=None)
    for index, principal in enumerate(reading.principals):
        managed = tuple(one._replace(removal=None) for one in principal.managed)
        inline = tuple(replace(one, removal=None) for one in principal.inline)
        reading.principals[index] = principal._replace(managed=managed, inline=inline)
