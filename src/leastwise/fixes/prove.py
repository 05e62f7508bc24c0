"""Prove a fix on the edited text: read it again, compare, and look for the finding.

Rules are evaluated for the principals and policies that read differently after the edit, before
and after it; what is found of the others stays as it is, or becomes less.

A fix that can't be proved is not offered as one that may be applied; what is known of it is
said instead. The proof never writes anything.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from leastwise.fixes.difference import Difference, difference
from leastwise.fixes.narrowing import widened_by
from leastwise.fixes.second_look import SecondReaders, doubt_on_terraform
from leastwise.iam.project import Project
from leastwise.rules.cases import Case
from leastwise.rules.fingerprints import unnumbered
from leastwise.rules.model import Finding
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.edit import Applicability, Fix
from leastwise.source.tree import OverlayTree, Tree, overlay


class Bench(NamedTuple):
    """Hold what proofs work with: the tree, what was read from it, and how to do that again.

    ``load`` reads a tree as the run did. ``find`` evaluates the selected rules on what differs
    in another project, ``found`` knows what they said of those cases of this one that a function
    accepts. ``readers`` give the second opinion.
    """

    tree: Tree
    project: Project
    load: Callable[[OverlayTree], Project]
    found: Callable[[Callable[[Case], bool]], tuple[Finding, ...]]
    find: Callable[[Project, Difference], tuple[Finding, ...]]
    readers: SecondReaders


class Claim(NamedTuple):
    """Claim that all ``fixes`` together narrow access and end the ``cured`` findings."""

    fixes: tuple[Fix, ...]
    cured: tuple[Finding, ...]


class Proof(NamedTuple):
    """Hold the outcome: ``refusal`` is empty when everything was shown."""

    refusal: str
    text: str = ""
    remaining: tuple[str, ...] = ()
    display_only: bool = False


def prove(bench: Bench, fixes: Iterable[Fix], cured: Iterable[Finding]) -> Proof:
    """Show that all ``fixes`` together narrow access and end the ``cured`` findings."""
    (proof,) = prove_each(bench, (Claim(tuple(fixes), tuple(cured)),))
    return proof


def prove_each(bench: Bench, claims: Iterable[Claim]) -> tuple[Proof, ...]:
    """Show each claim by itself; the second readers are asked about all of them at once."""
    claims = tuple(claims)
    trees = [overlay(bench.tree, [e for fix in c.fixes for e in fix.edits]) for c in claims]
    edited = [tree for tree in trees if isinstance(tree, OverlayTree)]
    bench.readers.expect(bench.tree, edited)
    try:
        first = [_own_proof(bench, c, t) for c, t in zip(claims, trees, strict=True)]
        return tuple(_seconded(bench, p, t) for p, t in zip(first, trees, strict=True))
    finally:
        bench.readers.forget()


def _own_proof(bench: Bench, claim: Claim, edited: OverlayTree | Diagnostic) -> Proof:
    """Show what needs no second reader of templates."""
    if isinstance(edited, Diagnostic):
        return Proof(edited.message)
    second = doubt_on_terraform(edited)
    if second is not None:
        return Proof(second.reason)
    after = bench.load(edited)
    refusal = _new_trouble(bench.project, after) or widened_by(bench.project, after)
    if refusal is not None:
        return Proof(refusal)
    changed = difference(bench.project, after)
    known = Counter(map(unnumbered, bench.found(changed.concerns)))
    findings = bench.find(after, changed)
    still = _still_found(known, findings, claim.cured)
    if still is not None:
        return Proof(f"{still.rule} would still be found at {still.subject.address}")
    remaining = tuple(f"{f.rule} at {f.subject.address}" for f in _new(known, findings))
    return Proof("", _words(after, remaining), remaining)


def _seconded(bench: Bench, proof: Proof, edited: OverlayTree | Diagnostic) -> Proof:
    """Add the second opinion on templates to a proof that holds."""
    if proof.refusal or isinstance(edited, Diagnostic):
        return proof
    second = bench.readers.doubt_on_templates(bench.tree, edited)
    if second is None:
        return proof
    if not second.display_only:
        return Proof(second.reason)
    return proof._replace(text=f"{proof.text}; {second.reason}", display_only=True)


def _still_found(
    known: Counter[str], findings: Iterable[Finding], cured: tuple[Finding, ...]
) -> Finding | None:
    """Return the first cured finding of whose fingerprint there are not that many fewer."""
    ended, now = Counter(map(unnumbered, cured)), Counter(map(unnumbered, findings))
    for finding in cured:
        name = unnumbered(finding)
        if now[name] > known[name] - ended[name]:
            return finding
    return None


def _new(known: Counter[str], findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings of whose fingerprint there were not as many before."""
    seen: Counter[str] = Counter()
    for finding in findings:
        name = unnumbered(finding)
        seen[name] += 1
        if seen[name] > known[name]:
            yield finding


def _words(after: Project, remaining: tuple[str, ...]) -> str:
    text = (
        "the edited files were read again: every principal holds what it held or less "
        f"({len(after.principals)} compared), nothing dangles, and this finding is gone"
    )
    return f"{text}; found only now: {', '.join(remaining)}" if remaining else text


def _new_trouble(before: Project, after: Project) -> str | None:
    """Return a problem of the edited text that the original did not have."""
    old = Counter((d.code, d.message) for d in before.diagnostics)
    new = Counter((d.code, d.message) for d in after.diagnostics)
    for _, message in new - old:
        return f"the edited text has a new problem: {message}"
    return None


def proved(
    bench: Bench, findings: Iterable[Finding], proposals: Iterable[Fix]
) -> tuple[Fix | None, ...]:
    """Return each finding's proposal with its proof, None where none was found for it.

    The proof shows that the fix narrows access and ends the finding.
    """
    pairs = tuple(zip(findings, proposals, strict=True))
    proofs = prove_each(bench, (Claim((fix,), (finding,)) for finding, fix in pairs))
    return tuple(_with(proof, fix) for proof, (_, fix) in zip(proofs, pairs, strict=True))


def _with(proof: Proof, proposal: Fix) -> Fix | None:
    if proof.refusal:
        return None
    level = Applicability.DISPLAY if proof.display_only else proposal.applicability
    return proposal._replace(proof=proof.text, applicability=level)
