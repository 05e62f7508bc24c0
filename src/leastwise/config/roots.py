"""Find what the configuration says of one root."""

from leastwise.config.model import Config, RootSettings


def settings_of(config: Config, path: str, environment: str) -> RootSettings | None:
    """Return the entry of a root in its environment, completed by what holds for all roots.

    ``path`` is as entries spell it. Where there is no entry of that environment, the one without
    an environment counts. None: the configuration says nothing of the root.
    """
    found = [entry for entry in config.roots if entry.path == path]
    named = (entry for entry in found if entry.environment == environment)
    entry = next(named, next((e for e in found if not e.environment), None))
    if entry is None:
        if config.account is None and not config.scps:
            return None
        entry = RootSettings(path)
    return entry._replace(account=entry.account or config.account, scps=entry.scps or config.scps)
