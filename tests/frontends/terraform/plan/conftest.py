"""Read plans held in memory."""

import pytest
from tests.frontends.terraform.plan.plans import text_of

from leastwise.config.model import Config
from leastwise.frontends.terraform import plan as plans
from leastwise.source.tree import MemoryTree


@pytest.fixture
def read():
    """Return a function from a plan (data or bytes) and other files to the project."""

    def run(plan, **files):
        data = plan if isinstance(plan, bytes) else text_of(plan)
        held = {
            name.replace("_tf", ".tf").replace("__", "/"): t.encode() for name, t in files.items()
        }
        tree = MemoryTree({"plan.json": data, **held})
        (root,) = plans.roots(
            tree, ("plan.json",), files=tuple(tree.files), named=frozenset(("plan.json",))
        )
        return plans.load(root, tree, Config())

    return run
