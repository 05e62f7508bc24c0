"""Classes of characters in regular expressions: ranges, categories, POSIX names.

Source: https://github.com/google/re2/wiki/Syntax.
"""

import unicodedata
from typing import NamedTuple

MAX_CODE = 0x10FFFF


class Ranges(NamedTuple):
    """Hold characters as ranges of codes, Unicode categories and scripts, or all but those."""

    ranges: tuple[tuple[int, int], ...] = ()
    categories: tuple[str, ...] = ()
    parts: tuple["Ranges", ...] = ()
    negated: bool = False
    fold: bool = False

    def holds(self, character: str) -> bool:
        """Say whether a character is in the class."""
        if not self.fold:
            return self._holds(character) != self.negated
        forms = {character, character.lower(), character.upper(), character.casefold()}
        forms |= {form.upper() for form in forms} | {form.lower() for form in forms}
        found = any(len(form) == 1 and self._holds(form) for form in forms)
        return found != self.negated

    def _holds(self, character: str) -> bool:
        code = ord(character)
        if any(first <= code <= last for first, last in self.ranges):
            return True
        if self.categories:
            category = unicodedata.category(character)
            if any(category.startswith(wanted) for wanted in self.categories):
                return True
        return any(part.holds(character) for part in self.parts)


_DIGIT = ((0x30, 0x39),)
_UPPER, _LOWER = ((0x41, 0x5A),), ((0x61, 0x7A),)
_WORD = (*_DIGIT, *_UPPER, (0x5F, 0x5F), *_LOWER)
_SPACE = ((9, 10), (12, 13), (32, 32))

PERL = {"d": Ranges(_DIGIT), "s": Ranges(_SPACE), "w": Ranges(_WORD)}
POSIX = {
    "alnum": Ranges((*_DIGIT, *_UPPER, *_LOWER)),
    "alpha": Ranges((*_UPPER, *_LOWER)),
    "ascii": Ranges(((0, 0x7F),)),
    "blank": Ranges(((9, 9), (32, 32))),
    "cntrl": Ranges(((0, 0x1F), (0x7F, 0x7F))),
    "digit": Ranges(_DIGIT),
    "graph": Ranges(((0x21, 0x7E),)),
    "lower": Ranges(_LOWER),
    "print": Ranges(((0x20, 0x7E),)),
    "punct": Ranges(((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E))),
    "space": Ranges(((9, 13), (32, 32))),
    "upper": Ranges(_UPPER),
    "word": Ranges(_WORD),
    "xdigit": Ranges((*_DIGIT, (0x41, 0x46), (0x61, 0x66))),
}
_CATEGORIES = frozenset(
    (
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc",
        "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C",
        "Cc", "Cf",
    )
)  # fmt: skip
_SCRIPTS = {
    "Greek": Ranges(((0x370, 0x373), (0x375, 0x377), (0x37A, 0x37D), (0x37F, 0x37F), (0x384, 0x384),
                     (0x386, 0x386), (0x388, 0x3E1), (0x3F0, 0x3FF), (0x1F00, 0x1FFE))),
    "Cyrillic": Ranges(((0x400, 0x484), (0x487, 0x52F), (0x1C80, 0x1C88))),
    "Hiragana": Ranges(((0x3041, 0x3096), (0x309D, 0x309F))),
    "Han": Ranges(((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF))),
}  # fmt: skip


def unicode_class(name: str) -> Ranges | None:
    r"""Return the class of ``\p{name}``; None when the name is not one of those worked out."""
    if name == "Any":
        return Ranges(((0, MAX_CODE),))
    if name in _CATEGORIES:
        return Ranges((), (name,))
    return _SCRIPTS.get(name)


def inverted(found: Ranges) -> Ranges:
    """Return all other characters."""
    return found._replace(negated=not found.negated)
