"""Make ``examples/shop-fixed`` of ``examples/shop``, as ``leastwise fix`` makes it.

Usage: ``python scripts/fix_examples.py [TARGET]``. Each folder keeps a README.md of its own.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
_FIX = ("-m", "leastwise", "fix", "--apply", "--unsafe-fixes", "shop")

_FINDINGS_LEFT = 1
"""Not every finding has a fix."""


def make(target: Path) -> None:
    """Write the fixed shop to a folder, in place of what it holds but its README.md."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "shop"
        shutil.copytree(EXAMPLES / "shop", shop, ignore=shutil.ignore_patterns("README.md"))
        done = subprocess.run(
            [sys.executable, *_FIX], cwd=folder, check=False, capture_output=True, text=True
        )
        if done.returncode != _FINDINGS_LEFT:
            sys.exit(f"fix exited with {done.returncode}: {done.stderr}")
        target.mkdir(exist_ok=True)
        for former in target.iterdir():
            if former.is_dir():
                shutil.rmtree(former)
            elif former.name != "README.md":
                former.unlink()
        shutil.copytree(shop, target, dirs_exist_ok=True)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES / "shop-fixed")
