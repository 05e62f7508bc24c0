"""Cut a resource policy down to those it lets in from outside of the tree.

The principals of the tree are judged by themselves, with all their policies: an entry for one
of them, or for the account they are in, says nothing about others.
"""

from collections.abc import Sequence
from dataclasses import replace

from leastwise.api.carriers import Carrier
from leastwise.api.naming import spells
from leastwise.iam.policy import PolicyDocument, PrincipalEntry, Statement
from leastwise.iam.project import Project
from leastwise.rules.arns import Pieces, segments, spelled


def without(
    document: PolicyDocument, names: Sequence[str], project: Project, carrier: Carrier
) -> PolicyDocument:
    """Return a document whose Allow statements name outsiders only, but for those of ``names``.

    A statement without any outsider grants nothing; the numbers of statements stay.
    """
    accounts = _own_accounts(project, carrier)

    def kept(entry: PrincipalEntry) -> bool:
        written = str(entry.pattern)
        parts = segments(entry.pattern)
        account = parts[4] if len(parts) == 6 else entry.pattern.pieces
        if written in names or spelled(account) in names:
            return False
        root = len(parts) != 6 or spelled(parts[5]) == "root"
        if entry.type == "AWS" and root and account in accounts:
            return False
        return not any(spells(p.arn, written) or p.arn == entry.pattern for p in project.principals)

    def cut(statement: Statement) -> Statement:
        principals = statement.principals
        if statement.effect == "Deny" or principals is None or principals.negated:
            return statement
        entries = tuple(filter(kept, principals.entries))
        return replace(statement, principals=replace(principals, entries=entries))

    return replace(document, statements=tuple(map(cut, document.statements)))


def _own_accounts(project: Project, carrier: Carrier) -> set[Pieces]:
    """Return the accounts of the tree's principals and of the resource, as pieces."""
    arns = [p.arn for p in project.principals]
    if carrier.arn is not None:
        arns.append(carrier.arn)
    found = {parts[4] for arn in arns if len(parts := segments(arn)) == 6}
    found |= {(p.id.account.number,) for p in project.principals if p.id.account.number}
    return {account for account in found if account}
