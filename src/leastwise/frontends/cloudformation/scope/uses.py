"""Follow which values of the root's parameters a value rests on.

What is evaluated adds the parameters it asks for to ``Scope.used``, a set that a root's stack
shares with all that it nests; what is worked out once keeps its own in ``Scope.uses`` and adds
them again each time it is asked for. So they are known through conditions, names, outputs and
the parameters of nested stacks alike.
"""

from collections.abc import Callable
from typing import TypeVar

from leastwise.frontends.cloudformation.scope.state import Scope
from leastwise.iam.project import VariableUse

Uses = frozenset[VariableUse]
Key = tuple[object, ...]
_Result = TypeVar("_Result")
_NONE: Uses = frozenset()


def collected(work: Callable[[], _Result], scope: Scope) -> tuple[_Result, Uses]:
    """Do some work; return its result with what it rests on, on which what is around rests too."""
    outer = frozenset(scope.used)
    scope.used.clear()
    try:
        result = work()
    finally:
        found = frozenset(scope.used) if scope.used else _NONE
        scope.used |= outer
    return result, found


def once(key: Key, work: Callable[[], _Result], scope: Scope) -> _Result:
    """Do some work whose result its caller remembers; keep what it rests on, for ``again``."""
    result, found = collected(work, scope)
    if found:
        scope.uses[key] = found
    return result


def again(key: Key, scope: Scope) -> None:
    """Note that a result that is known already is asked for."""
    scope.used |= scope.uses.get(key, _NONE)
