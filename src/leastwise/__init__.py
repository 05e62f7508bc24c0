"""Check what AWS permissions infrastructure code would really grant.

The names below are the library; they are loaded when they are used.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from leastwise.api.library import decide, disjoint, equivalent, implies
    from leastwise.iam.policy import PolicyDocument
    from leastwise.semantics.model import (
        Caller,
        Counterexample,
        Decision,
        EffectiveAccess,
        Proof,
        Request,
        Undecided,
    )

__version__ = "0.1.0"

__all__ = [
    "Caller",
    "Counterexample",
    "Decision",
    "EffectiveAccess",
    "PolicyDocument",
    "Proof",
    "Request",
    "Undecided",
    "__version__",
    "decide",
    "disjoint",
    "equivalent",
    "implies",
]

_HOMES = {
    "PolicyDocument": "leastwise.iam.policy",
    "decide": "leastwise.api.library",
    "disjoint": "leastwise.api.library",
    "equivalent": "leastwise.api.library",
    "implies": "leastwise.api.library",
}


if not TYPE_CHECKING:
    # A type checker must not take every name for one that exists.

    def __getattr__(name: str) -> object:
        """Load a public name from where it lives."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        found: object = getattr(import_module(_HOMES.get(name, "leastwise.semantics.model")), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
