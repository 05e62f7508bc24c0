"""Skip a test whose outside program is missing; where CI promises the program, fail it."""

import os
import shutil

import pytest


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Handle ``@pytest.mark.needs("terraform", ...)``."""
    required = os.environ.get("LEASTWISE_REQUIRE_TOOLS", "").split()
    for marker in item.iter_markers("needs"):
        for program in marker.args:
            if shutil.which(program):
                continue
            reason = f"the program {program!r} is not on PATH"
            if program in required:
                pytest.fail(f"{reason}, and LEASTWISE_REQUIRE_TOOLS names it", pytrace=False)
            pytest.skip(reason)
