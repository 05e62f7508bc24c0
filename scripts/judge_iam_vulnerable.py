"""Judge leastwise on resources of iam-vulnerable whose right level somebody has labelled.

    python scripts/judge_iam_vulnerable.py LABELS TREE [--plan FILE] [--dump FILE] [--all]

LABELS is a table (``tests/data/iam_vulnerable_labels.csv``) with the columns address, kind, file,
instantiated, paths and expected_level (error, warn, note, none), TREE a clone of
https://github.com/BishopFox/iam-vulnerable (commit 0f298666f9b7cfa01488b86912afdb211773188a).
The tree is judged as HCL; ``--plan`` and ``--dump`` name the same account as ``terraform show
-json`` and ``aws iam get-account-authorization-details`` print it (``dump_of_state.py``).

A labelled principal is found at the level of the most serious finding that names it: as its
subject, or as one of those for whom the same holds; an administrator is named through the policy
that makes it one, where that is attached. A labelled policy is right when a finding of its level
decides on a statement of it: two who hold it may be told of at two levels. ``none`` may be told as
a note. A file of the repository is one path, right when all of its labels are. The table of the
tests holds the labels of others and, marked ``ours``, those that we gave by analogy.
"""

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from leastwise.api.load import load_workspace
from leastwise.api.options import Options
from leastwise.api.workspace import WrongUse, open_workspace
from leastwise.config.model import Config
from leastwise.iam.project import Project
from leastwise.rules.catalogue import catalogue
from leastwise.rules.choice import chosen
from leastwise.rules.engine import evaluate
from leastwise.rules.model import LEVELS, Finding

PRINCIPALS = ("aws_iam_role", "aws_iam_user", "aws_iam_group")
ADMIN = "wildcard/admin"
WAYS = "privesc-paths"


class Label(NamedTuple):
    """Hold what a reviewer says of one resource; ``level`` is empty where nothing is to be told."""

    address: str
    kind: str
    file: str
    paths: frozenset[str]
    level: str
    instantiated: bool


class Heard(NamedTuple):
    """Hold what was told of one resource: at which levels, with which paths, by which rules."""

    levels: frozenset[str]
    paths: frozenset[str]
    rules: tuple[str, ...]

    @property
    def level(self) -> str:
        """Return the most serious level, empty where nothing was told."""
        return max(self.levels, key=LEVELS.index, default="")


NOTHING = Heard(frozenset(), frozenset(), ())


def labels_of(table: Path) -> list[Label]:
    """Read the table."""
    with table.open(encoding="utf-8", newline="") as file:
        return [
            Label(
                row["address"],
                row["kind"],
                row["file"],
                frozenset(p for p in row["paths"].split(";") if p),
                {"none": "", "warn": "warning"}.get(row["expected_level"], row["expected_level"]),
                row["instantiated"].startswith("yes"),
            )
            for row in csv.DictReader(file)
        ]


def judged(place: Path) -> tuple[Project, tuple[Finding, ...]]:
    """Load what lies at a place and judge it with the rules that run by default."""
    config, options = Config(), Options(jobs=1)
    workspace = open_workspace((str(place),), place if place.is_dir() else place.parent)
    if isinstance(workspace, WrongUse):
        sys.exit(workspace.message)
    project = load_workspace(workspace, config, options).project
    for broken in (d for d in project.diagnostics if d.severity == "error"):
        print(f"{broken.span.path}: {broken.message}", file=sys.stderr)
    return project, evaluate(project, config, chosen(catalogue(), config)).findings


def names_of(finding: Finding, project: Project, files: dict[str, bytes]) -> Iterator[str]:
    """Yield the labels' names of all that a finding is about."""
    kind, address = finding.subject
    yield f"{_kind(kind)}/{_last(address)}"
    _, several, others = finding.message.rpartition("; the same holds for ")
    attachments = finding.attachments if finding.rule == ADMIN else ()
    held, groups = {id(a) for a in attachments}, {a.via for a in attachments}
    for principal in project.principals:
        alike = several and _is_among(principal.address, others)
        holds = any(id(a) in held for a in principal.attachments) or principal.address in groups
        if alike or holds:
            yield f"aws_iam_{principal.kind}/{_last(principal.address)}"
    for answer in finding.answers:
        for deciding in answer.deciding:
            if deciding.policy.kind == "identity":
                yield f"aws_iam_policy/{_last(deciding.policy.address)}"
    if finding.policy is not None:
        yield f"aws_iam_policy/{_last(finding.policy.address)}"
    for span in finding.statements:
        text = files.get(span.path, b"")[: span.start].decode(errors="replace")
        blocks = [line for line in text.splitlines() if line.startswith("data ")]
        if blocks and not text.rpartition(blocks[-1])[2].count("\n}"):
            name = blocks[-1].split('"')[3]
            yield f"aws_iam_policy_document/{_last(name)}"


def _is_among(address: str, others: str) -> bool:
    """Say whether a list names an address; it names three, and says how many more there are."""
    names = others.partition("(")[2].rstrip(")").split(", ")
    return address in names


def _kind(kind: str) -> str:
    return f"aws_iam_{kind}" if kind in ("role", "user", "group", "policy") else kind


def _last(address: str) -> str:
    return address.replace("/", ".").rpartition(".")[2].lower()


def heard_of(project: Project, findings: Iterable[Finding], place: Path) -> dict[str, Heard]:
    """Return what was told, by the kind and name of the resource."""
    paths = {span.path for finding in findings for span in finding.statements}
    files = {path: (place / path).read_bytes() for path in paths if path.endswith(".tf")}
    heard: dict[str, Heard] = {}
    for finding in findings:
        ids = {finding.path_id, *(also.path_id for also in finding.also)}
        for name in dict.fromkeys(names_of(finding, project, files)):
            before = heard.get(name, NOTHING)
            heard[name] = Heard(
                before.levels | {finding.level},
                before.paths | {i for i in ids if i is not None},
                (*before.rules, f"{finding.level}[{finding.path_id or finding.rule}]"),
            )
    return heard


def is_right(label: Label, heard: Heard) -> bool:
    """Say whether a resource is told of as its label says; a note is no more than silence."""
    loud = ("error", "warning")
    if label.level not in loud:
        return heard.level not in loud
    return label.level in heard.levels if "policy" in label.kind else heard.level == label.level


def told_of(label: Label, heard: dict[str, Heard]) -> Heard:
    """Return what was told of a labelled resource."""
    return heard.get(f"{label.kind}/{_last(label.address)}", NOTHING)


def print_form(form: str, labels: list[Label], heard: dict[str, Heard], *, every: bool) -> bool:
    """Print the labels that are not met, or all, and the counts; say whether all are met."""
    right: Counter[bool] = Counter()
    files: dict[str, list[bool]] = defaultdict(list)
    named: Counter[bool] = Counter()
    for label in labels:
        told = told_of(label, heard)
        fine = is_right(label, told)
        right[fine] += 1
        files[label.file].append(fine)
        concrete = {p for p in label.paths if not p.endswith("*")}
        if concrete and label.kind in PRINCIPALS:
            named[bool(concrete & told.paths) or "iam/*" in label.paths] += 1
        if every or not fine:
            rules = ", ".join(sorted(set(told.rules))) or "nothing"
            print(
                f"{'ok  ' if fine else 'MISS'} {form} {label.address}: "
                f"expected {label.level or 'none'}, found {told.level or 'none'}: {rules}"
            )
    traps = {f for f in files if Path(f).name.startswith("fp")}
    overlooked = {f for f in files if Path(f).name.startswith("fn")}
    ways = {one.file for one in labels if one.paths and Path(one.file).parent.name == WAYS}
    counts = ", ".join(
        f"{sum(all(files[f]) for f in some)} of {len(some)} {what}"
        for what, some in (("paths", ways), ("overlooked", overlooked), ("traps", traps))
    )
    print(
        f"{form}: {right[True]} of {len(labels)} labels; files all right: {counts}; "
        f"principals told with a labelled path: {named[True]} of {named.total()}"
    )
    return not right[False]


def main() -> None:
    """Print what each form tells; exit with 1 if a label is not met."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--plan", type=Path)
    parser.add_argument("--dump", type=Path)
    parser.add_argument("--all", action="store_true", help="print the labels that are met too")
    options = parser.parse_args()
    labels = labels_of(options.labels)
    forms = {"hcl": options.tree, "plan": options.plan, "dump": options.dump}
    fine = True
    for form, place in forms.items():
        if place is None:
            continue
        wanted = [one for one in labels if form == "hcl" or one.instantiated]
        if form != "hcl":  # a document apart from its policy is a thing of the source
            wanted = [one for one in wanted if "document" not in one.kind]
        fine &= print_form(
            form, wanted, heard_of(*judged(place.resolve()), place), every=options.all
        )
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
