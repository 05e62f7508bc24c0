"""Encode IAM policies as formulas for z3, straight from their JSON, for ``against_z3.py``.

An encoding of its own: nothing of leastwise takes part. One request is a few variables: service
and name of the action (strings), the five parts of an ARN after ``arn`` (strings without colons
but in the last one) or the resource ``*``, and for each condition key its presence and value: a
string, a real number (numbers, epoch seconds), an integer (IP addresses) or a truth value.
Globs are regular expressions, those without wildcards equations.

Approximated, each to z3's advantage: keys of ForAllValues and ForAnyValue hold at most two
values; a key that several families of operators test has an independent value for each; a ``*``
never matches past a colon that ends a part of an ARN (leastwise tries both readings). What is
not encoded raises ``NotEncodedError``: a policy variable beside wildcards in the middle of a
string, variables in keys, BinaryEquals.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from itertools import pairwise
from typing import Any, TypeAlias

import z3

Json: TypeAlias = dict[str, Any]
Formula: TypeAlias = Any
"""A z3 expression; the package has no types."""

ANY = z3.Star(z3.AllChar(z3.ReSort(z3.StringSort())))
ONE = z3.AllChar(z3.ReSort(z3.StringSort()))
_NO_COLON = z3.Diff(ONE, z3.Re(":"))
_FAMILIES = ("String", "Numeric", "Date", "Bool", "Arn", "Ip", "NotIp", "Null")


class NotEncodedError(ValueError):
    """Say what of a policy has no formula here."""


@dataclass
class Slot:
    """Hold one value of a condition key, one variable for each family that tests it."""

    name: str
    present: Formula
    values: dict[str, Formula] = field(default_factory=dict)

    def value(self, family: str) -> Formula:
        """Return the variable of a family."""
        if family not in self.values:
            sort = {"Numeric": z3.Real, "Date": z3.Real, "Bool": z3.Bool, "Ip": z3.Int}
            self.values[family] = sort.get(family, z3.String)(f"{self.name} {family}")
        return self.values[family]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class Encoder:
    """Turn policies into formulas over the variables of one request."""

    def __init__(self, documents: Iterable[Json]) -> None:
        self.service, self.name = z3.String("service"), z3.String("name")
        self.everything = z3.Bool("resource *")
        self.parts = [z3.String(f"part {i}") for i in range(1, 6)]
        self.slots: dict[str, list[Slot]] = {}
        self._sets = {
            key.lower()
            for document in documents
            for statement in _listed(document["Statement"])
            for operator, block in statement.get("Condition", {}).items()
            if ":" in operator
            for key in block
        }
        self._statements: dict[str, Formula] = {}

    def allows(self, document: Json) -> Formula:
        """Return the formula of the requests that a policy allows."""
        live = document.get("Version") == "2012-10-17"
        matched: dict[str, list[Formula]] = {"Allow": [], "Deny": []}
        for statement in _listed(document["Statement"]):
            matched[statement["Effect"]].append(self._statement(statement, live))
        return z3.And(z3.Or(matched["Allow"]), z3.Not(z3.Or(matched["Deny"])))

    def space(self) -> Formula:
        """Return what holds for every request."""
        colonless = [self.service, self.name, *self.parts[:4]]
        rules = [z3.Not(z3.Contains(text, ":")) for text in colonless]
        rules += [z3.Length(self.service) > 0, z3.Length(self.name) > 0]
        for slots in self.slots.values():
            rules += [z3.Implies(b.present, a.present) for a, b in pairwise(slots)]
            for value in (s.values["Ip"] for s in slots if "Ip" in s.values):
                rules.append(z3.Or(_within(value, 0, 2**32), _within(value, 2**128, 2**129)))
        return z3.And(rules)

    def _statement(self, statement: Json, live: bool) -> Formula:
        text = json.dumps([{k: v for k, v in statement.items() if k != "Sid"}, live])
        if text not in self._statements:
            self._statements[text] = z3.And(
                self._actions(statement),
                self._resources(statement, live),
                *(
                    self._condition(operator, key, _listed(values), live)
                    for operator, block in statement.get("Condition", {}).items()
                    for key, values in block.items()
                ),
            )
        return self._statements[text]

    def _actions(self, statement: Json) -> Formula:
        patterns = _listed(statement.get("Action", statement.get("NotAction")))
        found = z3.Or([self._action(p.lower()) for p in patterns])
        return found if "Action" in statement else z3.Not(found)

    def _action(self, pattern: str) -> Formula:
        if not pattern.strip("*"):
            return z3.BoolVal(True)
        service, _, name = pattern.partition(":")
        return z3.And(_glob(self.service, service), _glob(self.name, name))

    def _resources(self, statement: Json, live: bool) -> Formula:
        patterns = _listed(statement.get("Resource", statement.get("NotResource")))
        found = z3.Or([self._resource(p, live) for p in patterns])
        return found if "Resource" in statement else z3.Not(found)

    def _resource(self, pattern: str, live: bool) -> Formula:
        if not pattern.strip("*"):
            return z3.BoolVal(True)
        scheme, *parts = _arn_parts(pattern)
        if not fnmatchcase("arn", scheme):
            return z3.BoolVal(False)
        parts[1] = parts[1].lower()
        pairs = zip(self.parts, parts, strict=True)
        return z3.And(z3.Not(self.everything), *(self._text(v, p, live) for v, p in pairs))

    def _text(self, value: Formula, pattern: str, live: bool) -> Formula:
        """Match a string against a glob in which variables may stand."""
        if not live or "${" not in pattern:
            return _glob(value, pattern)
        first, last = pattern.startswith("*"), pattern.endswith("*")
        core = pattern[first : len(pattern) - last]
        known, joined = self._joined(core)
        if first and last:
            return z3.And(known, z3.Contains(value, joined))
        if first or last:
            test = z3.PrefixOf if last else z3.SuffixOf
            return z3.And(known, test(joined, value))
        return z3.And(known, value == joined)

    def _joined(self, text: str, *, wild: bool = True) -> tuple[Formula, Formula]:
        """Return when all variables of a text have values, and the text with them put in."""
        known: list[Formula] = []
        row: list[Formula] = []
        while text:
            before, mark, rest = text.partition("${")
            if wild and ("*" in before or "?" in before):
                raise NotEncodedError("a policy variable beside wildcards")
            row.append(z3.StringVal(before))
            if not mark:
                break
            body, _, text = rest.partition("}")
            if body in ("*", "?", "$"):
                row.append(z3.StringVal(body))
                continue
            key, comma, default = body.partition(",")
            slot = self._slots(key.strip())[0]
            if not comma:
                known.append(slot.present)
            otherwise = z3.StringVal(default.strip().strip("'"))
            row.append(z3.If(slot.present, slot.value("String"), otherwise))
        return z3.And(known), z3.Concat(*row) if len(row) > 1 else row[0]

    def _slots(self, key: str) -> list[Slot]:
        name = key.lower()
        if "${" in name:
            raise NotEncodedError("a policy variable in a condition key")
        if name not in self.slots:
            count = 2 if name in self._sets else 1
            names = [f"{name} {i}" for i in range(count)]
            self.slots[name] = [Slot(n, z3.Bool(f"{n} present")) for n in names]
        return self.slots[name]

    def _condition(self, operator: str, key: str, wanted: list[Any], live: bool) -> Formula:
        quantifier, _, plain = operator.rpartition(":")
        base = plain.removesuffix("IfExists")
        negated = "Not" in base
        slots = self._slots(key)
        present = slots[0].present
        texts = [str(w).lower() if isinstance(w, bool) else str(w) for w in wanted]
        if base == "Null":
            return z3.Or([z3.Not(present) if t.lower() == "true" else present for t in texts])
        matches = [z3.Or([self._compare(base, slot, t, live) for t in texts]) for slot in slots]
        if negated:
            matches = [z3.Not(match) for match in matches]
        if quantifier == "ForAllValues":
            return z3.And([z3.Implies(s.present, m) for s, m in zip(slots, matches, strict=True)])
        if quantifier == "ForAnyValue":
            found = z3.Or([z3.And(s.present, m) for s, m in zip(slots, matches, strict=True)])
            return z3.Or(z3.Not(present), found) if plain != base else found
        alone = z3.And(matches[0], *(z3.Not(slot.present) for slot in slots[1:]))
        if plain != base or negated:
            return z3.Or(z3.Not(present), alone)
        return z3.And(present, alone)

    def _compare(self, base: str, slot: Slot, text: str, live: bool) -> Formula:
        """Compare one value with one of a condition's under the positive operator."""
        family = next((f for f in _FAMILIES if base.startswith(f)), None)
        if family is None:
            raise NotEncodedError(base)
        family = "Ip" if family == "NotIp" else family
        order = base.removeprefix(family).replace("Not", "")
        if family == "String":
            return self._string(base, slot.value(family), text, live)
        if family == "Arn":
            if live and "${" in text:
                known, joined = self._joined(text)
                return z3.And(known, slot.value("String") == joined)
            return z3.InRe(slot.value("String"), _arn_expression(text))
        if family == "Bool":
            return slot.value(family) == (text.lower() == "true")
        if family == "Ip":
            first, last = address_range(text)
            return z3.And(slot.value(family) >= first, slot.value(family) <= last)
        number = z3.RealVal(text if family == "Numeric" else _epoch(text))
        return _ordered(order, slot.value(family), number)

    def _string(self, base: str, value: Formula, text: str, live: bool) -> Formula:
        if "IgnoreCase" in base:
            return z3.InRe(value, _either_case(text))
        if "Like" in base:
            return self._text(value, text, live)
        if live and "${" in text:
            known, joined = self._joined(text, wild=False)
            return z3.And(known, value == joined)
        return value == z3.StringVal(text)


def _glob(value: Formula, pattern: str) -> Formula:
    if not pattern.strip("*") and pattern:
        return z3.BoolVal(True)
    if "*" not in pattern and "?" not in pattern:
        return value == z3.StringVal(pattern)
    return z3.InRe(value, _expression(pattern, ANY, ONE))


def _expression(pattern: str, many: Formula, one: Formula) -> Formula:
    row: list[Formula] = []
    literal = ""
    for char in pattern:
        if char not in "*?":
            literal += char
            continue
        row += [z3.Re(literal)] if literal else []
        row.append(many if char == "*" else one)
        literal = ""
    row += [z3.Re(literal)] if literal or not row else []
    return z3.Concat(*row) if len(row) > 1 else row[0]


def _arn_parts(pattern: str) -> list[str]:
    parts = pattern.split(":", 5)
    return parts + ["*"] * (6 - len(parts))


def _arn_expression(pattern: str) -> Formula:
    *first, last = _arn_parts(pattern)
    row = [_expression(part, z3.Star(_NO_COLON), _NO_COLON) for part in first]
    return z3.Concat(*(x for part in row for x in (part, z3.Re(":"))), _expression(last, ANY, ONE))


def _either_case(text: str) -> Formula:
    row = [z3.Union(z3.Re(c.lower()), z3.Re(c.upper())) if c.isalpha() else z3.Re(c) for c in text]
    return z3.Concat(*row) if len(row) > 1 else row[0] if row else z3.Re("")


def _ordered(order: str, value: Formula, number: Formula) -> Formula:
    return {
        "Equals": value == number,
        "LessThan": value < number,
        "LessThanEquals": value <= number,
        "GreaterThan": value > number,
        "GreaterThanEquals": value >= number,
    }[order]


def _within(value: Formula, first: int, end: int) -> Formula:
    return z3.And(value >= first, value < end)


def _epoch(text: str) -> str:
    if text.isdigit():
        return text
    moment = datetime.fromisoformat(text)
    return str((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def address_range(block: str) -> tuple[int, int]:
    """Return the integers of a block's first and last address; IPv6 starts at 2**128."""
    network = ip_network(block, strict=False)
    base = 2**128 if network.version == 6 else 0
    return base + int(network[0]), base + int(network[-1])


def request_of(encoder: Encoder, model: Formula) -> Json:
    """Return the request of a model as plain data: action, resource and context."""

    def text(expression: Formula) -> str:
        return str(model.eval(expression, model_completion=True).as_string())

    service, name = text(encoder.service), text(encoder.name)
    star = z3.is_true(model.eval(encoder.everything, model_completion=True))
    resource = "*" if star else ":".join(["arn", *map(text, encoder.parts)])
    context = {}
    for key, slots in encoder.slots.items():
        held = [s for s in slots if z3.is_true(model.eval(s.present, model_completion=True))]
        if held:
            context[key] = [_value_of(slot, model) for slot in held]
    return {"action": f"{service}:{name}", "resource": resource, "context": context}


def _value_of(slot: Slot, model: Formula) -> str:
    values: Mapping[str, Formula] = slot.values
    if not values:
        return "x"
    family = next(iter(values))
    value = model.eval(values[family], model_completion=True)
    if family == "Bool":
        return str(z3.is_true(value)).lower()
    if family == "Ip":
        number = value.as_long()
        return str(ip_address(number) if number < 2**32 else ip_address(number % 2**128))
    if family in ("Numeric", "Date"):
        return str(float(value.as_fraction()))
    return str(value.as_string())
