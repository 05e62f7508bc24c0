"""The table of functions names what the modules have, and imports none of them early."""

import subprocess
import sys

from leastwise.frontends.terraform.functions.library import _ROOMS, library_function


def test_each_module_has_the_functions_that_the_table_names() -> None:
    assert [set(names.split()) ^ set(room()) for room, names in _ROOMS] == [set()] * len(_ROOMS)


def test_a_function_is_found_by_its_name() -> None:
    function = library_function("regex")
    assert function is not None
    assert function.__module__ == "leastwise.frontends.terraform.functions.regex_functions"
    assert library_function("no_such_function") is None


def test_evaluation_alone_imports_no_library_function() -> None:
    program = (
        "import sys, leastwise.frontends.terraform.evaluation.evaluate\n"
        "rare = ('regex_functions', 'yaml_functions', 'time_functions', 'text_encodings')\n"
        "print([name for name in sys.modules if name.endswith(rare) or name == 'uuid'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
