"""Read what makes a long-lived credential, and the outputs of the root that show one.

With ``pgp_key`` the provider keeps the secret encrypted only, and its plain attribute is null.
"""

from leastwise.frontends.terraform.attributes.attribute import given, is_nothing
from leastwise.frontends.terraform.attributes.secrets import SECRETS
from leastwise.frontends.terraform.model import Instance
from leastwise.frontends.terraform.reading.reading import (
    Reading,
    computed_pattern,
    pattern_at,
    site,
)
from leastwise.iam.project import Credential, CredentialKind
from leastwise.iam.shown import symbol_ids
from leastwise.source.value import Symbol

_KINDS: dict[str, CredentialKind] = {
    "aws_iam_access_key": "access-key",
    "aws_iam_user_login_profile": "password",
    "aws_iam_service_specific_credential": "service-credential",
}
_USER = {"aws_iam_service_specific_credential": "user_name"}


def read_credential(reading: Reading, instance: Instance) -> None:
    """Read a resource that makes a credential for a user."""
    attributes = SECRETS[instance.type]
    at = site(instance, _USER.get(instance.type, "user"))
    key = given(instance.body, "pgp_key")
    guarded = key is not None and not is_nothing(key)
    user = pattern_at(at)
    reading.credentials.append(
        Credential(
            kind=_KINDS[instance.type],
            address=instance.address,
            span=reading.sources.place(at.body, at.name, at.value),
            user=user,
            shown_as=attributes[0],
            guarded=guarded,
            occurrence=instance.occurrence,
            rests_on=at.rests_on,
        )
    )
    if guarded:
        return
    for name in attributes:
        for piece in computed_pattern(reading, instance, name).pieces:
            if isinstance(piece, Symbol):
                reading.secrets[piece.id] = (f"{instance.address}.{name}", user)


def read_output(reading: Reading, instance: Instance) -> None:
    """Read an output of the root module; one that shows no secret is nothing."""
    at = site(instance, "value")
    value = given(instance.body, "value")
    shown = () if value is None else sorted(symbol_ids(value) & reading.secrets.keys())
    if value is None or not shown:
        return
    secret, user = reading.secrets[shown[0]]
    reading.credentials.append(
        Credential(
            kind="output",
            address=instance.address,
            span=reading.sources.place(at.body, at.name, value),
            user=user,
            shown_as=secret,
            occurrence=instance.occurrence,
            rests_on=at.rests_on,
        )
    )
