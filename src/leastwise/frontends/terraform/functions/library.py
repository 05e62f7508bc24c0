"""Find a library function by name; the module that has it is imported on its first call.

Few of the functions are called in a run, and some rest on much: regular expressions, YAML.
"""

from collections.abc import Callable, Mapping
from functools import cache

from leastwise.frontends.terraform.functions.function_site import Function

Room = Mapping[str, Function]


def _strings() -> Room:
    from leastwise.frontends.terraform.functions.string_functions import STRINGS

    return STRINGS


def _collections() -> Room:
    from leastwise.frontends.terraform.functions.collection_functions import COLLECTIONS

    return COLLECTIONS


def _lists() -> Room:
    from leastwise.frontends.terraform.functions.list_functions import LISTS

    return LISTS


def _mappings() -> Room:
    from leastwise.frontends.terraform.functions.mapping_functions import MAPPINGS

    return MAPPINGS


def _sets() -> Room:
    from leastwise.frontends.terraform.functions.set_functions import SETS

    return SETS


def _encodings() -> Room:
    from leastwise.frontends.terraform.functions.encoding_functions import ENCODINGS

    return ENCODINGS


def _files() -> Room:
    from leastwise.frontends.terraform.functions.file_functions import FILES

    return FILES


def _numbers() -> Room:
    from leastwise.frontends.terraform.functions.number_functions import NUMBERS

    return NUMBERS


def _times() -> Room:
    from leastwise.frontends.terraform.functions.time_functions import TIMES

    return TIMES


def _addresses() -> Room:
    from leastwise.frontends.terraform.functions.address_functions import ADDRESSES

    return ADDRESSES


def _texts() -> Room:
    from leastwise.frontends.terraform.functions.text_encodings import TEXTS

    return TEXTS


def _yamls() -> Room:
    from leastwise.frontends.terraform.functions.yaml_functions import YAMLS

    return YAMLS


def _regexes() -> Room:
    from leastwise.frontends.terraform.functions.regex_functions import REGEXES

    return REGEXES


def _providers() -> Room:
    from leastwise.frontends.terraform.functions.provider_functions import PROVIDERS

    return PROVIDERS


_ROOMS: tuple[tuple[Callable[[], Room], str], ...] = (
    (
        _strings,
        (
            "join split replace format formatlist lower upper title chomp trimspace trim "
            "trimprefix trimsuffix startswith endswith strcontains substr strrev indent"
        ),
    ),
    (
        _collections,
        "length concat element index slice flatten compact distinct contains one reverse sort",
    ),
    (_lists, "coalesce coalescelist alltrue anytrue chunklist matchkeys sum"),
    (_mappings, "merge keys values lookup zipmap transpose"),
    (_sets, "setunion setintersection setsubtract setproduct"),
    (
        _encodings,
        (
            "jsonencode jsondecode base64encode base64decode urlencode md5 sha1 sha256 "
            "sha512 base64sha256 base64sha512 tostring tonumber tobool tolist toset tomap "
            "sensitive nonsensitive ephemeralasnull"
        ),
    ),
    (
        _files,
        (
            "file fileexists fileset filebase64 filemd5 filesha1 filesha256 filesha512 "
            "filebase64sha256 filebase64sha512 pathexpand templatefile templatestring "
            "dirname basename"
        ),
    ),
    (_numbers, "range min max abs ceil floor signum log pow parseint"),
    (_times, "formatdate timeadd timecmp"),
    (_addresses, "cidrhost cidrnetmask cidrsubnet cidrsubnets"),
    (_texts, "textencodebase64 textdecodebase64 uuidv5 csvdecode"),
    (_yamls, "yamldecode yamlencode"),
    (_regexes, "regex regexall"),
    (
        _providers,
        (
            "provider::aws::arn_build provider::aws::arn_parse "
            "provider::aws::trim_iam_role_path provider::terraform::decode_tfvars "
            "provider::terraform::encode_expr provider::terraform::encode_tfvars"
        ),
    ),
)
"""Which functions are where: a test compares it with the modules."""

_ROOM_OF = {name: room for room, names in _ROOMS for name in names.split()}

NAMES = frozenset(_ROOM_OF)
"""The names of all functions that are worked out."""


@cache
def library_function(name: str) -> Function | None:
    """Return the function of a name, or None when there is none."""
    room = _ROOM_OF.get(name)
    return None if room is None else room()[name]
