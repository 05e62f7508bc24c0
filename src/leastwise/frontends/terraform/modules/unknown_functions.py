"""Find calls of functions that do not exist: Terraform refuses such a configuration.

All expressions are looked at, evaluated or not. Functions of providers depend on the version of
the provider, those that only OpenTofu has on the tool that runs: neither are reported.

Sources: https://developer.hashicorp.com/terraform/language/functions,
https://opentofu.org/docs/language/functions/.
"""

from collections.abc import Iterator

from leastwise.frontends.terraform.functions.signatures import SIGNATURES
from leastwise.frontends.terraform.scope.module import Module
from leastwise.frontends.terraform.scope.state import State
from leastwise.frontends.terraform.syntax.children import calls_in
from leastwise.frontends.terraform.syntax.tree import Block, Call

_SPECIAL = frozenset(("try", "can"))
_OPENTOFU = frozenset(("base64gunzip", "cidrcontains", "urldecode"))
_TYPED_BLOCKS = frozenset(("variable", "output"))
"""Blocks whose ``type`` is a type constraint; what looks like a call in it is none."""


def report_unknown_functions(module: Module, state: State) -> None:
    """Report every call of a function that Terraform does not have, at the call."""
    for block in module.blocks:
        for call in _in_block(block):
            if not _exists(call.name):
                state.report(
                    "unknown-function",
                    call.span,
                    f"there is no function {call.name!r}, Terraform refuses this file",
                    _remedy(call.name),
                    error=True,
                )


def _in_block(block: Block) -> Iterator[Call]:
    for attribute in block.attributes.values():
        is_type = attribute.name == "type" and block.type in _TYPED_BLOCKS
        if not is_type and not attribute.ambiguous:
            yield from calls_in(attribute.expression)
    for inner in block.blocks:
        yield from _in_block(inner)


def _exists(name: str) -> bool:
    if name.startswith("provider::"):
        return True
    plain = name.removeprefix("core::")
    return plain in SIGNATURES or plain in _SPECIAL or plain in _OPENTOFU


def _remedy(name: str) -> str:
    from difflib import get_close_matches

    names = [*(n for n in SIGNATURES if "::" not in n), *_SPECIAL]
    near = get_close_matches(name.rpartition("::")[2].lower(), sorted(names), 1, 0.6)
    return f"did you mean {near[0]!r}?" if near else "call one of Terraform's built-in functions"
