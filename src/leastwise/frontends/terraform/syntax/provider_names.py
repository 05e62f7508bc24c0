"""How configurations spell which provider configuration they mean."""

from leastwise.frontends.terraform.syntax.tree import (
    AttributeStep,
    Block,
    Expression,
    LiteralPart,
    Template,
    Traversal,
    Variable,
)


def spelled_provider(expression: Expression) -> str | None:
    """Return ``aws`` or ``aws.alias`` as an expression spells it (quoted in old code)."""
    match expression:
        case Variable(name=name):
            return name
        case Traversal(source=Variable(name=name), steps=(AttributeStep(name=alias),)):
            return f"{name}.{alias}"
        case Template(parts=(LiteralPart(chars=chars),)):
            return chars.text
        case _:
            return None


def spelled_alias(block: Block) -> str | None:
    """Return the alias of a ``provider`` block; None where it has none that is plainly spelled."""
    alias = block.attributes.get("alias")
    return None if alias is None else spelled_provider(alias.expression)
