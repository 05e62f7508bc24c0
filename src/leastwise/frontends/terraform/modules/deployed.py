"""Tell root modules that are deployed from modules that are judged alone.

The defaults of a root's variables are values that count. Those of a module that nobody in view
calls are only what a caller may leave as it is.
"""

from leastwise.frontends.terraform.modules.inputs import variable_files
from leastwise.frontends.terraform.scope.module import Module
from leastwise.frontends.terraform.scope.state import State
from leastwise.frontends.terraform.syntax.tree import Block

_OF_PROXIES = frozenset({"alias", "version"})
STATE_BLOCKS = ("backend", "cloud")
"""Blocks in ``terraform`` that say where the state of a root is kept."""


def is_deployed(module: Module, state: State) -> bool:
    """Say whether a root module shows that it is deployed as it stands.

    It does by a backend or ``cloud`` block, a provider configuration, variable files that
    Terraform loads by itself, an entry of the configuration, or a ``terragrunt.hcl``.
    """
    if state.settings is not None or state.root.inputs:
        return True
    if any(map(configures_root, module.blocks)):
        return True
    names = [entry.name for entry in state.tree.list(module.path) if not entry.is_dir]
    return bool(variable_files(names))


def configures_root(block: Block) -> bool:
    """Say whether a block is one that belongs in a root module.

    A provider block with nothing but an alias stands for one that the caller passes.
    Source: https://developer.hashicorp.com/terraform/language/modules/develop/providers.
    """
    if block.type == "provider":
        return bool(block.blocks) or not _OF_PROXIES.issuperset(block.attributes)
    return block.type == "terraform" and any(b.type in STATE_BLOCKS for b in block.blocks)
