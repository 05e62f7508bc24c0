"""Spell module sources in one way, so that two spellings of one place compare equal.

``terraform init`` writes them longer than people do: ``hashicorp/consul/aws`` becomes
``registry.terraform.io/hashicorp/consul/aws``, ``github.com/x/y`` becomes
``git::https://github.com/x/y.git``.

Source: https://developer.hashicorp.com/terraform/language/modules/sources
"""

_REGISTRIES = ("registry.terraform.io/", "registry.opentofu.org/")
_SCHEMES = ("https://", "http://", "ssh://", "git://")
_GITHUB = "github.com/"
_REPOSITORY = "terraform-"


def is_local(source: str) -> bool:
    """Say whether a source is a directory beside the calling module."""
    return source.startswith(("./", "../"))


def canonical(source: str) -> str:
    """Return a source without what its spellings differ in; the query (``?ref=``) stays."""
    text = source.strip().removeprefix("git::")
    for prefix in (*_REGISTRIES, *_SCHEMES):
        text = text.removeprefix(prefix)
    head, at, rest = text.partition("@")
    if at and "/" not in head:
        # git@github.com:owner/name, as scp spells it, or git@github.com/owner/name
        text = rest.replace(":", "/", 1)
    address, mark, query = text.partition("?")
    repository, slashes, folder = address.partition("//")
    return repository.removesuffix(".git") + slashes + folder + mark + query


def public_name(source: str) -> str:
    """Return ``owner/name/provider//folder`` of a module of the registry, wherever it comes from.

    The repository ``github.com/owner/terraform-provider-name`` is the registry's
    ``owner/name/provider``: the registry takes modules from repositories of that name only.
    """
    address = canonical(source).partition("?")[0]
    repository, slashes, folder = address.partition("//")
    parts = repository.removeprefix(_GITHUB).split("/")
    if repository.startswith(_GITHUB) and len(parts) == 2 and parts[1].startswith(_REPOSITORY):
        provider, _, name = parts[1].removeprefix(_REPOSITORY).partition("-")
        repository = f"{parts[0]}/{name}/{provider}"
    return f"{repository}{slashes}{folder}"
