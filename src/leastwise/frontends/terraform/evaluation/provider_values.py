"""Find the account, region and partition that a provider configuration names.

Terraform knows them while it plans, so that they decide tests and choose from maps.
"""

from collections.abc import Mapping
from dataclasses import replace

from leastwise.frontends.terraform.evaluation.bodies import evaluate_body
from leastwise.frontends.terraform.modules.providers import (
    account_of,
    configured_accounts,
    declaration_of,
)
from leastwise.frontends.terraform.scope.state import BUSY, ModuleInstance, Scope, State
from leastwise.frontends.terraform.scope.uses import again, keep, separately, together
from leastwise.frontends.terraform.syntax.tree import Block
from leastwise.frontends.terraform.values.conversions import as_text, literal
from leastwise.source.text import literal_text
from leastwise.source.value import Symbol, Text

_PARTITIONS = (
    ("cn-", "aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"),
    ("us-gov-", "aws-us-gov", "amazonaws.com", "com.amazonaws"),
    ("us-iso-", "aws-iso", "c2s.ic.gov", "gov.ic.c2s"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov", "gov.sgov.sc2s"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk", "uk.adc-e.cloud"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov", "gov.ic.hci.csp"),
    ("eusc-", "aws-eusc", "amazonaws.eu", "eu.amazonaws"),
)
"""Start of a region's name, partition, URL suffix, and that suffix read backwards.

Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
and ``names/names.go`` of the AWS provider.
"""


def known_environment(key: str, module: ModuleInstance, state: State) -> Mapping[str, Text]:
    """Return what is known of the provider configuration that a module calls ``key``.

    The names are those of ``environment_symbol``. Worked out once; a configuration that depends
    on itself says nothing.
    """
    found = declaration_of(key, module)
    accounts = {} if state.settings is None else configured_accounts(state.settings)
    configured = accounts.get(key)
    if found is None:
        return {} if configured is None else {"account": literal_text(configured)}
    owner, name, block = found
    memo = ("environment", name)
    known = owner.memo.get(memo)
    if known is BUSY:
        return {}
    if isinstance(known, dict):
        again(owner, memo, state)
        return known
    owner.memo[memo] = BUSY
    outer = separately(state)
    made = _environment(block, owner, state)
    keep(owner, memo, together(state, outer))
    if configured is not None:
        made["account"] = literal_text(configured)
    owner.memo[memo] = made
    return made


def _environment(block: Block, module: ModuleInstance, state: State) -> dict[str, Text]:
    body = evaluate_body(block, Scope(state, module))
    known: dict[str, Text] = {}
    account = account_of(body)
    if account is not None:
        known["account"] = literal_text(account)
    given = body.attributes.get("region")
    region = None if given is None else as_text(given)
    if region is not None and region.pieces:
        known |= of_region(region)
    return known


def of_region(region: Text) -> dict[str, Text]:
    """Return a region and what follows from its name."""
    name = literal(region)
    if name is None:
        pieces = (
            replace(p, environment=True) if isinstance(p, Symbol) else p for p in region.pieces
        )
        return {"region": replace(region, pieces=tuple(pieces))}
    found = next((row for row in _PARTITIONS if name.startswith(row[0])), None)
    _, partition, suffix, prefix = found or ("", "aws", "amazonaws.com", "com.amazonaws")
    return {
        "region": region,
        "partition": literal_text(partition),
        "url-suffix": literal_text(suffix),
        "reverse-dns-prefix": literal_text(prefix),
    }
