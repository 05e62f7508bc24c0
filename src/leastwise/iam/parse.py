"""Parse the text of one policy, whatever is in it.

AWS takes a policy whole or not at all, so a document with anything wrong in it is opaque: what
was understood stays in it, and it may allow or deny anything beside that.
"""

from bisect import bisect_right
from dataclasses import replace

from leastwise.iam.elements import joined
from leastwise.iam.kinds import kind_of
from leastwise.iam.lower import lower_document
from leastwise.iam.policy import PolicyDocument, PolicyKind, Statement
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json, text_of_file
from leastwise.source.located import located
from leastwise.source.span import SourceFile, Span, source_file
from leastwise.source.value import Symbol, Value

MAX_BYTES = 1024 * 1024
"""More than ten times what AWS takes of any kind of policy."""

_WHOLE = "the policy"


def parse_policy(text: str | bytes, kind: PolicyKind | None, path: str) -> PolicyDocument:
    """Parse a policy; see ``PolicyDocument.parse``."""
    # a lone surrogate becomes bytes that are no UTF-8, and is reported as such
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    file = source_file(path, data)
    value = value_of(file)
    if isinstance(value, Diagnostic):
        return unreadable(value, file)
    return document_of(value, kind or kind_of(value), file)


def value_of(file: SourceFile) -> Value | Diagnostic:
    """Read the JSON of a file of at most 1 MiB, or say why it can't be read."""
    if len(file.data) > MAX_BYTES:
        message = f"the policy has more than {MAX_BYTES} bytes, it is not read"
        remedy = "AWS takes no policy of this size, write a smaller one"
        return Diagnostic("error", "too-large", Span(file.path, 0, 0), message, remedy)
    text = text_of_file(file)
    return text if isinstance(text, Diagnostic) else parse_json(text, path=file.path)


def unreadable(diagnostic: Diagnostic, file: SourceFile) -> PolicyDocument:
    """Return the document that stands for a text of which nothing is known."""
    found = (located(diagnostic, file, _WHOLE),)
    return PolicyDocument((), opaque=_not_understood(file), diagnostics=found)


def document_of(value: Value, kind: PolicyKind, file: SourceFile) -> PolicyDocument:
    """Lower a value of the file; anything wrong with it makes the document opaque."""
    lowered = lower_document(value, kind, scope=file.path)
    document = lowered.document
    if not lowered.diagnostics:
        return document
    # SOUND: neither side of a comparison proves anything from what AWS would refuse.
    opaque = [s for s in (_not_understood(file), document.opaque) if s is not None]
    starts = [statement.span.start for statement in document.statements if statement.span]
    found = tuple(
        located(d, file, _skipped(d.span, document.statements, starts)) for d in lowered.diagnostics
    )
    return replace(document, opaque=joined(opaque), diagnostics=found)


def _not_understood(file: SourceFile) -> Symbol:
    """Return a symbol that only another reading of the same text shares."""
    from hashlib import sha256  # only faulty policies need it

    return Symbol(f"policy|{sha256(file.data).hexdigest()}", "policy")


def _skipped(place: Span, statements: tuple[Statement, ...], starts: list[int]) -> str:
    """Name the statement that holds a place; ``starts`` are those of the statements, in order."""
    number = bisect_right(starts, place.start)
    if number == 0 or len(starts) < len(statements):
        return _WHOLE
    statement = statements[number - 1]
    if statement.span is None or place.end > statement.span.end:
        return _WHOLE
    return f"statement {number}" + (f" ({statement.sid!r})" if statement.sid else "")
