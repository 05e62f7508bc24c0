"""Readers of rare resource types are named where they are found, and imported late."""

import subprocess
import sys

from leastwise.frontends.terraform.reading.readers import _RARE, has_reader


def test_each_rare_type_is_read_by_the_module_that_is_named_for_it() -> None:
    rooms = set(_RARE.values())
    assert {(name, room) for room in rooms for name in room()} == set(_RARE.items())
    assert has_reader("aws_lambda_permission")
    assert not has_reader("aws_s3_bucket_policy")


def test_reading_a_root_imports_no_rare_reader_early() -> None:
    program = (
        "import sys, leastwise.frontends.terraform.project\n"
        "rare = ('lambda_permissions', 'permission_sets', 'service_attachments', 'module_inputs')\n"
        "print([name for name in sys.modules if name.endswith(rare)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
