"""validity/invalid-variable: policy variables that are misspelled, or stand where none counts.

Source: "IAM policy elements: Variables and tags", AWS IAM User Guide: ``${key}`` or
``${key, 'default'}`` in Resource and in conditions with string or ARN operators, with Version
2012-10-17; ``${*}``, ``${?}`` and ``${$}`` are the characters.
"""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.iam.policy import Pattern, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written import policy_of

_LIVE_VERSION = "2012-10-17"
_CHARACTERS = ("*", "?", "$")
_OF_TEMPLATES = "AWS::"
_WITH_VARIABLES = ("String", "Arn")


class Variable(NamedTuple):
    """Hold one variable of a string; ``closed``: it has its brace."""

    inside: str
    closed: bool

    def __str__(self) -> str:
        """Spell it as it is written."""
        return "${" + self.inside + ("}" if self.closed else "")


class Fault(NamedTuple):
    """Say what is wrong with a variable, in words that follow it."""

    code: str
    words: str
    level: Level = "error"


def decide(case: Case) -> tuple[Hit, ...]:
    """Report variables that AWS refuses or takes for plain text."""
    policy = policy_of(case)
    root = case.view.project.owner(case.principal, policy)
    is_file = root is not None and root.kind == "iam-json"
    is_live = policy.document.version == _LIVE_VERSION
    found = (
        _of_file(issue) if is_file else issue
        for index, statement in enumerate(policy.document.statements)
        for issue in _of_statement(index, statement, is_live=is_live)
    )
    return reported(found, case)


def _of_file(issue: Issue) -> Issue:
    """Take ``${account_id}`` for what another program fills in before AWS sees the file."""
    variable = issue.key[-1]
    return issue if ":" in variable or variable == "${}" else issue._replace(level="note")


def _of_statement(index: int, statement: Statement, *, is_live: bool) -> Iterator[Issue]:
    found = (*_misplaced(statement), *_in_use(statement, is_live=is_live))
    yield from (issue._replace(statement=index) for issue in found)


def _misplaced(statement: Statement) -> Iterator[Issue]:
    for element, pattern in _without(statement):
        for variable in variables(pattern):
            message = (
                f"{{subject}} has the variable {str(variable)!r} in {element}, which takes none"
            )
            yield _issue("VARIABLE_UNSUPPORTED_IN_ELEMENT", message, pattern, variable)
            break


def _in_use(statement: Statement, *, is_live: bool) -> Iterator[Issue]:
    for pattern in _resources(statement):
        yield from _spelling(pattern, is_live=is_live)
    for condition in statement.conditions:
        name = condition.operator.name
        takes = name == "Unknown" or name.startswith(_WITH_VARIABLES)
        for value in condition.values:
            wrong = list(_spelling(value, is_live=is_live))
            yield from wrong
            if not takes and not wrong:
                yield from _for_operator(name, value)


def _without(statement: Statement) -> Iterator[tuple[str, Pattern]]:
    negated = "Not" if statement.actions.negated else ""
    yield from ((f"{negated}Action", glob) for glob in statement.actions.globs)
    if statement.principals is not None:
        yield from (("Principal", entry.pattern) for entry in statement.principals.entries)


def _resources(statement: Statement) -> tuple[Pattern, ...]:
    return () if statement.resources is None else statement.resources.globs


def _spelling(pattern: Pattern, *, is_live: bool) -> Iterator[Issue]:
    """Report the first thing that is wrong with a string: one is enough to mend it."""
    for variable in variables(pattern):
        fault = _fault(variable)
        if fault is not None:
            message = f"{{subject}} has the variable {str(variable)!r}, {fault.words}"
            yield _issue(fault.code, message, pattern, variable, fault.level)
            return
        if not is_live:
            message = (
                f"{{subject}} has the variable {str(variable)!r}, which is plain text without"
                f" Version {_LIVE_VERSION!r}"
            )
            yield _issue("VARIABLE_UNSUPPORTED_IN_VERSION", message, pattern, variable, "warning")
            return


def _fault(variable: Variable) -> Fault | None:
    name, comma, default = variable.inside.partition(",")
    if not variable.closed:
        return Fault("MISSING_BRACE_IN_VARIABLE", "which has no closing brace")
    if not variable.inside:
        return Fault("EMPTY_VARIABLE", "which names nothing")
    if name.startswith(_OF_TEMPLATES):
        return Fault("", "which is CloudFormation's and stays as it is without Fn::Sub", "warning")
    if comma and not _is_quoted(default.strip()):
        return Fault("MISSING_QUOTE_IN_VARIABLE", "whose default is not in single quotes")
    # The key of a tag, behind the slash, may have spaces in it.
    if " " in name.partition("/")[0]:
        return Fault("UNSUPPORTED_SPACE_IN_VARIABLE", "with a space in its name")
    return None


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[0] == text[-1] == "'"


def _for_operator(name: str, value: Pattern) -> Iterator[Issue]:
    for variable in variables(value):
        if variable.inside not in _CHARACTERS:
            message = (
                f"{{subject}} compares with the variable {str(variable)!r} under {name}, which"
                " takes none"
            )
            yield _issue("INVALID_VARIABLE_FOR_OPERATOR", message, value, variable, "warning")
            return


def variables(pattern: Pattern) -> Iterator[Variable]:
    """Yield the variables of a string that are known to be its own, in order.

    One with an unknown part in it is left out, and so is what follows in the same characters.
    """
    last = len(pattern.pieces) - 1
    for number, piece in enumerate(pattern.pieces):
        if not isinstance(piece, str) or "${" not in piece:
            continue
        rest = piece
        while "${" in rest:
            inside, brace, rest = rest.partition("${")[2].partition("}")
            if brace:
                yield Variable(inside, closed=True)
            elif number == last:
                yield Variable(inside, closed=False)


def _issue(
    code: str, message: str, pattern: Pattern, variable: Variable, level: Level = "error"
) -> Issue:
    place = pattern.span
    return Issue(code, level, message, place, key=(str(pattern), str(variable)))
