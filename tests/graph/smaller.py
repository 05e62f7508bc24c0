"""Make an account as small as it can be while something stays true of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.graph.accounts import Account, Document, Someone


def smallest(account: Account, same: Callable[[Account], bool]) -> Account:
    """Return an account from which nothing more can be taken."""
    while True:
        kept = next((one for one in smaller(account) if same(one)), None)
        if kept is None:
            return account
        account = kept


def smaller(account: Account) -> Iterator[Account]:
    """Yield copies of an account from which one part is gone, large parts first."""
    for gone in account.people:
        yield _without(account, gone)
    for gone in account.workloads:
        yield replace(account, workloads=tuple(w for w in account.workloads if w != gone))
    if account.scp:
        yield replace(account, scp=())
    for name in account.policies:
        if not any(name in one.managed or name == one.boundary for one in account.people):
            policies = {n: d for n, d in account.policies.items() if n != name}
            yield replace(account, policies=policies)
    for number, one in enumerate(account.people):
        for fewer in _fewer(one):
            people = (*account.people[:number], fewer, *account.people[number + 1 :])
            yield replace(account, people=people)
    for name, document in account.policies.items():
        for less in _less(document):
            yield replace(account, policies=account.policies | {name: less})


def _without(account: Account, gone: Someone) -> Account:
    """Leave out somebody and what names it; trust policies may still do so."""
    groups = [
        replace(one, groups=tuple(g for g in one.groups if g != gone.name))
        for one in account.people
        if one != gone
    ]
    workloads = tuple(w for w in account.workloads if w.role != gone.name)
    return replace(account, people=tuple(groups), workloads=workloads)


def _fewer(one: Someone) -> Iterator[Someone]:
    if one.boundary is not None:
        yield replace(one, boundary=None)
    for name in one.managed:
        yield replace(one, managed=tuple(n for n in one.managed if n != name))
    for name in one.groups:
        yield replace(one, groups=tuple(n for n in one.groups if n != name))
    for number, document in enumerate(one.inline):
        rest = (*one.inline[:number], *one.inline[number + 1 :])
        yield replace(one, inline=rest)
        for less in _less(document):
            yield replace(one, inline=(*one.inline[:number], less, *one.inline[number + 1 :]))
    if len(one.trust) > 1:
        for number in range(len(one.trust)):
            yield replace(one, trust=(*one.trust[:number], *one.trust[number + 1 :]))
    for number, statement in enumerate(one.trust):
        if "Condition" in statement:
            plain = {k: v for k, v in statement.items() if k != "Condition"}
            trust = (*one.trust[:number], plain, *one.trust[number + 1 :])
            yield replace(one, trust=trust)


def _less(document: Document) -> Iterator[Document]:
    """Yield documents with a statement less, one condition less, or a plain ``*``."""
    for number, statement in enumerate(document):
        before, after = document[:number], document[number + 1 :]
        if len(document) > 1:
            yield (*before, *after)
        if "Condition" in statement:
            yield (*before, {k: v for k, v in statement.items() if k != "Condition"}, *after)
        if statement.get("Resource", "*") != "*":
            yield (*before, statement | {"Resource": "*"}, *after)
