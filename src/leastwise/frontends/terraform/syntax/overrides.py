"""Merge override files into the blocks that they change.

Source: https://developer.hashicorp.com/terraform/language/files/override. Arguments replace
those of the same name; nested blocks replace all of the same type; ``lifecycle`` and ``locals``
merge argument by argument. A resource that ends up with both ``count`` and ``for_each`` is counted,
as Terraform 1.11 does it. Not modelled: the special cases of ``terraform`` blocks.
"""

from collections.abc import Sequence

from leastwise.frontends.terraform.syntax.provider_names import spelled_alias
from leastwise.frontends.terraform.syntax.tree import Attribute, Block


def merge_overrides(
    primary: Sequence[Block], overriding: Sequence[Block]
) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Return the merged blocks, and the overriding ones that have no base (kept as well)."""
    if not overriding:
        return tuple(primary), ()
    merged = list(primary)
    places = {_key(block): index for index, block in reversed(list(enumerate(merged)))}
    lost: list[Block] = []
    for block in overriding:
        if block.type == "locals":
            _override_locals(merged, block)
            continue
        place = places.get(_key(block))
        if place is not None:
            merged[place] = _merge(merged[place], block)
            continue
        merged.append(block)
        if block.type != "terraform" and not _is_default_provider(block):
            lost.append(block)
    return tuple(merged), tuple(lost)


def _key(block: Block) -> tuple[str, ...]:
    # Two configurations of one provider differ in their alias, whose spelling is compared.
    is_alias = block.type == "provider" and not _is_default_provider(block)
    suffix = (spelled_alias(block) or "",) if is_alias else ()
    return (block.type, *(label.text for label in block.labels), *suffix)


def _is_default_provider(block: Block) -> bool:
    """Say whether a block configures a provider that is there without one."""
    return block.type == "provider" and "alias" not in block.attributes


def _merge(base: Block, change: Block) -> Block:
    attributes = {**_not_replaced(base, change), **change.attributes}
    lifecycle = [b for b in (*base.blocks, *change.blocks) if b.type == "lifecycle"]
    replaced = {_shape(block) for block in change.blocks} | {"lifecycle"}
    replaced |= {n for n in change.attributes if n in base.attributes}
    kept = [block for block in base.blocks if _shape(block) not in replaced]
    kept += [block for block in change.blocks if block.type != "lifecycle"]
    if lifecycle:
        first, *others = lifecycle
        for other in others:
            first = _merge(first, other)
        kept.append(first)
    return Block(base.type, base.labels, attributes, tuple(kept), base.span)


def _not_replaced(base: Block, change: Block) -> dict[str, Attribute]:
    """Return the arguments that stay: what JSON may mean as a block goes with such blocks."""
    shapes = {_shape(block) for block in change.blocks}
    return {n: a for n, a in base.attributes.items() if not (a.ambiguous and n in shapes)}


def _shape(block: Block) -> str:
    """Return the type of blocks that a block makes: a dynamic one makes those of its label."""
    if block.type == "dynamic" and block.labels:
        return block.labels[0].text
    return block.type


def _override_locals(merged: list[Block], change: Block) -> None:
    """Let each name of an overriding ``locals`` block win over earlier ones."""
    for index, block in enumerate(merged):
        if block.type == "locals" and block.attributes.keys() & change.attributes.keys():
            kept = {k: v for k, v in block.attributes.items() if k not in change.attributes}
            merged[index] = Block("locals", (), kept, (), block.span)
    merged.append(change)
