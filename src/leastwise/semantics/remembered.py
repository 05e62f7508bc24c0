"""Remember what was worked out of an object, by its identity and not by what it says.

To compare two documents costs more than most of what is asked of them; a document that thousands
of principals hold is one object, and it never changes.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Generic, TypeVar

_Object = TypeVar("_Object")
_Result = TypeVar("_Result")


class _Same(Generic[_Object]):
    """Stand for an object in a cache, which keeps it alive, so that no other has its place."""

    __slots__ = ("it",)

    def __init__(self, it: _Object) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.it is self.it


def by_identity(
    maxsize: int,
) -> Callable[[Callable[[_Object], _Result]], Callable[[_Object], _Result]]:
    """Decorate a pure function of one object, so that it remembers its last ``maxsize`` results."""

    def decorate(function: Callable[[_Object], _Result]) -> Callable[[_Object], _Result]:
        @lru_cache(maxsize=maxsize)
        def remembered(key: _Same[_Object]) -> _Result:
            return function(key.it)

        return lambda it: remembered(_Same(it))

    return decorate
