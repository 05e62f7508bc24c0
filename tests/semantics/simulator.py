"""Ask the independent simulator, which runs as a process of its own."""

import json
import subprocess
import threading
from pathlib import Path

DRIVER = Path(__file__).parent / "oracle" / "driver.cjs"


class Simulator:
    """Hold the running process; ``folder`` is where ``npm install`` was run."""

    def __init__(self, folder):
        self._process = subprocess.Popen(
            ["node", str(DRIVER), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def judge(self, cases):
        """Return the verdict on each case: a result, or what went wrong."""
        writer = threading.Thread(target=self._write, args=(cases,))
        writer.start()
        replies = [json.loads(self._process.stdout.readline()) for _ in cases]
        writer.join()
        return [reply.get("result") or f"error: {reply['error']}" for reply in replies]

    def _write(self, cases):
        for one in cases:
            self._process.stdin.write(json.dumps(one) + "\n")
        self._process.stdin.flush()
