"""Every published path is found in what allows it, and nothing in what does not.

Each core path that is of an identity's own making stands in five accounts (see ``variants``):
found, found, found, silent, silent. Each account is judged as a dump, or as Terraform where
something has to run as a role; those on exact ARNs are judged as Terraform and as a template too.
"""

import pytest
from tests.graph.variant_text import dump, files_of
from tests.graph.variant_verdicts import LOUD, is_right, told
from tests.graph.variants import FOUND, VARIANTS, account_of, accounts

from leastwise.graph.catalogue import paths

_CODESTAR = (
    "AWS closed CodeStar projects on 31 July 2024: none can be made or joined any more, and the "
    "Service Authorization Reference has dropped the actions. It is a note."
)
EXCEPTIONS = {
    (path, variant): _CODESTAR
    for path in (
        "passrole/codestar-create-project",
        "existing/codestar-from-template",
        "existing/codestar-team-member",
    )
    for variant in FOUND
}
"""Paths that are told otherwise than a variant asks for, and why."""

WAYS = [
    (path.id, number)
    for path in paths()
    if path.tier == "core" and not path.told_by
    for number in range(len(path.ways))
]


def made(path_id, number, variant):
    path = next(p for p in paths() if p.id == path_id)
    return account_of(path, number, variant, paths())


def cases():
    for path_id, number in WAYS:
        for variant in VARIANTS:
            forms = {"terraform"}
            if dump(made(path_id, number, variant)) is not None:
                forms = {"dump", "template", "terraform"} if variant == "scoped" else {"dump"}
            for form in sorted(forms):
                name = f"{path_id} {number + 1} {variant} {form}"
                yield pytest.param(path_id, number, variant, form, id=name)


@pytest.mark.parametrize(("path_id", "number", "variant", "form"), list(cases()))
def test_a_path_is_told_where_it_is_open_and_only_there(path_id, number, variant, form):
    account = made(path_id, number, variant)
    heard = told(files_of(account, form))
    if (path_id, variant) in EXCEPTIONS:
        assert heard.level not in LOUD, "it is no exception any more"
        return
    assert is_right(account, heard), heard.messages


def test_there_are_five_variants_of_each_of_the_core_paths():
    assert len(list(accounts(paths()))) == 5 * 109
    assert {path for path, _ in EXCEPTIONS} <= {path for path, _ in WAYS}


def test_what_is_found_differs_from_what_is_blocked_in_the_caller_alone():
    for path_id, number in WAYS:
        scoped, *others = (made(path_id, number, v) for v in ("scoped", "no-op", "denied"))
        for other in others:
            assert other.others == scoped.others
            assert other.workload == scoped.workload
