"""Operations on strings of pieces that keep provenance."""

from collections.abc import Collection, Iterable

from leastwise.source.span import Span
from leastwise.source.value import Chars, Piece, Segment, Symbol, Text, Unknown, Value


def literal_text(text: str, segments: tuple[Segment, ...] = (), span: Span | None = None) -> Text:
    """Make a text of known characters (an empty one has no pieces)."""
    return Text((Chars(text, segments),) if text else (), span)


def span_of(value: Value) -> Span | None:
    """Return where a value is written: its own span, or that of its only segment's file bytes."""
    if value.span is not None:
        return value.span
    if isinstance(value, Text):
        spans = [s for p in value.pieces if isinstance(p, Chars) for s in source_spans(p)]
        return cover(spans)
    return None


def cover(spans: Iterable[Span]) -> Span | None:
    """Return the smallest span that holds all spans of the first one's file; None when empty."""
    items = list(spans)
    if not items:
        return None
    same = [s for s in items if s.path == items[0].path]
    return Span(items[0].path, min(s.start for s in same), max(s.end for s in same))


def source_spans(piece: Chars, start: int = 0, end: int | None = None) -> tuple[Span, ...]:
    """Map the characters ``[start, end)`` of a piece to file spans, in order."""
    stop = len(piece.text) if end is None else end
    return tuple(segment.span for segment in slice_segments(piece, start, stop))


def slice_segments(piece: Chars, start: int, end: int) -> tuple[Segment, ...]:
    """Return the segments of ``piece.text[start:end]``, shifted to begin at 0.

    A segment that is not exact and only partly inside is kept with its whole span.
    """
    found: list[Segment] = []
    for segment in piece.segments:
        if segment.end <= start or segment.start >= end:
            continue
        first, last = max(segment.start, start), min(segment.end, end)
        span = segment.span
        if segment.exact:
            before = len(piece.text[segment.start : first].encode())
            inside = len(piece.text[first:last].encode())
            span = Span(span.path, span.start + before, span.start + before + inside)
        found.append(Segment(first - start, last - start, span, segment.exact, segment.codecs))
    return tuple(found)


def slice_piece(piece: Chars, start: int, end: int) -> Chars:
    """Return a part of a piece with its provenance."""
    return Chars(piece.text[start:end], slice_segments(piece, start, end))


def join_pieces(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Merge adjacent ``Chars`` and drop empty ones, which is the invariant of ``Text``."""
    merged: list[Piece] = []
    run: list[Chars] = []
    for piece in pieces:
        if isinstance(piece, Chars):
            if piece.text:
                run.append(piece)
            continue
        merged += _merged(run)
        run = []
        merged.append(piece)
    return (*merged, *_merged(run))


def _merged(run: list[Chars]) -> list[Chars]:
    """Join adjacent characters in one pass: a heredoc has a piece per line."""
    if len(run) <= 1:
        return run
    segments: list[Segment] = []
    shift = 0
    for piece in run:
        segments += [
            Segment(s.start + shift, s.end + shift, s.span, s.exact, s.codecs)
            for s in piece.segments
        ]
        shift += len(piece.text)
    return [Chars("".join(piece.text for piece in run), tuple(segments))]


def concat(texts: Iterable[Text], span: Span | None = None) -> Text:
    """Concatenate texts; the result is derived when one part is."""
    items = list(texts)
    pieces = join_pieces(p for t in items for p in t.pieces)
    return Text(pieces, span, derived=any(t.derived for t in items))


def after_last_slash(text: Text) -> Text:
    """Return what follows the last slash of a string, or a symbol for that."""
    for index in range(len(text.pieces) - 1, -1, -1):
        piece = text.pieces[index]
        if isinstance(piece, Chars) and "/" in piece.text:
            start = slice_piece(piece, piece.text.rindex("/") + 1, len(piece.text))
            return Text(join_pieces((start, *text.pieces[index + 1 :])), text.span, derived=True)
    first = text.pieces[0] if text.pieces else None
    if isinstance(first, Symbol):
        return Text((Symbol(f"{first.id}|last", first.reference),), text.span, derived=True)
    return text


def glob_of(text: Text) -> str:
    """Return an IAM glob that every value of the text matches.

    SOUND: over-approximates; a symbol becomes its glob, encoded JSON becomes ``*``.
    """
    return "".join(_glob(piece) for piece in text.pieces)


def common_glob(globs: Collection[str]) -> str:
    """Return a glob for what any of some globs matches: what they begin and end with alike."""
    start = _common_start(globs)
    if all(glob == start for glob in globs):
        return start
    end = _common_start([glob[len(start) :][::-1] for glob in globs])[::-1]
    return f"{start}*{end}"


def _common_start(texts: Collection[str]) -> str:
    first, last = min(texts), max(texts)
    length = next((i for i, letter in enumerate(first) if letter != last[i]), len(first))
    return first[:length]


def _glob(piece: Piece) -> str:
    if isinstance(piece, Chars):
        return piece.text
    return piece.glob if isinstance(piece, Symbol) else "*"


def display(text: Text) -> str:
    """Spell a text for people: unknown parts as ``${reference}``."""
    return "".join(_spelled(piece) for piece in text.pieces)


def _spelled(piece: Piece) -> str:
    if isinstance(piece, Chars):
        return piece.text
    return "${" + piece.reference + "}" if isinstance(piece, Symbol) else "${json}"


def text_of_unknown(value: Unknown) -> Text:
    """Use an unknown value as a string: one symbol piece."""
    return Text((value.symbol,), value.span)
