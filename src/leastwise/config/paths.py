"""Path globs of the configuration: ``exclude`` and ``per-path-ignores``."""

from fnmatch import fnmatchcase


def path_matches(path: str, glob: str) -> bool:
    """Say whether a POSIX path, or a folder it lies in, matches a glob.

    A glob without a slash matches any name on the way (``tests``, ``*.json``); one with a slash
    counts from the root of the tree. ``*`` and ``**`` both cross slashes; case matters.
    """
    pattern = glob.strip("/").removeprefix("./")
    parts = path.split("/")
    if "/" not in pattern:
        return any(fnmatchcase(part, pattern) for part in parts)
    ways = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
    return any(fnmatchcase(way, pattern) for way in ways)
