"""cfn-lint as the second reader of patched templates, in a process and a folder of its own.

cfn-lint takes configuration from the working directory, the home folder and the template's
Metadata, and that configuration can name Python code to run. A stranger's template must not
reach it: the process starts in an empty folder, and Metadata is dropped from what it reads.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator

_TIMEOUT_SECONDS = 120


def errors_in(template: bytes) -> Counter[tuple[str, str]] | None:
    """Count the errors (rule id and message) cfn-lint reports; None when it did not answer.

    Warnings are left out: cfn-lint's error ids begin with ``E``.
    """
    with tempfile.TemporaryDirectory() as empty:
        environment = {**os.environ, "HOME": empty, "USERPROFILE": empty}
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-m", "leastwise.fixes.cfn_lint"],
                input=template,
                cwd=empty,
                env=environment,
                capture_output=True,
                check=False,
                timeout=_TIMEOUT_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    if done.returncode != 0:
        return None
    return Counter((rule, message) for rule, message in json.loads(done.stdout))


def main() -> None:
    """Lint the template on standard input and print ``[[rule id, message], ...]``."""
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import Runner

    template, problems = decode_str(sys.stdin.buffer.read().decode("utf-8", "replace"))
    matches = list(problems)
    template = template or {}
    if template:
        template.pop("Metadata", None)
        runner = Runner(ConfigMixIn([], regions=["us-east-1"]))
        matches = list(runner.validate_template(template))
    found = [(match.rule.id, match.message) for match in matches if match.rule.id.startswith("E")]
    nulls = [("null", f"CloudFormation refuses {place}: null") for place in _nulls(template)]
    json.dump(sorted(found + nulls), sys.stdout)


def _nulls(value: object, place: str = "") -> Iterator[str]:
    """Find nulls, which cfn-lint lets pass in some places and CloudFormation in none."""
    if value is None:
        yield place
    members: Iterable[tuple[object, object]] = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    for key, member in members:
        yield from _nulls(member, f"{place}/{key}")


if __name__ == "__main__":  # pragma: no cover - a process of its own, see errors_in
    main()
