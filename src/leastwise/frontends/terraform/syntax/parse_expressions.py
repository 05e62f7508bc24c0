"""Turn tree-sitter's nodes of expressions into the typed syntax tree."""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, cast

from leastwise.frontends.terraform.syntax.parse_marks import heredoc, names_and_collection, quoted
from leastwise.frontends.terraform.syntax.reader import MAX_DEPTH, Reader, TooDeepError
from leastwise.frontends.terraform.syntax.tree import (
    AttributeStep,
    Binary,
    BinaryOperator,
    Call,
    Conditional,
    Expression,
    ForObject,
    ForTuple,
    IndexStep,
    LiteralPart,
    LiteralValue,
    ObjectConstructor,
    ObjectItem,
    Parenthesised,
    SplatStep,
    Step,
    Template,
    Traversal,
    TupleConstructor,
    Unary,
    UnaryOperator,
    Variable,
)
from leastwise.source.value import Chars, Scalar, Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tree_sitter import Node

MAX_CHAIN = 2000
"""How many operands one chain of operators may have."""

MAX_DIGITS = 200

_OPERATORS = frozenset(("||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"))


def read_expression(reader: Reader, node: "Node") -> Expression:
    """Convert an ``expression`` node."""
    return _read_all(reader, _children(node))


def _children(node: "Node") -> "list[Node]":
    return [child for child in node.children if child.type != "comment"]


def _read_all(reader: Reader, nodes: "Sequence[Node]") -> Expression:
    """Convert a primary expression and the steps that follow it."""
    start = nodes[0].start_byte
    reader.count(start, nodes[-1].end_byte)
    reader.depth += 1
    if reader.depth > MAX_DEPTH:
        raise TooDeepError(reader.span(start, nodes[-1].end_byte))
    used = 1
    if nodes[0].type == "(":
        span = reader.span(start, nodes[2].end_byte)
        result: Expression = Parenthesised(read_expression(reader, nodes[1]), span)
        used = 3
    else:
        result = _read_primary(reader, nodes[0])
    steps = _steps(reader, nodes[used:])
    if steps:
        result = Traversal(result, steps, reader.span(start, nodes[-1].end_byte))
    reader.depth -= 1
    return result


def _read_primary(reader: Reader, node: "Node") -> Expression:
    kind = node.type
    while kind in {"literal_value", "template_expr", "collection_value", "for_expr", "operation"}:
        node = _children(node)[0]
        kind = node.type
    if kind == "variable_expr":
        return Variable(reader.text(node), reader.span(node.start_byte, node.end_byte))
    return _READERS[kind](reader, node)


def _steps(reader: Reader, nodes: "Sequence[Node]") -> tuple[Step, ...]:
    """Group steps as HCL does, whatever way the parser grouped them."""
    flat: list[Node] = []
    for node in nodes:
        _flatten_steps(node, flat)
    return _group(reader, flat, 0, len(flat))


def _flatten_steps(node: "Node", flat: "list[Node]") -> None:
    if node.type not in {"splat", "attr_splat", "full_splat"}:
        flat.append(node)
        return
    for child in _children(node):
        _flatten_steps(child, flat)


def _group(reader: Reader, flat: "list[Node]", start: int, stop: int) -> tuple[Step, ...]:
    steps: list[Step] = []
    index = start
    while index < stop:
        node = flat[index]
        if node.type not in {"[*]", ".*"}:
            steps.append(_step(reader, node))
            index += 1
            continue
        end = stop if node.type == "[*]" else _attribute_run(flat, index + 1, stop)
        reader.depth += 1
        if reader.depth > MAX_DEPTH:
            raise TooDeepError(reader.span(node.start_byte, node.end_byte))
        inside = _group(reader, flat, index + 1, end)
        reader.depth -= 1
        steps.append(SplatStep(inside, reader.span(node.start_byte, flat[end - 1].end_byte)))
        index = end
    return tuple(steps)


def _attribute_run(flat: "list[Node]", index: int, stop: int) -> int:
    while index < stop and (flat[index].type == "get_attr" or _is_legacy(flat[index])):
        index += 1
    return index


def _is_legacy(node: "Node") -> bool:
    return node.type == "index" and node.children[0].type == "legacy_index"


def _step(reader: Reader, node: "Node") -> Step:
    span = reader.span(node.start_byte, node.end_byte)
    if node.type == "get_attr":
        return AttributeStep(reader.text(_children(node)[-1]), span)
    if _is_legacy(node):
        digits = reader.data[node.start_byte : node.end_byte].lstrip(b". \t").decode()
        return IndexStep(LiteralValue(Scalar(number_of(digits), span), span), span)
    key = next(c for c in node.children[0].children if c.type == "expression")
    return IndexStep(read_expression(reader, key), span)


def number_of(digits: str) -> int | Decimal | None:
    """Return a number; one too large to hold is None, which no valid configuration spells."""
    if len(digits) > MAX_DIGITS:
        return None
    if digits.isdigit():
        return int(digits)
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > MAX_DIGITS:
        return None
    whole = int(value)
    return whole if value == whole else value


def _numeric(reader: Reader, node: "Node") -> LiteralValue:
    span = reader.span(node.start_byte, node.end_byte)
    return LiteralValue(Scalar(number_of(reader.text(node)), span), span)


def _boolean(reader: Reader, node: "Node") -> LiteralValue:
    span = reader.span(node.start_byte, node.end_byte)
    return LiteralValue(Scalar(reader.text(node) == "true", span), span)


def _null(reader: Reader, node: "Node") -> LiteralValue:
    span = reader.span(node.start_byte, node.end_byte)
    return LiteralValue(Scalar(None, span), span)


def _unary(reader: Reader, node: "Node") -> Unary:
    operator, *operand = _children(node)
    span = reader.span(node.start_byte, node.end_byte)
    return Unary(cast("UnaryOperator", operator.type), _read_all(reader, operand), span)


def _binary(reader: Reader, node: "Node") -> Expression:
    """Convert a chain: the left spine is walked, not descended into."""
    rest: list[tuple[BinaryOperator, Expression]] = []
    end = node.end_byte
    while True:
        parts = _children(node)
        at = next(i for i, part in enumerate(parts) if part.type in _OPERATORS and i)
        operator = cast("BinaryOperator", parts[at].type)
        rest.append((operator, _read_all(reader, parts[at + 1 :])))
        left = parts[:at]
        inner = left[0].children[0] if left[0].type == "operation" else None
        if len(left) > 1 or inner is None or inner.type != "binary_operation":
            break
        node = inner
        if len(rest) > MAX_CHAIN:
            raise TooDeepError(reader.span(node.start_byte, end))
    first = _read_all(reader, left)
    return Binary(first, tuple(reversed(rest)), reader.span(left[0].start_byte, end))


def _conditional(reader: Reader, node: "Node") -> Conditional:
    """Convert a conditional; tree-sitter-hcl 1.2 groups ``a ? b : c ? d : e`` to the left."""
    arms: list[tuple[Node, Node]] = []
    end = node.end_byte
    while True:
        test, then, otherwise = (c for c in node.children if c.type == "expression")
        arms.append((then, otherwise))
        inside = _children(test)
        if len(inside) > 1 or inside[0].type != "conditional":
            break
        node = inside[0]
        if len(arms) > MAX_DEPTH:
            raise TooDeepError(reader.span(node.start_byte, end))
    tests = [test, *(otherwise for _, otherwise in reversed(arms))]
    reader.depth += len(arms)
    if reader.depth > MAX_DEPTH:
        raise TooDeepError(reader.span(node.start_byte, end))
    result = read_expression(reader, tests.pop())
    for then, _ in arms:
        start = _children(tests[-1])[0].start_byte
        condition = read_expression(reader, tests.pop())
        span = reader.span(start, end)
        result = Conditional(condition, read_expression(reader, then), result, span)
    reader.depth -= len(arms)
    return cast("Conditional", result)


def _call(reader: Reader, node: "Node") -> Call:
    arguments: list[Expression] = []
    expand = False
    for child in node.children:
        if child.type == "function_arguments":
            for argument in child.children:
                if argument.type == "expression":
                    arguments.append(read_expression(reader, argument))
                expand = expand or argument.type == "ellipsis"
    span = reader.span(node.start_byte, node.end_byte)
    return Call(reader.text(node.children[0]), tuple(arguments), expand, span)


def _tuple(reader: Reader, node: "Node") -> TupleConstructor:
    items = tuple(read_expression(reader, c) for c in node.children if c.type == "expression")
    return TupleConstructor(items, reader.span(node.start_byte, node.end_byte))


def _object(reader: Reader, node: "Node") -> ObjectConstructor:
    items: list[ObjectItem] = []
    for child in node.children:
        if child.type == "object_elem":
            key, value = (c for c in child.children if c.type == "expression")
            span = reader.span(child.start_byte, child.end_byte)
            items.append(ObjectItem(_key(reader, key), read_expression(reader, value), span))
    return ObjectConstructor(tuple(items), reader.span(node.start_byte, node.end_byte))


def _key(reader: Reader, node: "Node") -> Expression:
    """Convert an object key: a bare word is its own name, a number what it is as a string."""
    expression = read_expression(reader, node)
    if not isinstance(expression, Variable | LiteralValue):
        return expression
    if isinstance(expression, LiteralValue) and expression.value.value is not None:
        return expression
    span = expression.span
    text = reader.text(node)
    chars = Chars(text, (Segment(0, len(text), span),))
    return Template((LiteralPart(chars, span),), span)


def _for_tuple(reader: Reader, node: "Node") -> ForTuple:
    key, value, collection = _intro(reader, node)
    (result,) = (c for c in node.children if c.type == "expression")
    return ForTuple(
        key,
        value,
        collection,
        read_expression(reader, result),
        _for_condition(reader, node),
        reader.span(node.start_byte, node.end_byte),
    )


def _for_object(reader: Reader, node: "Node") -> ForObject:
    key, value, collection = _intro(reader, node)
    name, result = (c for c in node.children if c.type == "expression")
    return ForObject(
        key,
        value,
        collection,
        read_expression(reader, name),
        read_expression(reader, result),
        any(c.type == "ellipsis" for c in node.children),
        _for_condition(reader, node),
        reader.span(node.start_byte, node.end_byte),
    )


def _intro(reader: Reader, node: "Node") -> tuple[str | None, str, Expression]:
    intro = next(c for c in node.children if c.type == "for_intro")
    return names_and_collection(reader, intro)


def _for_condition(reader: Reader, node: "Node") -> Expression | None:
    condition = next((c for c in node.children if c.type == "for_cond"), None)
    if condition is None:
        return None
    return read_expression(reader, next(c for c in condition.children if c.type == "expression"))


_READERS: "dict[str, Callable[[Reader, Node], Expression]]" = {
    "numeric_lit": _numeric,
    "bool_lit": _boolean,
    "null_lit": _null,
    "string_lit": quoted,
    "quoted_template": quoted,
    "heredoc_template": heredoc,
    "tuple": _tuple,
    "object": _object,
    "for_tuple_expr": _for_tuple,
    "for_object_expr": _for_object,
    "function_call": _call,
    "unary_operation": _unary,
    "binary_operation": _binary,
    "conditional": _conditional,
}
