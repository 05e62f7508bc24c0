"""Match texts against globs of ``*`` and ``?``: of a configuration, of a table, of a question."""

from leastwise.semantics.pattern import Glob, Pieces, accepts, compile_glob, tokenize, widen
from leastwise.source.value import Symbol


def glob_of(text: str) -> Glob:
    """Compile a glob that is written out."""
    return compile_glob(tokenize((text,)) or ())


def is_like(text: str, glob: str) -> bool:
    """Say whether a glob that is written out matches a text, case and all."""
    return accepts(glob_of(glob), (text,))


def has_wildcard(*pieces: str | Symbol) -> bool:
    """Say whether what is written out of a string has a wildcard, ``${*}`` and ``${?}`` too."""
    return any(isinstance(piece, str) and ("*" in piece or "?" in piece) for piece in pieces)


def wildcard_takes(pieces: Pieces, text: str) -> bool:
    """Say whether a string with a wildcard may match a text, whatever is not known of it."""
    return has_wildcard(*pieces) and accepts(compile_glob(widen(tokenize(pieces) or ())), (text,))
