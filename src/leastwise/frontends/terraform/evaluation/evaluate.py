"""Evaluate a Terraform root module and its local modules to resource instances.

Only what is wanted is evaluated, and what that refers to. Not modelled: provider behaviour
(defaults, normalisation), state, and anything that only a run of Terraform knows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from leastwise.config.model import Config
from leastwise.frontends.terraform.attributes.secrets import SECRETS
from leastwise.frontends.terraform.evaluation.bodies import evaluate_body
from leastwise.frontends.terraform.evaluation.expressions import evaluate
from leastwise.frontends.terraform.evaluation.instances import Declared, Member, expand
from leastwise.frontends.terraform.evaluation.module_calls import child_of, uninstalled_modules
from leastwise.frontends.terraform.evaluation.objects import body_of
from leastwise.frontends.terraform.evaluation.provider_values import known_environment
from leastwise.frontends.terraform.model import (
    MODULE,
    OUTPUT,
    PROVIDER,
    SESSION_BLOCKS,
    Body,
    Evaluated,
    Instance,
)
from leastwise.frontends.terraform.modules.dangling import report_dangling
from leastwise.frontends.terraform.modules.deployed import is_deployed
from leastwise.frontends.terraform.modules.inputs import load_inputs, settings_of
from leastwise.frontends.terraform.modules.loading import load_module
from leastwise.frontends.terraform.modules.providers import (
    account_of,
    configured_accounts,
    passed_providers,
    provider_key,
    report_other_account,
    root_key,
)
from leastwise.frontends.terraform.modules.unknown_functions import report_unknown_functions
from leastwise.frontends.terraform.scope.module import Module
from leastwise.frontends.terraform.scope.state import (
    MAX_ALL_INSTANCES,
    ModuleInstance,
    Scope,
    State,
)
from leastwise.frontends.terraform.scope.uses import existence_of
from leastwise.frontends.terraform.syntax.tree import Block
from leastwise.iam.project import Occurrence, Root
from leastwise.source.span import Span
from leastwise.source.tree import Tree


def _no_parts(_block: Block) -> Block | None:
    return None


def _is_iam(resource_type: str) -> bool:
    return resource_type.startswith("aws_iam_")


@dataclass(slots=True, eq=False, repr=False)
class _Run:
    """Hold what one walk over the modules collects."""

    state: State
    wanted: Callable[[str], bool]
    parts: Callable[[Block], Block | None]
    instances: list[Instance]
    accounts: dict[str, str]
    checked: set[str]


def evaluate_root(
    root: Root,
    tree: Tree,
    config: Config,
    wanted: Callable[[str], bool] = _is_iam,
    parts: Callable[[Block], Block | None] = _no_parts,
) -> Evaluated:
    """Evaluate a root module; ``wanted`` says which resource and data types are returned.

    Of a resource that is not wanted, ``parts`` returns the part of its block to evaluate, or None.
    """
    state = State(tree, root, evaluate)
    module = load_module(root.path, state) or Module(root.path)
    scope = f"{root.path}@{root.environment}" if root.environment else root.path
    scope += f"+{root.tool}" if root.tool else ""
    instance = ModuleInstance(module, "", scope)
    state.modules[root.path] = module
    state.settings = settings_of(root, config)
    state.alone = not is_deployed(module, state)
    state.inputs = load_inputs(instance, state, config)
    accounts = {} if state.settings is None else configured_accounts(state.settings)
    run = _Run(state, wanted, parts, [], accounts, set())
    _walk(instance, run)
    if wanted(OUTPUT) and any(one.type in SECRETS for one in run.instances):
        run.instances.extend(_outputs(instance, state))
    return Evaluated(
        tuple(run.instances),
        tuple(state.diagnostics),
        (*state.not_in_view, *uninstalled_modules(root.path, state)),
        tuple(state.files),
        frozenset(state.read),
        run.accounts,
        state.alone,
    )


def _walk(module: ModuleInstance, run: _Run) -> None:
    """Collect the instances of a module instance, then of the modules it calls."""
    if module.module.path not in run.checked:
        run.checked.add(module.module.path)
        report_dangling(module.module, run.state)
        report_unknown_functions(module.module, run.state)
    _bind_accounts(module, run)
    for name, resource in module.module.resources.items():
        if run.wanted(resource.type):
            run.instances.extend(_instances(name, module, run))
        elif resource.mode == "managed" and (part := run.parts(resource.block)) is not None:
            run.instances.extend(_partial(name, part, module, run))
    for name, block in module.module.calls.items():
        declared = Declared("module", f"module.{name}", block)
        for member in expand(declared, module, run.state).members:
            if not _count_instance(block.span, run.state):
                return
            child = child_of(module, declared.name, member, run.state)
            if child is not None:
                _walk(child, run)
            elif run.wanted(MODULE):
                run.instances.append(_call(declared, member, module, run.state))


def _call(declared: Declared, member: Member, module: ModuleInstance, state: State) -> Instance:
    """Return a call of a module that is not in view, with what is passed into it."""
    block = declared.block
    provider = passed_providers(block, module).get("aws") or root_key("aws", module)
    return Instance(
        address=declared.address(module) + member.suffix,
        mode="data",
        type=MODULE,
        name=declared.name.removeprefix("module."),
        body=evaluate_body(block, Scope(state, module, member.bindings)),
        scope=module.scope,
        provider=provider,
        occurrence=Occurrence(module.call, member.key, module.calls),
        maybe=module.maybe or member.maybe,
        existence=existence_of(declared.name, module),
        known=known_environment(provider, module, state),
    )


def _bind_accounts(module: ModuleInstance, run: _Run) -> None:
    for name, block in module.module.providers.items():
        if name.partition(".")[0] == "aws":
            body = evaluate_body(block, Scope(run.state, module))
            account = account_of(body)
            key = f"{module.address}.{name}" if module.address else name
            if any(kind in SESSION_BLOCKS for kind, _ in body.blocks):
                run.instances.append(_provider(key, module, body))
            if account is not None and run.accounts.setdefault(key, account) != account:
                report_other_account(block, account, run.state)


def _provider(key: str, module: ModuleInstance, body: Body) -> Instance:
    """Return a provider configuration that assumes a role, perhaps with a session policy."""
    return Instance(
        address=f"provider.{key}",
        mode="managed",
        type=PROVIDER,
        name=key,
        body=body,
        scope=module.scope,
        provider=key,
        occurrence=Occurrence(module.call, None),
    )


def _outputs(module: ModuleInstance, state: State) -> Iterator[Instance]:
    """Yield the outputs of the root module, which show their values to whoever may read them."""
    for name, block in module.module.outputs.items():
        yield Instance(
            address=f"output.{name}",
            mode="data",
            type=OUTPUT,
            name=name,
            body=evaluate_body(block, Scope(state, module)),
            scope=module.scope,
            provider="",
            occurrence=Occurrence(None, None),
        )


def _instances(name: str, module: ModuleInstance, run: _Run) -> Iterator[Instance]:
    resource = module.module.resources[name]
    declared = Declared("resource", name, resource.block)
    members = expand(declared, module, run.state).members
    for member in members:
        if not _count_instance(resource.block.span, run.state):
            return
        yield from _instance(declared, member, len(members), module, run.state)


def _partial(name: str, part: Block, module: ModuleInstance, run: _Run) -> Iterator[Instance]:
    """Yield the instances of a resource of which only a part is evaluated."""
    declared = Declared("resource", name, module.module.resources[name].block)
    members = expand(declared, module, run.state).members
    for member in members:
        if not _count_instance(part.span, run.state):
            return
        body = evaluate_body(part, Scope(run.state, module, member.bindings))
        yield _made(declared, member, len(members), (module, run.state), body)


def _count_instance(span: Span, state: State) -> bool:
    """Count a resource or module instance and say whether there is room for it."""
    state.instances += 1
    if state.instances == MAX_ALL_INSTANCES + 1:
        state.report(
            "too-many-instances",
            span,
            f"the root has more than {MAX_ALL_INSTANCES} instances of resources and modules, from"
            " here on they are not read",
            "split the root module, or lower a count",
            error=True,
        )
    return state.instances <= MAX_ALL_INSTANCES


def _instance(
    declared: Declared, member: Member, count: int, module: ModuleInstance, state: State
) -> Iterator[Instance]:
    body = body_of(module, declared.name, member, state)
    if body is not None:
        yield _made(declared, member, count, (module, state), body)


def _made(
    declared: Declared,
    member: Member,
    count: int,
    where: tuple[ModuleInstance, State],
    body: Body,
) -> Instance:
    module, state = where
    resource = module.module.resources[declared.name]
    provider = provider_key(resource.block, resource.type, module)
    occurrence = Occurrence(module.call, member.key, module.calls)
    return Instance(
        address=declared.address(module) + member.suffix,
        mode=resource.mode,
        type=resource.type,
        name=resource.block.labels[1].text,
        body=body,
        scope=module.scope,
        provider=provider,
        occurrence=occurrence,
        block_instances=count,
        maybe=module.maybe or member.maybe,
        existence=existence_of(declared.name, module),
        known=known_environment(provider, module, state),
    )
