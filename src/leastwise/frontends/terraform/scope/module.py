"""What is known of a module's directory: what its files declare, and where it was installed."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from leastwise.frontends.terraform.syntax.tree import Attribute, Block


class ResourceBlock(NamedTuple):
    """Hold a resource or data block with its type."""

    mode: Literal["managed", "data"]
    type: str
    block: Block


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """Hold what the files of one directory declare; of two with one name the first counts.

    ``resources`` are keyed as references spell them (``aws_iam_role.ci``, ``data.aws_x.y``).
    ``broken``: a file could not be read, so that what seems undeclared may stand there.
    """

    path: str
    blocks: tuple[Block, ...] = ()
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Attribute] = field(default_factory=dict)
    resources: dict[str, ResourceBlock] = field(default_factory=dict)
    calls: dict[str, Block] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    providers: dict[str, Block] = field(default_factory=dict)
    broken: bool = False


class Installed(NamedTuple):
    """Hold one entry of ``modules.json``: where a module came from, and where it is.

    ``directory`` is given from the root module.
    """

    source: str
    version: str
    directory: str
