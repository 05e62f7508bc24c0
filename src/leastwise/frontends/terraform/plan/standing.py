"""Say which resource instances are there once the plan is carried out.

What is deleted is gone, what is replaced stays, and what Terraform only forgets stays in the
account as it is now. A state is all there.
"""

from leastwise.frontends.terraform.plan.model import Change, Document, Entry
from leastwise.source.span import Span


def standing(document: Document) -> dict[str, Entry]:
    """Return the instances that stay, by address, with what is unknown and sensitive of them."""
    changes = {c.entry.address: c for c in document.changes if not c.deposed}
    found: dict[str, Entry] = {}
    for address, entry in document.planned.items():
        change = changes.get(address)
        found[address] = entry if change is None else _marked(entry, change)
    for change in document.changes:
        if change.after is not None and not change.deposed:
            found.setdefault(change.entry.address, change.entry)
        if "forget" in change.actions and change.before is not None:
            _forget(document, change, found)
    for change in document.deferred:
        if change.after is not None:
            found.setdefault(change.entry.address, change.entry._replace(maybe=True))
    _report(document)
    return found


def _marked(entry: Entry, change: Change) -> Entry:
    return entry._replace(unknown=change.entry.unknown, sensitive=change.entry.sensitive)


def _forget(document: Document, change: Change, found: dict[str, Entry]) -> None:
    if change.before is None:
        return
    address = change.entry.address
    old = change.entry._replace(
        values=change.before, unknown=None, sensitive=change.before_sensitive
    )
    name = f"{address} (forgotten)" if address in found else address
    found[name] = old._replace(address=name)
    document.report(
        "note",
        "forgotten",
        Span(document.path, change.before.start, change.before.start),
        f"Terraform lets go of {address}, which stays in the account: it is judged as it is now",
        "delete it if nobody needs it",
    )


def _report(document: Document) -> None:
    """Say what the plan itself says it leaves out."""
    whole = Span(document.path, 0, 0)
    if document.flags.get("errored") is True:
        document.report(
            "error",
            "plan-errored",
            whole,
            "the plan ended with an error: what it lacks is not judged",
            "correct the error that terraform plan reports, and plan again",
        )
    if document.deferred:
        document.report(
            "warning",
            "plan-deferred",
            whole,
            f"the plan puts off {len(document.deferred)} changes: they are judged as far as they"
            " are known",
            "plan again when they are no longer put off",
        )
    elif document.flags.get("complete") is False and document.flags.get("errored") is not True:
        document.report(
            "warning",
            "plan-incomplete",
            whole,
            "the plan is not complete: what -target or the like leaves out is not judged",
            "plan without -target",
        )
