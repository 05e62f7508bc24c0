"""Bound the work that one question may cost, so that no policy can keep the engine busy.

Work is counted, not timed: the same question gives the same answer on every machine. A question
that runs out of it is answered *possible*, never *no*.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

MOST = 650_000
"""Steps of globs, about; questions about real policies take up to 140,000."""


@dataclass(slots=True)
class Effort:
    """Count down the work that is left for one question, all its phases together."""

    left: int = MOST
    _once: set[Hashable] = field(default_factory=set)

    @property
    def spent(self) -> bool:
        """Tell whether the work is used up."""
        return self.left < 0

    def spend(self, steps: int) -> None:
        """Take away steps that were done or are about to be."""
        self.left -= steps

    def spend_once(self, work: Hashable, steps: int) -> None:
        """Take away the steps of work that is remembered, and one when it is used again."""
        self.left -= 1 if work in self._once else steps
        self._once.add(work)
