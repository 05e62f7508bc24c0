"""Evaluated Terraform: what the evaluator hands to the IAM reading of resources."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from leastwise.iam.project import NotInView, Occurrence, VariableUse
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.value import Text, Value

MODULE = "module"
OUTPUT = "output"
PROVIDER = "provider"
SESSION_BLOCKS = frozenset(("assume_role", "assume_role_with_web_identity"))
"""The blocks of a provider that make a session, which may have policies of its own."""
"""The type of an instance that stands for a call of a module that is not in view."""


class Body(NamedTuple):
    """Hold an evaluated block body: attributes by name, nested blocks in source order.

    ``dynamic`` blocks are already expanded; one over an unknown collection yields one block whose
    iterator is unknown and ``maybe`` true. ``attribute_spans`` cover ``name = value`` whole.
    ``span`` covers the whole block, from its first keyword to the closing brace. ``uses`` says
    what each attribute rests on; under the empty name, what the block being there rests on.
    ``many``: the block stands for any number of them, each with other values.
    """

    attributes: dict[str, Value]
    blocks: tuple[tuple[str, "Body"], ...]
    span: Span
    attribute_spans: Mapping[str, Span] = MappingProxyType({})
    maybe: bool = False
    uses: Mapping[str, frozenset[VariableUse]] = MappingProxyType({})
    many: bool = False


class Instance(NamedTuple):
    """Hold one resource or data source instance after count and for_each.

    So is a call of a module that is not in view (type ``MODULE``): its body is what is passed.
    A provider configuration that assumes a role is one of type ``PROVIDER``, an output of the root
    module, where some resource makes a secret, one of type ``OUTPUT``.

    ``address`` is Terraform's own (``module.app.aws_iam_role.ci["a"]``). ``block_instances``
    is how many instances the same block makes (an edit to it changes all of them).
    ``maybe``: count or for_each is not known, this instance stands for zero or more.
    ``existence`` is what this instance being there rests on. ``scope`` is the prefix of symbol
    ids: root path and module path, as in ``infra|module.app``. ``provider`` is the key of its
    provider configuration (``aws`` or ``aws.alias`` of the root), which names its account;
    ``known`` is what that configuration says of the region, the partition and the account.
    """

    address: str
    mode: Literal["managed", "data"]
    type: str
    name: str
    body: Body
    scope: str
    provider: str
    occurrence: Occurrence
    block_instances: int = 1
    maybe: bool = False
    existence: frozenset[VariableUse] = frozenset()
    known: Mapping[str, Text] = MappingProxyType({})


class Evaluated(NamedTuple):
    """Hold a root module after evaluation.

    ``accounts`` binds provider keys to 12-digit numbers where the configuration says so.
    ``files`` are the Terraform files of the root and its local modules, ``read`` every other
    file that was read (``file()``, ``templatefile()``). ``alone`` as in ``Root``.
    """

    instances: tuple[Instance, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    not_in_view: tuple[NotInView, ...] = ()
    files: tuple[str, ...] = ()
    read: frozenset[str] = frozenset()
    accounts: Mapping[str, str] = MappingProxyType({})
    alone: bool = False
