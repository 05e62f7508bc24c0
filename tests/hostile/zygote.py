"""Run ``leastwise`` commands in forked children, so that each is measured and none pays imports.

Started as a program: reads one JSON request per line, answers with one JSON line each.
"""

import json
import os
import resource
import signal
import sys
import time

ADDRESS_SPACE = 4 * 1024**3


def _child(request: dict[str, object]) -> None:
    os.chdir(str(request["cwd"]))
    for descriptor, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
        flags = os.O_RDONLY if descriptor == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        opened = os.open(str(request[name]), flags)
        os.dup2(opened, descriptor)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    from leastwise.cli.main import main as command

    code = 3
    try:
        code = command(list(request["argv"]))  # type: ignore[call-overload]
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 4
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(request: dict[str, object]) -> dict[str, object]:
    limit = float(str(request["timeout"]))
    begin = time.monotonic()
    process = os.fork()
    if process == 0:
        _child(request)
    while True:
        done, status, usage = os.wait4(process, os.WNOHANG)
        if done:
            break
        if time.monotonic() - begin > limit:
            os.kill(process, signal.SIGKILL)
            _, status, usage = os.wait4(process, 0)
            break
        time.sleep(0.002)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "seconds": usage.ru_utime + usage.ru_stime,
        "megabytes": usage.ru_maxrss / 1024,
    }


def main() -> None:
    """Answer requests until standard input ends."""
    import hcl2
    import tree_sitter_hcl
    import yaml

    import leastwise.cli.commands
    import leastwise.cli.main
    import leastwise.frontends.cloudformation
    import leastwise.frontends.iam_json
    import leastwise.frontends.terraform

    del hcl2, tree_sitter_hcl, yaml, leastwise
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
