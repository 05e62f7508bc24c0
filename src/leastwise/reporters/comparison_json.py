"""Write the answer of a comparison as JSON, a contract: three keys that are always there."""

from typing import Any

from leastwise.reporters.comparison import ComparisonReport, statement_of
from leastwise.reporters.escape import json_text
from leastwise.reporters.place import location_object
from leastwise.reporters.request_json import request_object
from leastwise.semantics.keys import written_keys
from leastwise.semantics.model import Counterexample, Deciding, Proof, Undecided
from leastwise.source.span import locate


def render(report: ComparisonReport) -> str:
    """Return indented ASCII JSON with a line end.

    ``witness`` has, beside the request, ``statements``: where the new policy allows it (none
    where it only no longer denies it), ``typed``: whether AWS's reference knows such a request,
    and ``assumptions``: under which values of what is not known it is allowed.
    """
    match report.answer:
        case Proof():
            found = _answer("no-new-access")
        case Counterexample():
            found = _answer("new-access", witness=_witness(report, report.answer))
        case Undecided(reason):
            found = _answer("undecided", reason=reason)
    return json_text(found)


def _answer(
    answer: str, *, witness: dict[str, Any] | None = None, reason: str | None = None
) -> dict[str, Any]:
    return {"answer": answer, "witness": witness, "reason": reason}


def _witness(report: ComparisonReport, found: Counterexample) -> dict[str, Any]:
    return request_object(found.request, written_keys((*report.allowing, *found.deciding))) | {
        "statements": [_statement(report, deciding) for deciding in report.allowing],
        "typed": found.typed,
        "assumptions": [*(a.text for a in found.assumptions), *found.reasons],
    }


def _statement(report: ComparisonReport, deciding: Deciding) -> dict[str, Any]:
    statement = statement_of(deciding)
    found: dict[str, Any] = {"sid": statement.sid}
    if statement.span is not None:
        found |= location_object(locate(report.new, statement.span))
    return found
