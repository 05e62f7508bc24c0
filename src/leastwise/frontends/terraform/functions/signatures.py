"""What the built-in functions take, and the conversion of arguments to it.

Source: ``terraform metadata functions -json`` of Terraform 1.11, and the pages of
https://developer.hashicorp.com/terraform/language/functions.
"""

from leastwise.frontends.terraform.values.conversions import is_null
from leastwise.frontends.terraform.values.types import Collection, Refused, Type, convert
from leastwise.source.value import Value

_TYPES: dict[str, Type] = {
    "any": "any",
    "string": "string",
    "number": "number",
    "bool": "bool",
    "list": Collection("list", "any"),
    "strings": Collection("list", "string"),
    "bools": Collection("list", "bool"),
    "set": Collection("set", "any"),
    "lists": Collection("map", Collection("list", "string")),
}

SIGNATURES: dict[str, str] = {
    "abs": "number",
    "abspath": "string",
    "alltrue": "bools",
    "anytrue": "bools",
    "base64decode": "string",
    "base64encode": "string",
    "base64gzip": "string",
    "base64sha256": "string",
    "base64sha512": "string",
    "basename": "string",
    "bcrypt": "string number*",
    "ceil": "number",
    "chomp": "string",
    "chunklist": "list number",
    "cidrhost": "string number",
    "cidrnetmask": "string",
    "cidrsubnet": "string number number",
    "cidrsubnets": "string number*",
    "coalesce": "any?*",
    "coalescelist": "any?*",
    "compact": "strings",
    "concat": "any*",
    "contains": "any any",
    "csvdecode": "string",
    "dirname": "string",
    "distinct": "list",
    "element": "any number",
    "endswith": "string string",
    "ephemeralasnull": "any?",
    "file": "string",
    "filebase64": "string",
    "filebase64sha256": "string",
    "filebase64sha512": "string",
    "fileexists": "string",
    "filemd5": "string",
    "fileset": "string string",
    "filesha1": "string",
    "filesha256": "string",
    "filesha512": "string",
    "flatten": "any",
    "floor": "number",
    "format": "string any?*",
    "formatdate": "string string",
    "formatlist": "string any?*",
    "indent": "number string",
    "index": "any any",
    "issensitive": "any?",
    "join": "string strings*",
    "jsondecode": "string",
    "jsonencode": "any?",
    "keys": "any",
    "length": "any",
    "log": "number number",
    "lookup": "any string any?*",
    "lower": "string",
    "matchkeys": "list list list",
    "max": "number*",
    "md5": "string",
    "merge": "any?*",
    "min": "number*",
    "nonsensitive": "any?",
    "one": "any",
    "parseint": "any number",
    "pathexpand": "string",
    "plantimestamp": "",
    "pow": "number number",
    "range": "number*",
    "regex": "string string",
    "regexall": "string string",
    "replace": "string string string",
    "reverse": "any",
    "rsadecrypt": "string string",
    "sensitive": "any?",
    "setintersection": "set set*",
    "setproduct": "any*",
    "setsubtract": "set set",
    "setunion": "set set*",
    "sha1": "string",
    "sha256": "string",
    "sha512": "string",
    "signum": "number",
    "slice": "any number number",
    "sort": "strings",
    "split": "string string",
    "startswith": "string string",
    "strcontains": "string string",
    "strrev": "string",
    "substr": "string number number",
    "sum": "any",
    "templatefile": "string any",
    "templatestring": "string any",
    "textdecodebase64": "string string",
    "textencodebase64": "string string",
    "timeadd": "string string",
    "timecmp": "string string",
    "timestamp": "",
    "title": "string",
    "tobool": "any?",
    "tolist": "any?",
    "tomap": "any?",
    "tonumber": "any?",
    "toset": "any?",
    "tostring": "any?",
    "transpose": "lists",
    "trim": "string string",
    "trimprefix": "string string",
    "trimspace": "string",
    "trimsuffix": "string string",
    "upper": "string",
    "urlencode": "string",
    "uuid": "",
    "uuidv5": "string string",
    "values": "any",
    "yamldecode": "string",
    "yamlencode": "any?",
    "zipmap": "strings any",
    "provider::aws::arn_build": "string string string string string",
    "provider::aws::arn_parse": "string",
    "provider::aws::trim_iam_role_path": "string",
    "provider::terraform::decode_tfvars": "string",
    "provider::terraform::encode_expr": "any?",
    "provider::terraform::encode_tfvars": "any",
}
"""Parameters in order; ``?`` takes null, ``*`` is repeated, none or more times."""


def prepared(name: str, arguments: tuple[Value, ...]) -> tuple[Value, ...] | Refused:
    """Convert the arguments of a call to what its function takes."""
    words = SIGNATURES[name].split()
    repeated = words.pop() if words and words[-1].endswith("*") else None
    if len(arguments) < len(words) or (repeated is None and len(arguments) > len(words)):
        return Refused("the number of arguments is wrong")
    words += [repeated or ""] * (len(arguments) - len(words))
    made: list[Value] = []
    for word, value in zip(words, arguments, strict=True):
        plain = word.rstrip("*")
        if is_null(value) and not plain.endswith("?"):
            return Refused("an argument is null")
        found = convert(value, _TYPES[plain.rstrip("?")])
        if isinstance(found, Refused):
            return found
        made.append(found)
    return tuple(made)
