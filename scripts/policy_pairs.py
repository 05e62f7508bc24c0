"""Make pairs of policies to compare: AWS managed policies against edited ones and each other.

The documents are those of the package's snapshot. ``pairs(seed)`` gives the same pairs for the
same seed and snapshot: for every edit in ``EDITS`` a few policies it applies to, some
policies after three edits, and pairs of managed policies that people weigh against each other.
``python scripts/policy_pairs.py`` prints their names.
"""

import argparse
import json
import random
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

import condition_edits
import policy_edits
from leastwise.iam.managed import SNAPSHOT
from leastwise.iam.policy import PolicyDocument
from policy_edits import Edit, Json

SEED = 20
EACH = 4
"""Policies per edit."""
_EDITED_OFTEN = 20
_LARGEST = 25_000
"""Characters of a document that is edited; larger ones are in the pairs of managed policies."""
CROSS = (
    ("ReadOnlyAccess", "SecurityAudit"),
    ("ReadOnlyAccess", "job-function/ViewOnlyAccess"),
    ("SecurityAudit", "job-function/ViewOnlyAccess"),
    ("PowerUserAccess", "AdministratorAccess"),
    ("PowerUserAccess", "ReadOnlyAccess"),
    ("PowerUserAccess", "IAMFullAccess"),
    ("AWSDenyAll", "AdministratorAccess"),
    ("job-function/SystemAdministrator", "job-function/NetworkAdministrator"),
    ("job-function/SystemAdministrator", "PowerUserAccess"),
    ("job-function/DatabaseAdministrator", "AmazonRDSFullAccess"),
    ("job-function/DataScientist", "AmazonSageMakerFullAccess"),
    ("job-function/SupportUser", "ReadOnlyAccess"),
    ("job-function/Billing", "AWSBillingReadOnlyAccess"),
    ("AdministratorAccess-Amplify", "AdministratorAccess"),
    ("AdministratorAccess-AWSElasticBeanstalk", "AdministratorAccess"),
    ("IAMFullAccess", "IAMReadOnlyAccess"),
    ("IAMUserChangePassword", "IAMFullAccess"),
    ("IAMSelfManageServiceSpecificCredentials", "IAMUserSSHKeys"),
    ("AWSCompromisedKeyQuarantineV2", "AWSCompromisedKeyQuarantineV3"),
    ("AmazonS3FullAccess", "AmazonS3ReadOnlyAccess"),
    ("AmazonEC2FullAccess", "AmazonEC2ReadOnlyAccess"),
    ("AmazonVPCFullAccess", "AmazonEC2FullAccess"),
    ("AWSLambda_FullAccess", "AWSLambda_ReadOnlyAccess"),
    ("AmazonDynamoDBFullAccess", "AmazonDynamoDBReadOnlyAccess"),
    ("AWSKeyManagementServicePowerUser", "PowerUserAccess"),
    ("AWSCertificateManagerPrivateCAUser", "AWSCertificateManagerPrivateCAPrivilegedUser"),
    ("AmazonSageMakerFullAccess", "AmazonSageMakerReadOnly"),
    ("AmazonElastiCacheFullAccess", "AmazonElastiCacheReadOnlyAccess"),
    ("AWSOrganizationsFullAccess", "AWSOrganizationsReadOnlyAccess"),
    ("AWSLakeFormationDataAdmin", "AWSLakeFormationCrossAccountManager"),
    ("AmazonConnect_FullAccess", "AmazonConnectReadOnlyAccess"),
    ("AmazonSSMManagedInstanceCore", "AmazonSSMManagedEC2InstanceDefaultPolicy"),
    ("service-role/AWSLambdaBasicExecutionRole", "CloudWatchLogsFullAccess"),
    ("service-role/AWSLambdaVPCAccessExecutionRole", "AmazonVPCFullAccess"),
    ("AmazonEKSClusterPolicy", "AmazonEKSServicePolicy"),
    ("service-role/AmazonEBSCSIDriverPolicy", "AmazonEC2FullAccess"),
    ("SageMakerStudioProjectUserRolePolicy", "SageMakerStudioProjectUserRolePermissionsBoundary"),
    ("service-role/AWS_ConfigRole", "ReadOnlyAccess"),
    ("AWSSupportAccess", "job-function/SupportUser"),
    ("AmazonBedrockFullAccess", "AmazonBedrockReadOnly"),
)

EQUAL: dict[str, Edit] = {
    "split-actions": policy_edits.split_actions,
    "split-resources": policy_edits.split_resources,
    "split-cases": condition_edits.split_cases,
    "split-resource-cases": policy_edits.split_resource_cases,
    "respell": policy_edits.respell,
    "reorder": policy_edits.reorder,
    "add-covered": condition_edits.add_covered,
    "deny-the-rest": policy_edits.deny_the_rest,
}
EDITS: dict[str, Edit] = {
    "drop-statement": policy_edits.drop_statement,
    "drop-action": policy_edits.drop_action,
    "add-action": policy_edits.add_action,
    "widen-action": policy_edits.widen_action,
    "narrow-action": policy_edits.narrow_action,
    "shorten-action": policy_edits.shorten_action,
    "narrow-resource": policy_edits.narrow_resource,
    "widen-resource": policy_edits.widen_resource,
    "lengthen-resource": policy_edits.lengthen_resource,
    "drop-resource": policy_edits.drop_resource,
    "remove-condition": condition_edits.remove_condition,
    "add-condition-value": condition_edits.add_condition_value,
    "drop-condition-value": condition_edits.drop_condition_value,
    "loosen-condition": condition_edits.loosen_condition,
    "negate-condition": condition_edits.negate_condition,
    "like-condition": condition_edits.like_condition,
    "negate-action": policy_edits.negate_action,
    "negate-resource": policy_edits.negate_resource,
    "add-deny": condition_edits.add_deny,
    **EQUAL,
    **{
        f"add-{name}": condition_edits.add_condition_of(name) for name in condition_edits.CONDITIONS
    },
}


class Pair(NamedTuple):
    """Hold two documents as plain JSON data; ``edit`` says what the right one is."""

    name: str
    edit: str
    left: Json
    right: Json

    @property
    def equal(self) -> bool:
        """Tell whether both allow the same by construction."""
        return self.edit in EQUAL


def parse(document: Json) -> PolicyDocument:
    """Return a document as the library reads it; one that it does not take is our mistake."""
    found = PolicyDocument.parse(json.dumps(document), "identity")
    if found.diagnostics:
        raise ValueError(found.diagnostics[0].message)
    return found


def managed_documents() -> dict[str, Json]:
    """Return the documents of the snapshot by path, in order."""
    with closing(sqlite3.connect(f"{SNAPSHOT.absolute().as_uri()}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT path, document FROM policies ORDER BY path").fetchall()
    return {path: json.loads(zlib.decompress(document)) for path, document in rows}


def pairs(seed: int = SEED, each: int = EACH) -> Iterator[Pair]:
    """Yield all pairs, edited ones first."""
    documents = managed_documents()
    small = {p: d for p, d in documents.items() if len(json.dumps(d)) <= _LARGEST}
    for edit in EDITS:
        chance = random.Random(f"{seed} {edit}")  # noqa: S311 - cases, not keys
        yield from _edited(edit, small, chance, each)
    chance = random.Random(f"{seed} often")  # noqa: S311 - cases, not keys
    for path in chance.sample(sorted(small), _EDITED_OFTEN):
        document = _copy(small[path])
        made = [e for e in chance.sample(sorted(EDITS), 3) if EDITS[e](document, chance)]
        yield Pair(f"{path}: {' + '.join(made)}", "several", small[path], document)
    for left, right in CROSS:
        yield Pair(f"{left} / {right}", "cross", documents[left], documents[right])


def _edited(
    edit: str, documents: dict[str, Json], chance: random.Random, each: int
) -> Iterator[Pair]:
    """Yield ``each`` pairs of one edit, of policies in random order that it applies to."""
    found = 0
    for path in chance.sample(sorted(documents), len(documents)):
        document = _copy(documents[path])
        if EDITS[edit](document, chance):
            yield Pair(f"{path}: {edit}", edit, documents[path], document)
            found += 1
        if found == each:
            return


def _copy(document: Json) -> Json:
    copy: Json = json.loads(json.dumps(document))
    return copy


def main() -> None:
    """Print the names of the pairs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=SEED)
    for pair in pairs(parser.parse_args().seed):
        print(pair.name)


if __name__ == "__main__":
    main()
