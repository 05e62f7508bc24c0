"""Tell an answer about access: in words with the lines that decide it, or as JSON."""

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from leastwise.reporters.escape import json_text, terminal
from leastwise.reporters.frame import Mark, Quoted, frame, gutter_width, quoted
from leastwise.reporters.place import location_object
from leastwise.reporters.request_json import request_object
from leastwise.reporters.style import Sheet, Style, told_lines
from leastwise.reporters.words import request_parts
from leastwise.semantics.model import Request
from leastwise.source.span import SourceFile, Span, locate

Outcome: TypeAlias = Literal["allowed", "depends", "not-allowed"]
Verb: TypeAlias = Literal["allows", "denies", "misses", "silent", "may-deny"]

MOST_MARKS = 6
_STYLES: dict[Outcome, Style] = {"allowed": "help", "depends": "warning", "not-allowed": "error"}
_MARKS: dict[Verb, Style] = {
    "allows": "help",
    "denies": "error",
    "may-deny": "warning",
    "misses": "warning",
    "silent": "error",
}
LABELS: dict[Verb, str] = {
    "allows": "allows",
    "denies": "denies",
    "may-deny": "may deny",
    "misses": "comes nearest",
    "silent": "does not allow it",
}
"""What a mark under a statement says."""
_WORDS: dict[Outcome, str] = {
    "allowed": "allowed",
    "depends": "depends",
    "not-allowed": "not allowed",
}


class Cited(NamedTuple):
    """Hold a statement that has a say, with where it stands and what it does, in words.

    ``policy`` is its address, ``statement`` its Sid or number. ``span`` is the narrowest string
    that decides, None where the document is not in the tree; ``attached``: it is where a
    document of AWS's is attached.
    """

    layer: str
    verb: Verb
    policy: str
    statement: str
    text: str
    span: Span | None
    attached: bool = False


class Story(NamedTuple):
    """Hold an answer as it is told: the sentence, who says yes or no, and what is open.

    ``needs`` are condition keys nobody gave, with values under which it is allowed. ``endings``
    are sets of statements: without those of one set it is no longer allowed. ``written`` are keys
    in lower case with how policies spell them.
    """

    outcome: Outcome
    sentence: str
    principal: str
    action: str
    resource: str
    witness: Request | None = None
    cited: tuple[Cited, ...] = ()
    lacking: tuple[str, ...] = ()
    needs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    reasons: tuple[str, ...] = ()
    endings: tuple[tuple[Cited, ...], ...] = ()
    notes: tuple[str, ...] = ()
    not_in_view: tuple[str, ...] = ()
    written: Mapping[str, str] | None = None


class Places(NamedTuple):
    """Hold how to find the files that spans lie in, and what leads to them."""

    file: Callable[[str], SourceFile | None]
    prefix: str

    def words(self, span: Span) -> str:
        """Return ``path:line:column``; the path alone where the file is not at hand."""
        file = self.file(span.path)
        path = f"{self.prefix}{span.path}"
        if file is None:
            return path
        where = locate(file, span)
        return f"{path}:{where.start_line}:{where.start_column}"


def render(story: Story, places: Places, sheet: Sheet) -> str:
    """Return the story for people, with the lines of source that decide."""
    paint = sheet.paint
    head = paint(f"{_WORDS[story.outcome]}:", _STYLES[story.outcome])
    marked = [(c, f"{c.layer}: {LABELS[c.verb]}") for c in story.cited[:MOST_MARKS]]
    digits, quotes = frames(marked, places, sheet)
    edge = " " * digits + " ="
    lines = [f"{head} {paint(terminal(story.sentence), 'strong')}", *quotes]
    for word, text in _told(story, places):
        lines += told_lines(edge, word, text, sheet)
    return "\n".join(lines) + "\n"


def _told(story: Story, places: Places) -> Iterable[tuple[str, str]]:
    yield from (("note", text) for text in story.notes)
    for key, values in story.needs:
        yield "needs", " ".join(f"--context {shlex.quote(f'{key}={v}')}" for v in values)
    for cited in story.cited:
        yield cited.layer, f"{cited_name(cited, places)} {cited.text}"
    yield from (("lacking", text) for text in story.lacking)
    yield from (("depends on", text) for text in story.reasons)
    if story.witness is not None:
        yield "request", " ".join(request_parts(story.witness, story.written))
    for number, ending in enumerate(story.endings):
        yield ("or" if number else "to end it"), " and ".join(ended(c, places) for c in ending)
    yield from (("not in view", text) for text in story.not_in_view)


def ended(cited: Cited, places: Places) -> str:
    """Say how a statement is taken away: of a document of AWS's none can be removed."""
    if not cited.attached:
        return f"remove {cited_name(cited, places)}"
    return f"detach {cited_name(cited._replace(statement=''), places)}"


def cited_name(cited: Cited, places: Places) -> str:
    """Name a statement with its policy and its place."""
    where = "" if cited.span is None else f" ({places.words(cited.span)})"
    of = f"{cited.statement} of {cited.policy}" if cited.statement else cited.policy
    return f"{of}{where}"


def frames(
    cited: Sequence[tuple[Cited, str]], places: Places, sheet: Sheet
) -> tuple[int, list[str]]:
    """Return the width of the gutter, and one frame for each file of statements with labels."""
    marks: dict[str, list[Mark]] = {}
    for one, label in cited:
        if one.span is not None:
            mark = Mark(one.span, label, _MARKS[one.verb], primary=not marks)
            marks.setdefault(one.span.path, []).append(mark)
    sources = {path: _quoted(places.file(path)) for path in marks}
    known = {path: source for path, source in sources.items() if source is not None}
    digits = gutter_width(known, [m for row in marks.values() for m in row])
    lines: list[str] = []
    for path, source in known.items():
        arrow = " " * digits + (":::" if lines else "-->")
        place = terminal(places.words(marks[path][0].span))
        lines.append(f"{sheet.paint(arrow, 'gutter')} {place}")
        lines += frame(source, marks[path], digits, sheet)
    return digits, lines


def _quoted(file: SourceFile | None) -> Quoted | None:
    return None if file is None else quoted(file)


def as_json(story: Story, places: Places) -> str:
    """Return the story as a JSON object."""
    return json_text(story_object(story, places))


def story_object(story: Story, places: Places) -> dict[str, Any]:
    """Return the story as an object of JSON."""
    return {
        "answer": story.outcome,
        "sentence": story.sentence,
        "principal": story.principal,
        "action": story.action,
        "resource": story.resource,
        "witness": None if story.witness is None else request_object(story.witness, story.written),
        "statements": [cited_object(cited, places) for cited in story.cited],
        "lacking": list(story.lacking),
        "needs_context": {key: list(values) for key, values in story.needs},
        "depends_on": list(story.reasons),
        "to_end_it": [[cited_object(c, places) for c in ending] for ending in story.endings],
        "notes": list(story.notes),
        "not_in_view": list(story.not_in_view),
    }


def cited_object(cited: Cited, places: Places) -> dict[str, Any]:
    """Return a cited statement as an object of JSON."""
    """Return a statement that has a say as an object of JSON."""
    location = None
    file = None if cited.span is None else places.file(cited.span.path)
    if cited.span is not None and file is not None:
        location = location_object(locate(file, cited.span))
    return {
        "layer": cited.layer,
        "effect": cited.verb,
        "policy": cited.policy,
        "statement": cited.statement,
        "text": cited.text,
        "location": location,
    }
