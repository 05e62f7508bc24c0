"""Make calls of every function and operator of Terraform, the same ones in every run.

Each function has the kinds of its parameters; for each kind there is a pool of values with the
corners in it. A few values of the wrong kind are mixed in, because what Terraform refuses we may
not answer. What needs thought stands in ``tests/frontends/terraform/console/written.txt``.
"""

import itertools
import random
from pathlib import Path

CONSOLE = Path(__file__).parents[1] / "tests" / "frontends" / "terraform" / "console"

POOLS: dict[str, tuple[str, ...]] = {
    "string": (
        '""', '"a"', '"abc"', '"Hello World"', '"  pad \\n"', '"a,b,,c"', '"arn:aws:s3:::b/k"',
        '"h\\u00e9llo w\\u00f6rld"', '"e\\u0301a"', '"\\U0001F468\\u200D\\U0001F469x"', '"12"',
        '"true"', '"-0.50"', '"<a&b>"', '"tab\\tquote\\"back\\\\"', "12", "true", "1.5", "null", "[]",
        '"line1\\nline2\\r\\nline3\\n"', '"\\u4f60\\u597d"', '"aXbXc"', '"ab-cd_ef.gh"',
    ),
    "part": ('""', '"a"', '"X"', '","', '"lo"', '"abc"', '"abcd"', '" "', '"\\u00e9"', "1", "null"),
    "number": (
        "0", "1", "-1", "2", "3", "10", "1.5", "-1.5", "0.1", '"5"', '"x"', "1e3", "100000000000000000000",
        "null", "true", '"0x10"', '"1e2"', "2.5", "-7",
    ),
    "index": ("0", "1", "2", "3", "-1", "-2", "5", "1.5", '"1"', "null"),
    "bool": ("true", "false", '"true"', '"false"', '"yes"', "1", "null"),
    "strings": (
        "[]", '["a"]', '["b", "a", "c", "a"]', '["x", "", "y"]', '[1, 2, 3]', '["a", 1, true]',
        'toset(["c", "a", "b"])', 'tolist(["z", "y"])', '["a", null]', "null", '"abc"', "{}", '[["a"]]',
        'tolist([])', 'toset([])', '["\\u00e9", "z", "E", "e", "Z"]',
    ),
    "list": (
        "[]", "[1]", '["a", "b", "c"]', "[1, 2, 3, 4, 5]", '["a", 1, true]', "[null]", "[null, null]",
        'tolist(["a", "b", "a"])', 'toset(["b", "a"])', "toset([3, 1, 2, 10])", '[["a"], ["b", "c"]]',
        "[[], [1]]", "[{a = 1}, {a = 2}]", '[{a = 1}, {b = "x"}]', "tolist([])", "toset([])", "null",
        '"abc"', "{a = 1}", "true", '[1, "1", 1.0]', 'toset(["true", true, 1])', "[true, false, true]",
    ),
    "set": (
        "[]", '["a"]', '["a", "b"]', '["b", "c"]', "[1, 2]", '["1", 2]', "toset([])", 'toset(["b", "d"])',
        "toset([2, 3])", "null", '"a"', '[["a"], ["b"]]', '[{a = 1}, {a = 2}, {a = 1}]', "[true]", "[null]",
    ),
    "map": (
        "{}", "{a = 1}", '{b = "x", a = "y"}', "{a = 1, b = true}", "{a = null}", 'tomap({x = "1", y = "2"})',
        "tomap({})", "{a = [1, 2], b = [3]}", '{a = ["x"], b = "y"}', "{a = {b = {c = 1}}}", "null", "[]", '"a"',
        '{"key with space" = 1, "1" = 2}', "tomap({a = 1, b = 2})", '{"\\u00e9" = 1, z = 2, E = 3}',
    ),
    "key": ('"a"', '"b"', '"x"', '"zz"', "1", "null", '""'),
    "any": (
        '"a"', '""', "1", "1.50", "true", "null", "[]", "{}", '["a", 1]', '{a = 1, b = ["x"]}', 'toset(["b", "a"])',
        'tolist(["a"])', 'tomap({a = "b"})', '"12"', "toset([])", "[null]", "{a = null}", "1e30", "0.1", '"<&>\\u2028"',
        "-0.0", "100000000000000000000.5", '"\\u00e9\\U0001F600"', '[[1], {a = [true]}]', '"null"',
    ),
    "listmap": (
        "{}", '{a = ["1", "2"], b = ["2", "3"]}', "{a = [1]}", "{a = []}", '{a = ["x", "x"], b = ["x"]}', "null",
        '{a = "x"}', "[]", '{a = [null]}',
    ),
    "format": (
        '"%s"', '"%d"', '"%v"', '"%q"', '"%5s|"', '"%-5s|"', '"%05d"', '"%.2f"', '"%f"', '"%e"', '"%g"', '"%x"', '"%X"',
        '"%b"', '"%o"', '"%t"', '"%#v"', '"%%"', '"%+d"', '"% d"', '"%s-%s"', '"%[2]s %[1]s"', '"%[1]d"', '"none"', '"%"', '"%z"',
        '"%8.3f|"', '"%-8.3f|"', '"%.3s|"', '"%*d"', '"%10.2e|"', '"%G"', '"%E"', '"%c"', '"%U"', '"%#x"', '"%5q"', '"%6t|"', '"%.10g"',
        '"%v and %v"', '"%[3]s"', '"%5v|"', '"%-10v|"', '"%05s"', '"%+.1f"', '"% x"',
    ),
    "regex": (
        '"a"', '"[a-z]+"', '"^(.)(.*)$"', '"(?P<first>\\\\w+) (?P<rest>.*)"', '"\\\\d+"', '"x*"', '"(a)|(b)"', '"(?i)HELLO"', '"[[:alpha:]]+"',
        '"(?<n>[^:]+)$"', '"("', '"a{2}"', '"(?=a)"', '"\\\\1"', '""', '"."', '"\\\\s+"', '"(?s).+"', '"(?m)^l.*$"', '"\\\\bW"', '"l+?"',
        '"\\\\p{L}+"', '"[^,]*,"', '"(a(b)?)+"', '"\\\\Qa,b\\\\E"', '"(?U)a.*"', '"a|ab|abc"', '"\\\\pN"', '"[\\\\w-]+"', '"$"', '"\\\\z"', '"\\\\Z"',
    ),
    "path": ('"a/b/c.txt"', '"/a/b/"', '""', '"."', '".."', '"a"', '"/"', '"a//b"', '"../x"', '"a/./b/../c"', "1", "null"),
    "file": ('"files/plain.txt"', '"./files/plain.txt"', '"files/none.txt"', '"files"', '"files/unicode.txt"', "null", '"files/../files/plain.txt"', '""'),
    "glob": ('"*.txt"', '"**"', '"**/*.txt"', '"{plain,unicode}.txt"', '"*"', '"sub/*"', '"p?ain.txt"', '"[pu]*.txt"', '"none*"', '"["', '"**/deep/**"', '"*/**"'),
    "directory": ('"files"', '"."', '"files/sub"', '"none"', '"./files"', '"files/plain.txt"'),
    "time": (
        '"2020-02-29T23:59:59Z"', '"2021-12-31T01:02:03+02:00"', '"2022-01-01T00:00:00.5Z"', '"x"', '"2020-02-30T00:00:00Z"',
        '"1999-07-04T13:45:00-07:30"', '"2020-01-01"', '"2020-01-01T24:00:00Z"', '"2020-01-01t00:00:00z"', "null", '"0001-01-01T00:00:00Z"',
    ),
    "duration": ('"1h"', '"-1h30m"', '"10s"', '"1.5h"', '"1d"', '"300ms"', '"0"', '""', '"8760h"', '"-1us"', '"1h-1m"', '".5s"'),
    "dateformat": (
        '"YYYY-MM-DD"', '"DD MMM YYYY hh:mm ZZZ"', '"EEEE, DD-MMM-YY hh:mm:ss ZZZ"', '"HH:mm AA"', '"hh \'o\'\'clock\'"', '"ZZZZZ"', '"h:m:s aa"',
        '"M/D/YY"', '"MMMM D, YYYY"', '"EEE"', '"Q"', '"ZZZZ Z"', '"YYY"', '"\'open"', '"YYYY-MM-DD\'T\'hh:mm:ssZ"', '"H ss.s"',
    ),
    "cidr": (
        '"10.0.0.0/8"', '"192.168.1.7/24"', '"172.16.0.0/12"', '"fd00:fd12:3456:7890::/56"', '"0.0.0.0/0"', '"10.0.0.0/33"', '"x"', '"10.1.2.240/28"',
        '"010.0.0.0/8"', '"::/0"', '"1.2.3.4"', '"10.0.0.1/32"', '"2001:db8::/32"', "null",
    ),
    "bits": ("0", "1", "2", "4", "8", "16", "20", "-1", "33", "1.5", '"4"'),
    "host": ("0", "1", "2", "5", "255", "256", "-1", "-2", "65536", "1.5", "18446744073709551616", '"3"'),
    "base": ("2", "8", "10", "16", "36", "62", "1", "63", "0", "-1"),
    "digits": ('"0"', '"1"', '"ff"', '"FF"', '"100"', '"-11"', '"zz"', '"aA"', '"077"', '"0x1f"', '"12"', '""', "12", '"9999999999999999999999"', '"+5"', '"1_000"'),
    "encoding": ('"UTF-8"', '"UTF-16LE"', '"utf-16be"', '"ISO-8859-1"', '"windows-1252"', '"Shift_JIS"', '"US-ASCII"', '"UTF-16"', '"nope"', '"latin1"', '"GBK"', '"EUC-KR"'),
    "base64": ('"YWJj"', '"YQ=="', '"YQ"', '"w6k="', '"/w=="', '""', '"_-8="', '"YWJj\\nZGVm"', '"YWJjZA==="', '"yv4="', '"YQBiAA=="', '"a b="'),
    "json": (
        '"{\\"a\\": [1, 2.50, null, true]}"', '"[]"', '"\\"x\\\\u00e9\\\\n\\""', '"1e3"', '"nul"', '""', '"{}"', '"{\\"a\\":1,\\"a\\":2}"', '"[1,]"', '" 12 "',
        '"-0"', '"\\"\\\\ud83d\\\\ude00\\""', '"[[[]]]"', '"{\\"b\\":1,\\"a\\":\\"x\\"}"', '"1 2"', '"01"', '"123456789012345678901234567890"', '"0.1"', '"\\"\\\\ud83d\\""', '"true"', '"null"',
    ),
    "yaml": (
        '"a: 1\\nb: [x, y]\\n"', '"- 1\\n- two\\n- 3.5\\n- true\\n- null\\n- ~\\n"', '"x"', '""', '"{a: {b: c}}"', '"a: &x 1\\nb: *x\\n"', '"a: |\\n  l1\\n  l2\\n"', '"a: >\\n  l1\\n  l2\\n"',
        '"yes"', '"no: on"', '"0x1f"', '"0o17"', '"017"', '"1_000"', '"2020-01-01"', '"\'12\'"', '"a: 1\\na: 2"', '"---\\na: 1\\n...\\n"', '"a: 1\\n---\\nb: 2"', '"[a"', '"!!str 12"', '"!!binary YWJj"',
        '".inf"', '"1e3"', '"base: &b {x: 1}\\nc:\\n  <<: *b\\n  y: 2\\n"', '"? a\\n: b"', '"1: x"', '"true: x"', '"- - 1\\n  - 2\\n"', '"\\"q\\\\u00e9\\""', '"2012-10-17"', '"a: 2012-10-17"', '"!foo x"', '"True"', '"NULL"', '"-0"', '"+1"', '"1.0"', '"*x"', '"0b11"', '"a: b: c"', '"@x"', '"a: \'it\'\'s\'"',
    ),
    "csv": (
        '"a,b\\n1,2\\n3,4\\n"', '"a\\n"', '""', '"a,b\\n1\\n"', '"a,b\\n\\"x, y\\",\\"q\\"\\"q\\"\\n"', '"a,a\\n1,2\\n"', '"a, b\\n 1, 2\\n"', '"a,b\\r\\n1,2\\r\\n"', '"a\\n\\n1\\n"', '"a\\n\\"x\\ny\\"\\n"', '"a\\nx\\"y\\n"', '"\\u00e9,b\\n1,2"', '",b\\n1,2"', '"a\\n\\"x"', '"a\\n\\"x\\"y\\n"',
    ),
    "template": (
        '"files/plain.txt"', '"files/hello.tftpl"', '"files/loop.tftpl"', '"files/strip.tftpl"', '"files/missing.tftpl"', '"files/broken.tftpl"', '"files/recursive.tftpl"', '"files/only.tftpl"',
    ),
    "vars": ("{}", '{name = "x"}', '{name = "x", items = ["a", "b"]}', "{name = null}", '{items = {k = "v", a = 1}, name = 3}', "null", '{name = ["l"], items = []}', '{"bad name" = 1, name = "x"}', 'tomap({name = "m"})'),
    "uuidns": ('"dns"', '"url"', '"oid"', '"x500"', '"6ba7b810-9dad-11d1-80b4-00c04fd430c8"', '"x"'),
}

SIGNATURES: dict[str, tuple[str, ...]] = {
    "abs": ("number",), "alltrue": ("list",), "anytrue": ("list",), "base64decode": ("base64",), "base64encode": ("string",), "base64sha256": ("string",), "base64sha512": ("string",),
    "basename": ("path",), "ceil": ("number",), "chomp": ("string",), "chunklist": ("list", "index"), "cidrhost": ("cidr", "host"), "cidrnetmask": ("cidr",), "cidrsubnet": ("cidr", "bits", "host"),
    "cidrsubnets": ("cidr", "bits", "bits"), "coalesce": ("any", "any", "string"), "coalescelist": ("list", "list"), "compact": ("strings",), "concat": ("list", "list"), "contains": ("list", "any"),
    "csvdecode": ("csv",), "dirname": ("path",), "distinct": ("list",), "element": ("list", "index"), "endswith": ("string", "part"), "ephemeralasnull": ("any",), "file": ("file",), "filebase64": ("file",),
    "filebase64sha256": ("file",), "filebase64sha512": ("file",), "fileexists": ("file",), "filemd5": ("file",), "fileset": ("directory", "glob"), "filesha1": ("file",), "filesha256": ("file",), "filesha512": ("file",),
    "flatten": ("list",), "floor": ("number",), "format": ("format", "any", "any"), "formatdate": ("dateformat", "time"), "formatlist": ("format", "list"), "indent": ("index", "string"), "index": ("list", "any"),
    "issensitive": ("any",), "join": ("part", "strings"), "jsondecode": ("json",), "jsonencode": ("any",), "keys": ("map",), "length": ("any",), "log": ("number", "number"), "lookup": ("map", "key", "any"),
    "lower": ("string",), "matchkeys": ("list", "strings", "strings"), "max": ("number", "number"), "md5": ("string",), "merge": ("map", "map"), "min": ("number", "number"), "nonsensitive": ("any",), "one": ("list",),
    "parseint": ("digits", "base"), "pathexpand": ("path",), "pow": ("number", "number"), "range": ("number", "number"), "regex": ("regex", "string"), "regexall": ("regex", "string"), "replace": ("string", "part", "part"),
    "reverse": ("list",), "setintersection": ("set", "set"), "setproduct": ("set", "set"), "setsubtract": ("set", "set"), "setunion": ("set", "set"), "sha1": ("string",), "sha256": ("string",), "sha512": ("string",),
    "signum": ("number",), "slice": ("list", "index", "index"), "sort": ("strings",), "split": ("part", "string"), "startswith": ("string", "part"), "strcontains": ("string", "part"), "strrev": ("string",),
    "substr": ("string", "index", "index"), "sum": ("list",), "templatefile": ("template", "vars"), "textdecodebase64": ("base64", "encoding"), "textencodebase64": ("string", "encoding"), "timeadd": ("time", "duration"),
    "timecmp": ("time", "time"), "title": ("string",), "tobool": ("any",), "tolist": ("any",), "tomap": ("any",), "tonumber": ("any",), "toset": ("any",), "tostring": ("any",), "transpose": ("listmap",), "trim": ("string", "part"),
    "trimprefix": ("string", "part"), "trimspace": ("string",), "trimsuffix": ("string", "part"), "upper": ("string",), "urlencode": ("string",), "uuidv5": ("uuidns", "string"), "values": ("map",), "yamldecode": ("yaml",), "yamlencode": ("any",),
    "zipmap": ("strings", "list"),
}  # fmt: skip

BINARY = ("+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "&&", "||")
_OPERANDS = ("1", "0", "-2.5", '"3"', '"a"', "true", "false", '"true"', "null", "[]", "[1]", "{a = 1}", "0.1", "1e20", 'toset(["a"])', 'tolist(["a"])', '["a"]')
_MOST = 26
"""Calls of one function, at most."""


def calls() -> list[str]:
    """Return all expressions, made and written, without repetitions."""
    found = [*_of_functions(), *_of_operators(), *written()]
    return list(dict.fromkeys(found))


def written() -> list[str]:
    """Return the expressions that people wrote, one a line; ``#`` starts a comment line."""
    lines = (CONSOLE / "written.txt").read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _of_functions() -> list[str]:
    found: list[str] = []
    for name, kinds in SIGNATURES.items():
        rows = list(itertools.product(*(POOLS[kind] for kind in kinds)))
        most = max(_MOST, max(len(POOLS[kind]) for kind in kinds))
        chooser = random.Random(name)  # noqa: S311 - the same calls in every run
        chosen = rows if len(rows) <= most else chooser.sample(rows, most)
        found += [f"{name}({', '.join(row)})" for row in chosen]
        found += [f"{name}()", f"{name}({', '.join(['1'] * (len(kinds) + 2))})"]
    return found


def _of_operators() -> list[str]:
    found: list[str] = []
    for symbol in BINARY:
        rows = list(itertools.product(_OPERANDS, repeat=2))
        chooser = random.Random(symbol)  # noqa: S311
        found += [f"{a} {symbol} {b}" for a, b in chooser.sample(rows, 40)]
    found += [f"{symbol}{value}" for symbol in "!-" for value in _OPERANDS if value[0] not in "-" and value != "1e20"]
    rows = list(itertools.product(('"true"', "true", "false", "null", "1"), _OPERANDS, _OPERANDS))
    chosen = random.Random("?").sample(rows, 90)  # noqa: S311
    return found + [f"{test} ? {a} : {b}" for test, a, b in chosen]
