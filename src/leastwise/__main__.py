"""Run the command as ``python -m leastwise``."""

import sys

from leastwise.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
