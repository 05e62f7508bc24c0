"""The paths of the catalogue, each a rule: escalation/<id of the path>."""

from leastwise.rules.cases import Case
from leastwise.rules.format import Decider
from leastwise.rules.hits import Hit


def decide_path(path_id: str) -> Decider:
    """Return what finds one path in one case."""
    del path_id
    return _nothing


def _nothing(case: Case) -> tuple[Hit, ...]:
    del case
    return ()
