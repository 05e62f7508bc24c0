"""The syntax tree of a Terraform file: what is written, with the place of every node.

Nodes are not compared. Most of those that hold expressions of any kind are dataclasses: as tuples,
their types would be recursive through each other, which mypy needs minutes to see through.
They are not declared frozen, though nobody changes them: that alone takes Python longer, at each
start, than reading a small file.

Escapes, indentation and strip markers of templates are already worked out: a literal part holds
the characters it stands for, mapped back to the file.

Not modelled: white space, and the type expressions of variables (they are expressions here).
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from leastwise.source.span import Span
from leastwise.source.value import Chars, Scalar

BinaryOperator: TypeAlias = Literal[
    "||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"
]
UnaryOperator: TypeAlias = Literal["!", "-"]


class LiteralValue(NamedTuple):
    """Hold a number, a boolean or null as written."""

    value: Scalar
    span: Span


class LiteralPart(NamedTuple):
    """Hold known characters of a template (never empty)."""

    chars: Chars
    span: Span


class InterpolationPart(NamedTuple):
    """Hold ``${expression}``."""

    expression: "Expression"
    span: Span


class IfPart(NamedTuple):
    """Hold ``%{if test}then%{else}otherwise%{endif}``."""

    test: "Expression"
    then: tuple["TemplatePart", ...]
    otherwise: tuple["TemplatePart", ...]
    span: Span


class ForPart(NamedTuple):
    """Hold ``%{for key, value in collection}body%{endfor}``."""

    key: str | None
    value: str
    collection: "Expression"
    body: tuple["TemplatePart", ...]
    span: Span


TemplatePart: TypeAlias = LiteralPart | InterpolationPart | IfPart | ForPart


@dataclass(slots=True, eq=False, repr=False)
class Template:
    """Hold a quoted string, a heredoc or a template file; ``span`` includes its delimiters.

    ``is_wrapper``: it is one interpolation and nothing else, so that it stands for the value of
    that expression, whatever its type.
    """

    parts: tuple[TemplatePart, ...]
    span: Span
    is_wrapper: bool = False


@dataclass(slots=True, eq=False, repr=False)
class TupleConstructor:
    """Hold ``[a, b]``."""

    items: tuple["Expression", ...]
    span: Span


class ObjectItem(NamedTuple):
    """Hold one ``key = value``; a bare identifier as key is already a template of its name."""

    key: "Expression"
    value: "Expression"
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class ObjectConstructor:
    """Hold ``{ key = value }``."""

    items: tuple[ObjectItem, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Call:
    """Hold ``name(arguments)``; ``expand``: the last argument is followed by ``...``."""

    name: str
    arguments: tuple["Expression", ...]
    expand: bool
    span: Span


class Variable(NamedTuple):
    """Hold the name at which a traversal starts (``var``, ``local``, ``aws_iam_role``, ...)."""

    name: str
    span: Span


class AttributeStep(NamedTuple):
    """Hold ``.name``."""

    name: str
    span: Span


class IndexStep(NamedTuple):
    """Hold ``[key]``, or the old form ``.0``."""

    key: "Expression"
    span: Span


class SplatStep(NamedTuple):
    """Hold ``[*]`` or ``.*`` with the steps that are taken inside each element.

    ``[*]`` takes all that follows into each element, ``.*`` only the attributes that follow
    (hashicorp/hcl, hclsyntax/spec.md, "Splat Operators").
    """

    steps: tuple["Step", ...]
    span: Span


Step: TypeAlias = AttributeStep | IndexStep | SplatStep


@dataclass(slots=True, eq=False, repr=False)
class Traversal:
    """Hold a value followed by at least one step (``aws_iam_role.ci[0].arn``)."""

    source: "Expression"
    steps: tuple[Step, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Unary:
    """Hold ``!operand`` or ``-operand``."""

    operator: UnaryOperator
    operand: "Expression"
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Binary:
    """Hold ``first op operand op operand ...``: one left-associative chain, of any length.

    A chain is flat so that a thousand terms are not a thousand levels.
    """

    first: "Expression"
    rest: tuple[tuple[BinaryOperator, "Expression"], ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Conditional:
    """Hold ``test ? then : otherwise`` (it groups to the right)."""

    test: "Expression"
    then: "Expression"
    otherwise: "Expression"
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class ForTuple:
    """Hold ``[for key, value in collection : result if condition]``."""

    key: str | None
    value: str
    collection: "Expression"
    result: "Expression"
    condition: "Expression | None"
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class ForObject:
    """Hold ``{for key, value in collection : name => result... if condition}``."""

    key: str | None
    value: str
    collection: "Expression"
    name: "Expression"
    result: "Expression"
    grouped: bool
    condition: "Expression | None"
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Parenthesised:
    """Hold ``(expression)``."""

    expression: "Expression"
    span: Span


Expression: TypeAlias = (
    LiteralValue
    | Template
    | TupleConstructor
    | ObjectConstructor
    | Call
    | Variable
    | Traversal
    | Unary
    | Binary
    | Conditional
    | ForTuple
    | ForObject
    | Parenthesised
)


class Attribute(NamedTuple):
    """Hold ``name = expression``; ``span`` covers all of it.

    ``ambiguous``: in JSON syntax it may as well be a nested block; it is among those, too.
    """

    name: str
    expression: Expression
    span: Span
    ambiguous: bool = False


class Label(NamedTuple):
    """Hold one label of a block as the characters it stands for."""

    text: str
    span: Span


class Block(NamedTuple):
    """Hold ``type "label" { ... }`` with its attributes and nested blocks in source order.

    ``span`` runs from the type to the closing brace.
    """

    type: str
    labels: tuple[Label, ...]
    attributes: dict[str, Attribute]
    blocks: tuple["Block", ...]
    span: Span


class Comment(NamedTuple):
    """Hold one comment as written, with its marker."""

    text: str
    span: Span


class File(NamedTuple):
    """Hold one parsed file: its top-level blocks, attributes (``.tfvars``) and comments."""

    path: str
    attributes: dict[str, Attribute]
    blocks: tuple[Block, ...]
    comments: tuple[Comment, ...] = ()
