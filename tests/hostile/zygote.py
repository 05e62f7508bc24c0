"""Run ``leastwise`` commands in forked children, so that each is measured and none pays imports.

Nor does a child read again what the usual folder needs of the bundled data.

Started as a program: reads one JSON request per line, answers with one JSON line each.
"""

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

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


_USUAL = """
resource "aws_iam_role_policy" "usual" {
  role   = "usual"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }] })
}

resource "aws_iam_role" "usual" {
  name = "usual"
}

resource "aws_iam_role_policy_attachment" "usual" {
  role       = aws_iam_role.usual.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
"""
_TEMPLATE = "Resources: {R: {Type: AWS::IAM::Role}}\n"
_POLICY = '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'


def _import_everything() -> None:
    """Run the usual commands, so that no child imports or reads what this process has."""
    import tempfile

    import hcl2

    from leastwise.cli.main import main as command

    del hcl2
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("m.tf", _USUAL), ("t.yaml", _TEMPLATE), ("p.json", _POLICY)):
            Path(folder, name).write_text(text, encoding="utf-8")
        outputs = [f"--output={form}={folder}/o" for form in ("text", "json", "sarif", "patch")]
        kept = os.dup(1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        command(["check", *outputs, folder])
        command(["who", "iam:*", "*", folder])
        sys.stdout.flush()
        os.dup2(kept, 1)


def main() -> None:
    """Answer requests until standard input ends."""
    _import_everything()
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
