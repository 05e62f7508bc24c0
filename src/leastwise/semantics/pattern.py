"""Match actions, ARNs, principals and condition values against IAM globs.

A string of a policy becomes a row of tokens: characters, wildcards, and symbols (strings that
are not known). A row is compiled to a ``Glob``, a bit-parallel automaton without backtracking,
so that no policy can make matching slow. Matching answers with three values: True and False
hold for every value of the symbols and under every reading of the documentation, None else.

Rules and sources:

- Actions compare without case, the service segment of an ARN too, the rest with case:
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
- ``*`` crosses ``/``, and ``:`` within the sixth part. Newer editions of
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
  say that a ``*`` that ends an earlier segment can match past the colon, older ones and
  independent simulators keep it inside: the narrow reading keeps it, the wide one does not.
- Policy variables are live from version 2012-10-17 on; a value's own ``*`` is a character:
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import takewhile
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from leastwise.source.value import Symbol

Pieces: TypeAlias = tuple[str | Symbol, ...]
Lookup: TypeAlias = Callable[["Variable"], Pieces | None]

FRESH = "\ue000"
"""A private character that stands for "any character that no pattern mentions"."""


class Wild(Enum):
    """Name the wildcards; those ``IN`` a segment do not match a colon."""

    ONE = "?"
    ONE_IN = "? but not :"
    MANY = "*"
    MANY_IN = "* but not :"

    # Tokens are hashed in rows, by the thousand; that of Enum spells a name each time.
    __hash__ = object.__hash__


Token: TypeAlias = str | Wild | Symbol
Tokens: TypeAlias = tuple[Token, ...]

_MANY = (Wild.MANY, Wild.MANY_IN)
_WILDCARDS = {"*": Wild.MANY, "?": Wild.ONE}


class Variable(NamedTuple):
    """Name a policy variable: its condition key in lower case, and its default if it has one."""

    key: str
    default: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Glob:
    """Hold a compiled row of tokens: bit i of a state says that token i is next.

    ``chars`` and ``letters`` give the positions of each character and symbol; the other masks
    those of each wildcard. ``accept`` is the bit after the last token. A ``generous`` glob
    takes a symbol as any string that the symbol's glob matches, a ``folded`` one characters in
    any case (its tokens are in lower case). ``head`` are the characters that a value starts with
    before the first wildcard or symbol, and ``after`` the state once they are read.
    """

    tokens: Tokens
    chars: Mapping[str, int]
    letters: Mapping[str, int]
    one: int
    one_in: int
    many: int
    many_in: int
    start: int
    accept: int
    generous: bool = False
    folded: bool = False
    head: str = ""
    after: int = 0


def split_variables(text: str) -> list[str | Variable]:
    """Split text into plain runs and ``${...}`` variables.

    ``${*}``, ``${?}`` and ``${$}`` come back as a variable whose key is that one character. An
    unclosed ``${`` is plain text.
    """
    found: list[str | Variable] = []
    position = 0
    while (start := text.find("${", position)) != -1:
        end = text.find("}", start)
        if end == -1:
            break
        if start > position:
            found.append(text[position:start])
        found.append(_variable(text[start + 2 : end]))
        position = end + 1
    if position < len(text):
        found.append(text[position:])
    return found


def _variable(body: str) -> Variable:
    key, comma, default = body.partition(",")
    default = default.strip()
    if comma and len(default) >= 2 and default[0] == default[-1] == "'":
        return Variable(key.strip().lower(), default[1:-1])
    return Variable(body.strip().lower())


def tokenize(pieces: Pieces, lookup: Lookup | None = None, *, plain: bool = False) -> Tokens | None:
    """Turn the pieces of a pattern into tokens; None: a variable has no value, so no match.

    ``lookup`` gives variables their values (None: variables are not live, their spelling is
    plain text). With ``plain`` the wildcards are characters, as StringEquals reads them.
    """
    tokens: list[Token] = []
    for piece in pieces:
        if isinstance(piece, Symbol):
            tokens.append(piece)
        elif lookup is None or "${" not in piece:
            tokens.extend(_characters(piece, plain=plain))
        elif not _substitute(tokens, piece, lookup, plain=plain):
            return None
    return tuple(tokens)


def _substitute(tokens: list[Token], text: str, lookup: Lookup, *, plain: bool) -> bool:
    for part in split_variables(text):
        if isinstance(part, str):
            tokens.extend(_characters(part, plain=plain))
            continue
        value: Pieces | None = (part.key,) if part.key in ("*", "?", "$") else lookup(part)
        if value is None:
            return False
        for piece in value:
            tokens.extend((piece,) if isinstance(piece, Symbol) else piece)
    return True


def _characters(text: str, *, plain: bool) -> Iterable[Token]:
    return text if plain else [_WILDCARDS.get(c, c) for c in text]


def widen(tokens: Tokens) -> Tokens:
    """Replace symbols by their globs: every string that some value could make match, matches."""
    wide: list[Token] = []
    for token in tokens:
        if isinstance(token, Symbol):
            wide.extend(_WILDCARDS.get(c, c) for c in token.glob)
        else:
            wide.append(token)
    return tuple(wide)


def arn_segments(tokens: Tokens) -> list[list[Token]]:
    """Split tokens at the first five colons."""
    segments: list[list[Token]] = [[]]
    for part in tokens:
        if part == ":" and len(segments) < 6:
            segments.append([])
        else:
            segments[-1].append(part)
    return segments


def arn_tokens(tokens: Tokens, *, crossing: bool) -> Tokens:
    """Bind wildcards of the first five segments to their segment, lower the service.

    ``crossing`` lets a ``*`` that ends a segment match past the colon (the wide reading).
    Missing segments match anything. A lone ``*`` matches every resource, ``*`` itself too.
    """
    if tokens and all(t is Wild.MANY for t in tokens):
        return (Wild.MANY,)
    segments = arn_segments(tokens)
    if len(segments) < 6:
        # SOUND: where a symbol may itself hold colons nothing is known of segments; its
        # wildcards are those of the sixth part, the only one that follows a whole ARN.
        if any(isinstance(t, Symbol) for t in tokens):
            return tokens
        if crossing and any(row and row[-1] is Wild.MANY for row in segments):
            return (*tokens, Wild.MANY)
        segments += [[Wild.MANY] for _ in range(6 - len(segments))]
    rows = [_segment(s, i, crossing=crossing) for i, s in enumerate(segments[:5])]
    return tuple(t for row in rows for t in (*row, ":")) + tuple(segments[5])


def _segment(tokens: list[Token], index: int, *, crossing: bool) -> list[Token]:
    bound: list[Token] = []
    for position, token in enumerate(tokens):
        if token is Wild.MANY and not (crossing and position == len(tokens) - 1):
            bound.append(Wild.MANY_IN)
        elif token is Wild.ONE:
            bound.append(Wild.ONE_IN)
        elif index == 2 and isinstance(token, str):
            bound.append(token.lower())
        else:
            bound.append(token)
    return bound


def canonical_arn(value: Pieces) -> Pieces:
    """Lower the service segment of an ARN, in which AWS does not tell cases apart."""
    first = value[0] if value else ""
    if not isinstance(first, str):
        return value
    parts = first.split(":", 3)
    if len(parts) < 3 or parts[2].islower():
        return value
    parts[2] = parts[2].lower()
    return (":".join(parts), *value[1:])


def globs_of(row: Pieces | Tokens) -> tuple[str, ...]:
    """Return the globs of the symbols in a row, which ``Symbol`` leaves out when it compares."""
    return tuple(t.glob for t in row if isinstance(t, Symbol))


def compile_glob(tokens: Tokens, *, generous: bool = False) -> Glob:
    """Compile tokens; equal rows give the same object."""
    return _compiled(tokens, globs_of(tokens), generous)


@lru_cache(maxsize=16384)
def _compiled(tokens: Tokens, globs: tuple[str, ...], generous: bool) -> Glob:
    # INVARIANT: a cached row stands for symbols of the same globs (``globs`` is in the key).
    del globs
    row = _collapse(tokens)
    chars: dict[str, int] = {}
    letters: dict[str, int] = {}
    wild = dict.fromkeys(Wild, 0)
    for position, token in enumerate(row):
        bit = 1 << position
        if isinstance(token, Wild):
            wild[token] |= bit
        elif isinstance(token, Symbol):
            letters[token.id] = letters.get(token.id, 0) | bit
        else:
            chars[token] = chars.get(token, 0) | bit
    many = wild[Wild.MANY] | wild[Wild.MANY_IN]
    head = _head(row)
    after = 1 << len(head)
    return Glob(
        row,
        MappingProxyType(chars),
        MappingProxyType(letters),
        wild[Wild.ONE],
        wild[Wild.ONE_IN],
        wild[Wild.MANY],
        wild[Wild.MANY_IN],
        start=1 | ((1 & many) << 1),
        accept=1 << len(row),
        generous=generous,
        head=head,
        after=after | ((after & many) << 1),
    )


def _head(row: Tokens) -> str:
    return "".join(map(str, takewhile(lambda token: isinstance(token, str), row)))


def _collapse(tokens: Tokens) -> Tokens:
    # INVARIANT: no two stars are adjacent, so that one shift closes a state over empty matches.
    row: list[Token] = []
    for token in tokens:
        if token in _MANY and row and row[-1] in _MANY:
            row[-1] = Wild.MANY if Wild.MANY in (token, row[-1]) else Wild.MANY_IN
        else:
            row.append(token)
    return tuple(row)


def step(glob: Glob, state: int, char: str) -> int:
    """Return the state after one character."""
    moving, staying = glob.chars.get(char, 0) | glob.one, glob.many
    if char != ":":
        moving |= glob.one_in
        staying |= glob.many_in
    after = ((state & moving) << 1) | (state & staying)
    return after | ((after & (glob.many | glob.many_in)) << 1)


def step_letter(glob: Glob, state: int, letter: Symbol) -> int:
    """Return the state after a symbol that equals only itself: ``*`` matches it, ``?`` not.

    SOUND: under-approximates. A symbol that stands within one segment of an ARN is taken to
    hold no colon; otherwise the string would be no ARN of that shape.
    """
    many = glob.many | glob.many_in
    after = ((state & glob.letters.get(letter.id, 0)) << 1) | (state & many)
    return after | ((after & many) << 1)


def step_wide(glob: Glob, state: int, letter: Symbol) -> int:
    """Return the state after a symbol that may be any string that its glob matches.

    SOUND: over-approximates (the parts of the glob are taken one by one). An account, region or
    partition holds neither colon nor slash.
    """
    many = glob.many | glob.many_in
    for char in letter.glob:
        if state == 0:
            return 0
        if char == "*" and letter.environment:
            state = _within(glob, state)
        elif char == "*":
            state = ((glob.accept << 1) - 1) & ~((state & -state) - 1)
        elif char == "?":
            state = _after_any(glob, state, letter)
        else:
            state = step(glob, state, char)
    return state | (state & many) << 1


def _after_any(glob: Glob, state: int, letter: Symbol) -> int:
    """Return the state after any character of a symbol; another symbol may go on after it."""
    many = glob.many | glob.many_in
    several = many
    for positions in glob.letters.values():
        several |= positions
    moving = state & ~many
    if letter.environment:
        moving &= ~(glob.chars.get(":", 0) | glob.chars.get("/", 0))
    state = (moving << 1) | (state & several)
    return (state | (state & many) << 1) & ((glob.accept << 1) - 1)


def _within(glob: Glob, state: int) -> int:
    """Return the states after any string without colon and slash."""
    many = glob.many | glob.many_in
    passable = ~(many | glob.chars.get(":", 0) | glob.chars.get("/", 0) | glob.accept)
    reached = 0
    while state & ~reached:
        reached |= state
        state |= (state & passable) << 1
        state |= (state & many) << 1
    return reached


def accepts(glob: Glob, value: Pieces, *, wide: bool = False) -> bool:
    """Tell whether the glob matches the value; symbols in it are narrow letters, or wide."""
    state = glob.start
    first = value[0] if value else ""
    if glob.head and not glob.folded and isinstance(first, str):
        if first.startswith(glob.head):
            state, value = glob.after, (first[len(glob.head) :], *value[1:])
        elif not glob.head.startswith(first):
            return False
    for piece in value:
        if isinstance(piece, Symbol):
            state = (step_wide if wide else step_letter)(glob, state, piece)
        else:
            for char in piece:
                state = step(glob, state, char)
                if state == 0:
                    return False
    return bool(state & glob.accept)
