"""The can command on a file of cases: one decision for each line."""

from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Answer every case of the file, in its order; exit with 2 when one could not be read."""
    raise NotImplementedError(arguments.cases)
