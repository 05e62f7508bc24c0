"""Look things up in the ``configuration`` section of a plan, whatever shape it has.

Source: https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation
"""

from dataclasses import dataclass, field
from typing import Any

from leastwise.frontends.terraform.modules.providers import ACCOUNT_DIGITS
from leastwise.frontends.terraform.plan.addresses import call_names, leaves
from leastwise.frontends.terraform.plan.model import Entry

_Object = dict[str, Any]


@dataclass(slots=True, eq=False, repr=False)
class Configuration:
    """Hold the section; without it, nothing is known of any expression."""

    data: _Object
    variables: _Object
    _resources: dict[tuple[str, ...], dict[str, _Object]] = field(default_factory=dict)

    def module(self, names: tuple[str, ...]) -> _Object:
        """Return the module that a chain of calls leads to; empty when there is none."""
        found = part(self.data, "root_module")
        for name in names:
            found = part(part(part(found, "module_calls"), name), "module")
        return found

    def call(self, names: tuple[str, ...]) -> _Object:
        """Return the module call that is the last of a chain."""
        return part(part(self.module(names[:-1]), "module_calls"), names[-1])

    def resource(self, entry: Entry) -> _Object | None:
        """Return the block of a resource instance; None when the plan does not show it."""
        names = call_names(entry.module)
        if names not in self._resources:
            listed = self.module(names).get("resources")
            self._resources[names] = {
                str(one.get("address")): one
                for one in (listed if isinstance(listed, list) else ())
                if isinstance(one, dict)
            }
        return self._resources[names].get(entry.declared)

    def expressions(self, entry: Entry) -> _Object | None:
        """Return the expressions that the block of a resource gives; None when not shown."""
        found = self.resource(entry)
        return None if found is None else part(found, "expressions")

    def provider(self, entry: Entry) -> str:
        """Return the key of a resource's provider configuration, as the evaluator names it."""
        key = (self.resource(entry) or {}).get("provider_config_key", entry.provider)
        return key.replace(":", ".") if isinstance(key, str) else entry.type.partition("_")[0]

    def region(self, key: str) -> str | None:
        """Return the region that the provider configuration of a key names."""
        provider = part(self.data, "provider_config").get(key)
        found = self._constant(part(provider, "expressions").get("region"))
        return found if isinstance(found, str) and found else None

    def accounts(self) -> dict[str, str]:
        """Return the accounts that the provider configurations name, by their keys."""
        found: dict[str, str] = {}
        for key, provider in part(self.data, "provider_config").items():
            expressions = part(provider, "expressions")
            account = self._constant(expressions.get("allowed_account_ids"))
            if isinstance(account, list):
                account = account[0] if len(account) == 1 else None
            role = expressions.get("assume_role")
            if account is None and isinstance(role, list) and len(role) == 1:
                account = self._constant(part(role[0], "role_arn"))
            number = account_in(account)
            if number is not None:
                found[str(key).replace(":", ".")] = number
        return found

    def _constant(self, expression: Any) -> Any:
        """Return what an expression is, or the root variable that it refers to and no more."""
        if not isinstance(expression, dict):
            return None
        if "constant_value" in expression:
            return expression["constant_value"]
        names = leaves(expression.get("references"))
        if len(names) != 1 or not names[0].startswith("var."):
            return None
        return part(self.variables, names[0].removeprefix("var.")).get("value")

    def is_sensitive(self, names: tuple[str, ...], variable: str) -> bool:
        """Say whether a variable of a module is declared sensitive."""
        declared = part(part(self.module(names), "variables"), variable)
        return declared.get("sensitive") is True


def part(value: Any, key: str) -> _Object:
    """Return the object under a key; an empty one when there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def account_in(text: Any) -> str | None:
    """Return the account number that a string is, or that the ARN which it is names."""
    if not isinstance(text, str):
        return None
    parts = text.split(":")
    number = parts[4] if len(parts) >= 6 else text
    is_number = len(number) == ACCOUNT_DIGITS and number.isascii() and number.isdigit()
    return number if is_number else None
