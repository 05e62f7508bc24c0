"""Tell friends from strangers: whom the configuration calls the team's own, and whom it trusts."""

from typing import NamedTuple

from leastwise.config.model import Config
from leastwise.semantics.globs import is_like


class Friends(NamedTuple):
    """Hold what the configuration says of accounts, organizations and principals.

    ``trusted`` are globs over account numbers and principals as written, ``account`` is the
    number of the account that is judged where the tree does not say it.
    """

    own_accounts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    account: str | None = None


def friends_of(config: Config) -> Friends:
    """Take from a configuration what tells friends from strangers."""
    return Friends(
        config.own_accounts,
        config.own_organizations,
        config.trusted_principals,
        config.account,
    )


def is_trusted(friends: Friends, account: str, principal: str) -> bool:
    """Say whether the configuration trusts a principal of others, or its account."""
    return any(is_like(text, glob) for glob in friends.trusted for text in (account, principal))
