"""Tell which provider configuration, and so which account, a resource belongs to."""

from leastwise.config.model import RootSettings
from leastwise.frontends.terraform.model import Body
from leastwise.frontends.terraform.scope.state import ModuleInstance, State
from leastwise.frontends.terraform.syntax.provider_names import spelled_provider
from leastwise.frontends.terraform.syntax.tree import Block, ObjectConstructor
from leastwise.frontends.terraform.values.conversions import literal
from leastwise.source.value import Sequence, Value

ACCOUNT_DIGITS = 12


def provider_key(block: Block, resource_type: str, module: ModuleInstance) -> str:
    """Return the root's key of the provider configuration that a resource uses."""
    attribute = block.attributes.get("provider")
    plain = resource_type.partition("_")[0]
    if attribute is None:
        return root_key(plain, module)
    named = spelled_provider(attribute.expression)
    if named is None:
        # SOUND: one of several configurations (OpenTofu's for_each); it may be equal to none.
        return f"{module.address}|{plain} of {'.'.join(label.text for label in block.labels)}"
    return root_key(named, module)


def root_key(name: str, module: ModuleInstance) -> str:
    """Follow a provider name up through the module calls to the configuration it means.

    What a call passes in goes before a block of the module, which then only names it.
    """
    if module.parent is None:
        return name
    passed = module.providers.get(name)
    if passed is not None:
        return passed
    if name in module.module.providers:
        return f"{module.address}.{name}"
    return root_key(name, module.parent)


def declaration_of(key: str, module: ModuleInstance) -> tuple[ModuleInstance, str, Block] | None:
    """Return where a root's key of a provider configuration is declared, its name and block."""
    owner: ModuleInstance | None = module
    while owner is not None:
        name = key if not owner.address else key.removeprefix(f"{owner.address}.")
        if (name == key) == (not owner.address) and name in owner.module.providers:
            return owner, name, owner.module.providers[name]
        owner = owner.parent
    return None


def passed_providers(call: Block, caller: ModuleInstance) -> dict[str, str]:
    """Return what a module call's ``providers`` argument gives, as keys of the root."""
    attribute = call.attributes.get("providers")
    passed: dict[str, str] = {}
    if attribute is None or not isinstance(attribute.expression, ObjectConstructor):
        return passed
    for item in attribute.expression.items:
        name, given = spelled_provider(item.key), spelled_provider(item.value)
        if name is not None and given is not None:
            passed[name] = root_key(given, caller)
    return passed


def account_of(body: Body) -> str | None:
    """Return the account that a provider block binds: its only allowed id, or a role's.

    Of several roles each assumes the next, so that the last one counts.
    """
    allowed = body.attributes.get("allowed_account_ids")
    if isinstance(allowed, Sequence) and allowed.tail is None and len(allowed.items) == 1:
        number = literal(allowed.items[0])
        if number is not None and _is_account(number):
            return number
    assumed = [inner for kind, inner in body.blocks if kind == "assume_role"]
    assumed = assumed or [b for kind, b in body.blocks if kind == "assume_role_with_web_identity"]
    if not assumed or any(inner.maybe for inner in assumed):
        return None
    return _account_of_arn(assumed[-1].attributes.get("role_arn"))


def configured_accounts(settings: RootSettings) -> dict[str, str]:
    """Return the account that the configuration gives to the default provider."""
    return {} if settings.account is None else {"aws": settings.account}


def report_other_account(block: Block, account: str, state: State) -> None:
    """Report a provider that is of another account than the configuration says."""
    configured = None if state.settings is None else state.settings.account
    state.report(
        "account-conflict",
        block.span,
        f"this provider is of account {account}, the configuration's [[root]] says {configured}",
        "correct one of them",
        error=True,
    )


def _account_of_arn(value: Value | None) -> str | None:
    parts = (literal(value) or "").split(":")
    return parts[4] if len(parts) >= 6 and _is_account(parts[4]) else None


def _is_account(number: str) -> bool:
    return len(number) == ACCOUNT_DIGITS and number.isascii() and number.isdigit()
