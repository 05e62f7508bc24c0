"""Split strings into grapheme clusters, in which Terraform counts, cuts and reverses.

Source: https://www.unicode.org/reports/tr29/#Grapheme_Cluster_Boundaries. The interpreter knows
general categories but not the break property itself; the ranges below fill that in. Where they
may be wrong (Indic conjuncts, rare prepended marks) the answer is None.
"""

import unicodedata

_ZWJ = "\u200d"
_PREPENDED = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2\u0d4e\U000110bd")
_PICTURES = (
    (0xA9, 0xA9), (0xAE, 0xAE), (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122),
    (0x2139, 0x2139),
    (0x2194, 0x21AA), (0x231A, 0x23FF), (0x24C2, 0x24C2), (0x25AA, 0x25FE), (0x2600, 0x27BF),
    (0x2934, 0x2935), (0x2B05, 0x2B55), (0x3030, 0x303D), (0x3297, 0x3299),
    (0x1F000, 0x1F1E5), (0x1F201, 0x1F3FA), (0x1F400, 0x1FAFF),
)  # fmt: skip


def clusters(text: str) -> list[str] | None:
    """Return the grapheme clusters of a string; None when they can't be told for sure."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    if any(character in _PREPENDED for character in text):
        return None
    starts = [0] if text else []
    for place in range(1, len(text)):
        if not _joins(text, starts[-1], place):
            starts.append(place)
    ends = [*starts[1:], len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=False)]


def cluster_count(text: str) -> int | None:
    """Return how many grapheme clusters a string has; None when that can't be told."""
    found = clusters(text)
    return None if found is None else len(found)


def _joins(text: str, start: int, place: int) -> bool:
    """Say whether the character at a place belongs to the cluster that starts before it."""
    before, following = text[place - 1], text[place]
    if before == "\r" and following == "\n":
        return True
    if _is_control(before) or _is_control(following):
        return False
    if _hangul_joins(before, following) or _extends(following):
        return True
    if before == _ZWJ and _is_picture(following):
        return _is_picture(text[start])
    flags = _is_flag(before) and _is_flag(following)
    return flags and place - start == 1


def _is_control(character: str) -> bool:
    if character in {_ZWJ, "\u200c"}:
        return False
    return unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"}


def _extends(character: str) -> bool:
    if character in {_ZWJ, "\u200c"} or 0x1F3FB <= ord(character) <= 0x1F3FF:
        return True
    return unicodedata.category(character) in {"Mn", "Me", "Mc"}


def _is_picture(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in _PICTURES)


def _is_flag(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _hangul_joins(before: str, following: str) -> bool:
    one, other = _hangul(before), _hangul(following)
    if one == "L":
        return other in {"L", "V", "LV", "LVT"}
    if one in {"LV", "V"}:
        return other in {"V", "T"}
    return one in {"LVT", "T"} and other == "T"


def _hangul(character: str) -> str:
    code = ord(character)
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    for kind, first, last in (("L", 0x1100, 0x115F), ("V", 0x1160, 0x11A7), ("T", 0x11A8, 0x11FF)):
        if first <= code <= last:
            return kind
    return ""
