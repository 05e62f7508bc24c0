"""Compute the fingerprint of a line that GitHub code scanning computes itself.

``upload-sarif`` hashes, for each line, the 100 characters from its start on, blanks left out,
and warns when a report brings another ``primaryLocationLineHash``. The rules, as read from
https://github.com/github/codeql-action (``src/fingerprints.ts``): characters are UTF-16 code
units; space and tab do not count; CR, LF and CRLF are one LF; the text is followed by 65535 and
zeros; the hash is the polynomial in 37 modulo 2**64, in hex; equal hashes are numbered in order.
"""

import sys
from collections import Counter
from collections.abc import Collection

_BLOCK = 100
_BASE = 37
_MASK = (1 << 64) - 1
_DROP = pow(_BASE, _BLOCK, 1 << 64)
_END = 0xFFFF
_TAB, _LF, _CR, _SPACE = 0x09, 0x0A, 0x0D, 0x20


def line_hashes(data: bytes, lines: Collection[int]) -> dict[int, str]:
    """Return the hash of each of the ``lines`` (1-based) that the file has."""
    if not lines:
        return {}
    units, starts = _units(data, max(lines))
    prefix = [0]
    for unit in units + [0] * _BLOCK:
        prefix.append((prefix[-1] * _BASE + unit) & _MASK)
    seen: Counter[int] = Counter()
    found: dict[int, str] = {}
    for number, start in enumerate(starts, 1):
        value = (prefix[start + _BLOCK] - prefix[start] * _DROP) & _MASK
        seen[value] += 1
        if number in lines:
            found[number] = f"{value:x}:{seen[value]}"
    return found


def _units(data: bytes, last: int) -> tuple[list[int], list[int]]:
    """Return the code units that count and where lines start, no further than is needed."""
    order = "le" if sys.byteorder == "little" else "be"
    encoded = data.decode("utf-8", "replace").encode(f"utf-16-{order}")
    units: list[int] = []
    starts: list[int] = []
    at_start, after_return = True, False
    for unit in [*memoryview(encoded).cast("H"), _END]:
        if unit in (_SPACE, _TAB) or (after_return and unit == _LF):
            after_return = False
            continue
        after_return = unit == _CR
        kept = _LF if after_return else unit
        if at_start:
            starts.append(len(units))
        at_start = kept == _LF
        units.append(kept)
        if len(starts) >= last and len(units) >= starts[last - 1] + _BLOCK:
            break
    return units, starts[:last]
