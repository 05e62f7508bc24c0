"""Which strings a symbol can stand for: by its characters, and by the ends of its glob.

Source: "Pseudo parameters reference" in the AWS CloudFormation template reference; account ids,
regions and partitions as in "Amazon Resource Names (ARNs)", AWS IAM User Guide.
"""

from leastwise.source.value import Symbol

_DIGITS = frozenset("0123456789")
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
_ALPHABETS = {
    "AWS::AccountId": _DIGITS,
    "AWS::Partition": _LOWER | {"-"},
    "AWS::Region": _LOWER | _DIGITS | {"-"},
    "AWS::URLSuffix": _LOWER | {"."},
}


def lacks(symbol: Symbol, mark: str) -> bool:
    """Say whether no character of a mark can be in a symbol's string, which is not empty."""
    alphabet = _ALPHABETS.get(symbol.reference) if symbol.environment else None
    return alphabet is not None and alphabet.isdisjoint(mark)


def can_be(symbol: Symbol, text: str) -> bool:
    """Say whether a symbol can stand for a string.

    SOUND: over-approximates; of the glob only its fixed ends count.
    """
    alphabet = _ALPHABETS.get(symbol.reference) if symbol.environment else None
    if alphabet is not None and (not text or not alphabet.issuperset(text)):
        return False
    wild = [index for index, letter in enumerate(symbol.glob) if letter in "*?"]
    if not wild:
        return True
    start, end = symbol.glob[: wild[0]], symbol.glob[wild[-1] + 1 :]
    fits = text.startswith(start) and text.endswith(end)
    return fits and len(text) >= len(start) + len(end)
