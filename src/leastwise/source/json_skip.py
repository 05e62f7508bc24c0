"""What of a JSON text need not be read with places: whoever reads it says so, value by value."""

from collections.abc import Callable
from typing import TypeAlias

SKIP_DEPTH = 4
"""How many levels down it is asked: most values of a large text lie deeper."""

Skip: TypeAlias = Callable[[str | None, int, str, int], int | None]
"""Takes a key (of an item of a list: None), the depth, the text and where the value begins.

Returns where the value ends when it is to be left out; None: read it.
"""
