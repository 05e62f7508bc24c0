"""validity/invalid-sid: statement ids that AWS refuses, or that say nothing.

Source: "IAM JSON policy elements: Sid", AWS IAM User Guide: letters and digits, unique within a
policy, in IAM; services that carry resource policies may take more, as AWS KMS does.
"""

from collections.abc import Iterator

from leastwise.iam.worlds import contradicts
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written import Entry, Written, element, policy_of, statements
from leastwise.source.text import display
from leastwise.source.value import Chars, Text

_LENIENT = frozenset({"resource", "endpoint"})
_REQUIRED, _RECOMMENDED = "UNIQUE_SIDS_REQUIRED", "UNIQUE_SIDS_RECOMMENDED"
_PEERS = 20
"""Equal Sids beyond that are only compared with the first ones."""


def decide(case: Case) -> tuple[Hit, ...]:
    """Report Sids with other characters, Sids that stand twice, and empty ones."""
    return reported((*_spelling(case), *_repeated(case)), case)


def _spelling(case: Case) -> Iterator[Issue]:
    strict = policy_of(case).kind not in _LENIENT
    for written in statements(case):
        sid = element(written.mapping, "Sid")
        if sid is None or not isinstance(sid.value, Text):
            continue
        odd = [c for c in _known(sid.value) if not (c.isascii() and c.isalnum())]
        name = display(sid.value)
        if sid.value.literal == "":
            message = "a Sid of {subject} is empty"
            yield Issue("EMPTY_SID_VALUE", "note", message, sid.place, written.number)
        elif odd and strict:
            message = (
                f"the Sid {name!r} of {{subject}} has {odd[0]!r} in it; IAM takes letters and"
                " digits only"
            )
            yield Issue("UNSUPPORTED_SID", "error", message, sid.place, written.number, (name,))


def _known(text: Text) -> str:
    return "".join(piece.text for piece in text.pieces if isinstance(piece, Chars))


def _repeated(case: Case) -> Iterator[Issue]:
    code = _RECOMMENDED if policy_of(case).kind in _LENIENT else _REQUIRED
    seen: dict[str, list[Written]] = {}
    for written in statements(case):
        sid = element(written.mapping, "Sid")
        literal = sid.value.literal if sid is not None and isinstance(sid.value, Text) else None
        if sid is None or not literal:
            continue
        earlier = seen.setdefault(literal, [])
        if any(_go_together(one, written) for one in earlier):
            yield _again(code, literal, sid, written.number)
        if len(earlier) < _PEERS:
            earlier.append(written)


def _go_together(one: Written, other: Written) -> bool:
    """Say whether both statements may be there at once, as the worlds of one are not."""
    return not any(contradicts(assumed, other.statement.when) for assumed in one.statement.when)


def _again(code: str, literal: str, sid: Entry, index: int) -> Issue:
    message = f"{{subject}} has several statements with the Sid {literal!r}"
    return Issue(
        code, "error" if code == _REQUIRED else "note", message, sid.place, index, (literal,)
    )
