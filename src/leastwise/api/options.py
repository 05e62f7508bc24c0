"""What the caller of a run decides, beyond the configuration file."""

from typing import NamedTuple

from leastwise.config.model import Config, FailOn
from leastwise.iam.policy import PolicyKind


class Options(NamedTuple):
    """Hold the choices of one run; what is None or empty leaves the configuration as it is.

    ``config_path`` and ``baseline`` are paths as typed, relative to the working directory.
    ``kind`` says what raw IAM JSON is. ``jobs`` is the number of processes that read roots; 1
    reads in this one, 0 decides by the number of roots. ``variables`` are ``--var``,
    ``--var-file``, ``--parameter`` and ``--parameter-file`` with what follows them, in order.
    ``environment`` leaves out the others.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: FailOn | None = None
    config_path: str | None = None
    baseline: str | None = None
    kind: PolicyKind | None = None
    strict: bool = False
    allow_incomplete: bool = False
    exit_zero: bool = False
    jobs: int = 0
    variables: tuple[tuple[str, str], ...] = ()
    environment: str | None = None
    preview: bool = False


def with_options(config: Config, options: Options) -> Config:
    """Return the configuration with what the command line says on top of it."""
    return config._replace(
        select=options.select or config.select,
        ignore=config.ignore + options.ignore,
        exclude=config.exclude + options.exclude,
        fail_on=options.fail_on or config.fail_on,
        preview=options.preview or config.preview,
    )
