"""validity/malformed-policy: what is no policy by grammar: JSON, elements, types, Effect, Version.

Sources: "Grammar of the IAM JSON policy language" and "IAM JSON policy elements reference", AWS
IAM User Guide. AWS CloudFormation hands scalars on as strings, so that those of a template have
no wrong type.
"""

from collections.abc import Iterator

from leastwise.iam.policy import DOCUMENT_ELEMENTS, STATEMENT_ELEMENTS
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written import (
    Entry,
    Written,
    element,
    is_known,
    is_null,
    items,
    operators,
    policy_of,
    statements,
    tops,
)
from leastwise.source.text import display, span_of
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Unknown, Value

_LISTS = ("Action", "NotAction", "Resource", "NotResource")
_VERSIONS = ("2012-10-17", "2008-10-17")


def decide(case: Case) -> tuple[Hit, ...]:
    """Report what makes AWS refuse the text of a policy."""
    return reported(_issues(case), case)


def _issues(case: Case) -> Iterator[Issue]:
    in_template = _is_in_template(case)
    for top in tops(case):
        value = top.value
        if isinstance(value, Mapping):
            found = _of_document(value, in_template=in_template)
        else:
            found = _of_text(value)
        yield from (issue._replace(certainty=top.certainty) for issue in found)
    for written in statements(case):
        faults = (
            *_unknown_elements(written.mapping, STATEMENT_ELEMENTS),
            *_effect(written.mapping),
            *_types(written, in_template=in_template),
            *_same_keys(written.mapping),
        )
        yield from (issue._replace(statement=written.number) for issue in faults)


def _is_in_template(case: Case) -> bool:
    root = case.view.project.owner(case.principal, policy_of(case))
    return root is not None and root.kind == "cloudformation"


def _of_text(value: Value) -> Iterator[Issue]:
    if isinstance(value, Unknown) and value.refused is not None:
        message = "{subject} is no JSON: " + value.refused.message
        place = value.refused.span
        yield Issue("JSON_SYNTAX_ERROR", "error", message, place, key=(value.refused.message,))
    elif is_known(value) and not is_null(value):
        message = "{subject} is no policy document, which is an object"
        yield Issue("DATA_TYPE_MISMATCH", "error", message, span_of(value))


def _of_document(document: Mapping, *, in_template: bool) -> Iterator[Issue]:
    yield from _unknown_elements(document, DOCUMENT_ELEMENTS)
    version = element(document, "Version")
    if version is not None:
        yield from _string("Version", version, in_template=False)
        literal = version.value.literal if isinstance(version.value, Text) else None
        if literal is not None and literal not in _VERSIONS:
            message = (
                f"{{subject}} has the Version {literal!r}; the current one is {_VERSIONS[0]!r}"
            )
            yield Issue("INVALID_VERSION", "error", message, version.place, key=(literal,))
    policy_id = element(document, "Id")
    if policy_id is not None:
        yield from _string("Id", policy_id, in_template=in_template)
    listed = element(document, "Statement")
    if listed is not None:
        for item in items(listed.value):
            if is_known(item) and not isinstance(item, Mapping):
                yield _mismatch("an entry of Statement", "an object", Entry(listed.key, item))


def _unknown_elements(mapping: Mapping, names: tuple[str, ...]) -> Iterator[Issue]:
    right = {name.lower(): name for name in names}
    for key, value in mapping.entries:
        literal = key.literal
        if literal is None or literal in names or is_null(value):
            continue
        meant = right.get(literal.lower())
        hint = f"write {meant!r}" if meant else "there is no such element here"
        message = f"{{subject}} has the element {literal!r}, which AWS refuses: {hint}"
        place = span_of(key) or span_of(value)
        yield Issue("INVALID_POLICY_ELEMENT", "error", message, place, key=(literal,))


def _effect(mapping: Mapping) -> Iterator[Issue]:
    found = element(mapping, "Effect")
    literal = found.value.literal if found and isinstance(found.value, Text) else None
    if found is not None and literal is not None and literal not in ("Allow", "Deny"):
        message = f"{{subject}} has the Effect {literal!r}, which is neither 'Allow' nor 'Deny'"
        yield Issue("INVALID_EFFECT", "error", message, found.place, key=(literal,))


def _types(written: Written, *, in_template: bool) -> Iterator[Issue]:
    mapping = written.mapping
    for name in ("Sid", "Effect"):
        found = element(mapping, name)
        if found is not None:
            yield from _string(name, found, in_template=in_template)
    for name in _LISTS:
        found = element(mapping, name)
        if found is not None:
            yield from _entries(name, found, in_template=in_template)
    condition = element(mapping, "Condition")
    if condition is not None and is_known(condition.value):
        if not isinstance(condition.value, Mapping):
            yield _mismatch("Condition", "an object", condition)
        for operator, keys in operators(mapping):
            yield from _block(operator, keys)


def _entries(name: str, found: Entry, *, in_template: bool) -> Iterator[Issue]:
    for item in items(found.value):
        yield from _string(f"an entry of {name}", Entry(found.key, item), in_template=in_template)


def _block(operator: Entry, keys: tuple[Entry, ...]) -> Iterator[Issue]:
    name = display(operator.key)
    if is_known(operator.value) and not isinstance(operator.value, Mapping | Scalar):
        yield _mismatch(f"the operator {name!r}", "an object of keys", operator)
    for key in keys:
        for item in items(key.value):
            if isinstance(item, Mapping | Sequence):
                what = f"a value of the condition key {display(key.key)!r}"
                yield _mismatch(what, "a string", Entry(key.key, item))


def _string(what: str, entry: Entry, *, in_template: bool) -> Iterator[Issue]:
    value = entry.value
    scalar = isinstance(value, Scalar) and not is_null(value)
    if (scalar and not in_template) or isinstance(value, Mapping | Sequence):
        yield _mismatch(what, "a string", entry)


def _mismatch(what: str, wanted: str, entry: Entry) -> Issue:
    message = f"in {{subject}}, {what} is {_type(entry.value)}, where AWS wants {wanted}"
    return Issue("DATA_TYPE_MISMATCH", "error", message, entry.place, key=(what,))


def _type(value: Value) -> str:
    match value:
        case Mapping():
            return "an object"
        case Sequence():
            return "a list"
        case Scalar(value=bool()):
            return "a boolean"
        case Scalar():
            return "a number"
        case _:
            return "a string"


def _same_keys(mapping: Mapping) -> Iterator[Issue]:
    for operator, keys in operators(mapping):
        seen: dict[str, str] = {}
        for key in keys:
            literal = key.key.literal
            first = None if literal is None else seen.setdefault(literal.lower(), literal)
            if literal is not None and first != literal:
                message = (
                    f"{{subject}} has the condition key {first!r} again as {literal!r} under"
                    f" {display(operator.key)!r}"
                )
                place = span_of(key.key) or key.place
                code = "DUPLICATE_KEYS_WITH_DIFFERENT_CASE"
                yield Issue(code, "warning", message, place, key=(literal,))
