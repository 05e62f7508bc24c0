"""List mutants of the evaluator: what each breaks, told as the claim that it makes false.

``old`` stands exactly once in its module of ``leastwise.semantics``.
"""

from typing import NamedTuple


class Mutant(NamedTuple):
    """Hold one change of one module's text, and the claim that a test must defend."""

    claim: str
    module: str
    old: str
    new: str


MUTANTS = (
    # How layers combine
    Mutant(
        "an explicit Deny wins over an Allow",
        "decide",
        "        if verdict.denies:\n",
        "        if verdict.denies and not verdict.allows:\n",
    ),
    Mutant(
        "the boundary must allow",
        "evaluation",
        '_OWN: tuple[Layer, ...] = ("identity", "boundary", "session")',
        '_OWN: tuple[Layer, ...] = ("identity", "identity", "session")',
    ),
    Mutant(
        "a Deny of the boundary denies",
        "decide",
        '            yield _judge(asked, "boundary", access.boundary)\n',
        '            yield _judge(asked, "boundary", access.boundary)._replace(denies=())\n',
    ),
    Mutant(
        "the session policy must allow",
        "evaluation",
        "session=capping_session(caller.name, access.session) if",
        "session=None if",
    ),
    Mutant(
        "every level of SCPs must allow",
        "decide",
        "        for level in access.scps:\n",
        "        for level in access.scps[-1:]:\n",
    ),
    Mutant(
        "SCPs must allow whoever grants",
        "evaluation",
        'ALWAYS_REQUIRED: tuple[Layer, ...] = ("scp", "endpoint")',
        'ALWAYS_REQUIRED: tuple[Layer, ...] = ("endpoint",)',
    ),
    Mutant(
        "the endpoint's policy must allow whoever grants",
        "evaluation",
        'ALWAYS_REQUIRED: tuple[Layer, ...] = ("scp", "endpoint")',
        'ALWAYS_REQUIRED: tuple[Layer, ...] = ("scp",)',
    ),
    Mutant(
        "a Deny of an RCP denies",
        "decide",
        "        for level in access.rcps:\n",
        "        for level in ():\n",
    ),
    Mutant(
        "SCPs do not bind services",
        "evaluation",
        'bound_by_scps=standing != "none" and not',
        "bound_by_scps=not",
    ),
    Mutant(
        "a resource policy alone is enough within one account",
        "evaluation",
        '    if standing == "none" or (same_account and grant == "final"):\n',
        '    if standing == "none":\n',
    ),
    Mutant(
        "across accounts both sides must allow",
        "evaluation",
        '    if standing == "none" or (same_account and grant == "final"):\n',
        '    if standing == "none" or grant == "final":\n',
    ),
    Mutant(
        "across accounts the resource's side must allow",
        "evaluation",
        'return own if same_account and not itself and standing != "none" else None',
        'return own if not itself and standing != "none" else None',
    ),
    Mutant(
        "a role's trust policy, or a key's, must itself allow",
        "evaluation",
        'return own if same_account and not itself and standing != "none" else None',
        'return own if same_account and standing != "none" else None',
    ),
    Mutant(
        "the account as principal only delegates",
        "evaluation",
        '        return "delegates"\n',
        '        return "final"\n',
    ),
    Mutant(
        "a boundary limits what a policy grants to the role",
        "evaluation",
        '_part(row, "role/") is not None:\n        return "capped"\n',
        '_part(row, "role/") is not None:\n        return "final"\n',
    ),
    Mutant(
        "a boundary does not limit what a policy grants to the session",
        "evaluation",
        '    return "final" if row == caller or',
        '    return "capped" if row == caller or',
    ),
    # Elements of a statement
    Mutant(
        "NotAction and NotResource are complements",
        "decide",
        "    if patterns.negated:\n        return negate(verdict), None\n",
        "    if patterns.negated:\n        return verdict, None\n",
    ),
    Mutant(
        "a statement is for its resources only",
        "decide",
        "        truth = all_of((truth, fits))\n",
        "        truth = all_of((truth, True))\n",
    ),
    Mutant(
        "a statement is for its principals only",
        "decide",
        "        truth = all_of((truth, caller))\n",
        "        truth = all_of((truth, True))\n",
    ),
    Mutant(
        "NotPrincipal is everyone else",
        "principals",
        "    if not principals.negated:\n        return listed\n",
        "    if True:\n        return listed\n",
    ),
    Mutant(
        "a Deny with NotPrincipal spares no caller with a boundary",
        "principals",
        "    if bounded:\n",
        "    if bounded and not bounded:\n",
    ),
    Mutant(
        "the role as principal covers its sessions",
        "principals",
        "        return _role_of_session(row, caller)\n",
        "        return False\n",
    ),
    Mutant(
        "the account as principal covers its users and roles",
        "principals",
        "        return _same(account, account_of_arn(caller))\n",
        "        return False\n",
    ),
    Mutant(
        "conditions are ANDed",
        "decide",
        "    return all_of(verdicts), tuple(missing)\n",
        "    return any((v is True) for v in verdicts), tuple(missing)\n",
    ),
    # Patterns
    Mutant(
        "actions compare without case",
        "readings",
        "    name = action.lower()\n",
        "    name = action\n",
    ),
    Mutant(
        "the resource part has case",
        "pattern",
        'for t in (*row, ":")) + tuple(segments[5])\n',
        'for t in (*row, ":")) + tuple(t.lower() if isinstance(t, str) else t for t in segments[5])\n',
    ),
    Mutant(
        "the service of an ARN has no case",
        "pattern",
        "        elif index == 2 and isinstance(token, str):\n",
        "        elif index == 7 and isinstance(token, str):\n",
    ),
    Mutant(
        "a question mark is one character",
        "pattern",
        '_WILDCARDS = {"*": Wild.MANY, "?": Wild.ONE}',
        '_WILDCARDS = {"*": Wild.MANY}',
    ),
    Mutant(
        "a question mark is not empty",
        "pattern",
        '_WILDCARDS = {"*": Wild.MANY, "?": Wild.ONE}',
        '_WILDCARDS = {"*": Wild.MANY, "?": Wild.MANY}',
    ),
    Mutant(
        "a star within an earlier part stays in it",
        "pattern",
        "        if token is Wild.MANY and not (crossing and position == len(tokens) - 1):\n",
        "        if token is Wild.MANY and position == len(tokens):\n",
    ),
    Mutant(
        "a value's own star is a character",
        "pattern",
        "            tokens.extend((piece,) if isinstance(piece, Symbol) else piece)\n",
        "            tokens.extend(_characters(str(piece), plain=plain))\n",
    ),
    Mutant(
        "the escape of a star is a character",
        "pattern",
        'value: Pieces | None = (part.key,) if part.key in ("*", "?", "$") else lookup(part)\n',
        'value: Pieces | None = (part.key,) if part.key == "$" else lookup(part)\n',
    ),
    Mutant(
        "a variable without value matches nothing",
        "pattern",
        "        if value is None:\n            return False\n",
        "        if value is None:\n            value = ()\n",
    ),
    Mutant(
        "variables are live in version 2012-10-17 only",
        "decide",
        '    return document.version == "2012-10-17"\n',
        "    return True\n",
    ),
    Mutant(
        "a variable's default stands in for a missing key",
        "decide",
        "        return (variable.default,) if variable.default is not None and not values else None\n",
        "        return None\n",
    ),
    # Conditions
    Mutant(
        "IfExists holds where the key is missing",
        "conditions",
        '    if operator.if_exists or operator.quantifier == "ForAllValues":\n',
        '    if operator.quantifier == "ForAllValues":\n',
    ),
    Mutant(
        "ForAllValues holds where the key is missing",
        "conditions",
        '    if operator.if_exists or operator.quantifier == "ForAllValues":\n',
        "    if operator.if_exists:\n",
    ),
    Mutant(
        "ForAnyValue fails where the key is missing, negated too",
        "conditions",
        "    return negated and operator.quantifier is None\n",
        "    return negated\n",
    ),
    Mutant(
        "a negated operator holds where the key is missing",
        "conditions",
        "    return negated and operator.quantifier is None\n",
        "    return False\n",
    ),
    Mutant(
        "ForAllValues asks every value",
        "conditions",
        "if values == _EMPTY else all_of(verdicts)\n",
        "if values == _EMPTY else any_of(verdicts)\n",
    ),
    Mutant(
        "ForAnyValue asks for one value",
        "conditions",
        "        return any_of(verdicts)\n    return verdicts[0]",
        "        return all_of(verdicts)\n    return verdicts[0]",
    ),
    Mutant(
        "the values of a condition are alternatives, and a negated operator excludes all",
        "conditions",
        "    matched = any_of(verdicts)\n",
        "    matched = all_of(verdicts)\n",
    ),
    Mutant(
        "a negated operator is the opposite",
        "conditions",
        "    return matched if base == condition.operator.name else negate(matched)\n",
        "    return matched\n",
    ),
    Mutant(
        "Null tests that a key is absent",
        "conditions",
        '    wanted = "false" if present else "true"\n',
        '    wanted = "true" if present else "false"\n',
    ),
    Mutant(
        "condition keys have no case",
        "conditions",
        "    return None if text is None else text.lower()\n",
        "    return text\n",
    ),
    Mutant(
        "StringEquals takes no wildcards",
        "operators",
        '    "StringEquals": _string_equals,\n',
        '    "StringEquals": _string_like,\n',
    ),
    Mutant(
        "StringLike takes wildcards",
        "operators",
        '    "StringLike": _string_like,\n',
        '    "StringLike": _string_equals,\n',
    ),
    Mutant(
        "StringEqualsIgnoreCase has no case",
        "operators",
        '    "StringEqualsIgnoreCase": _string_equals_ignore_case,\n',
        '    "StringEqualsIgnoreCase": _string_equals,\n',
    ),
    Mutant(
        "ArnEquals takes wildcards, as ArnLike does",
        "operators",
        '    "ArnEquals": _arn_like,\n',
        '    "ArnEquals": _string_equals,\n',
    ),
    Mutant(
        "ArnLike compares part by part",
        "operators",
        '    "ArnLike": _arn_like,\n',
        '    "ArnLike": _string_like,\n',
    ),
    Mutant(
        "numbers compare as numbers",
        "operators",
        '    if operator.startswith("Numeric"):\n        return parse_number(text)\n',
        '    if operator.startswith("Numeric"):\n        return text\n',
    ),
    Mutant(
        "less than is not less than or equal",
        "operators",
        '        "LessThan": left < right,\n',
        '        "LessThan": left <= right,\n',
    ),
    Mutant(
        "greater than or equal includes equal",
        "operators",
        '        "GreaterThanEquals": left >= right,\n',
        '        "GreaterThanEquals": left > right,\n',
    ),
    Mutant(
        "dates know time zones",
        "operators",
        "        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)\n",
        "        moment = moment.replace(tzinfo=UTC)\n",
    ),
    Mutant(
        "digits are epoch seconds",
        "operators",
        "    if text.isdigit() and len(text) > 4:\n        return parse_number(text)\n",
        "    if text.isdigit() and len(text) > 4:\n        return None\n",
    ),
    Mutant(
        "IPv6 blocks hold IPv6 addresses",
        "operators",
        "    if isinstance(address, IPv6Network) and isinstance(block, IPv6Network):\n",
        "    if isinstance(address, IPv6Network) and not isinstance(block, IPv6Network):\n",
    ),
    Mutant(
        "an address lies in its block",
        "operators",
        '    if operator == "IpAddress":\n        return _inside(left, right)\n',
        "",
    ),
    Mutant(
        "BinaryEquals compares bytes",
        "operators",
        '        "BinaryEquals": _bytes,\n',
        '        "BinaryEquals": str,\n',
    ),
    Mutant(
        "Bool compares without case",
        "operators",
        '    return {"true": True, "false": False}.get(text.strip().lower())\n',
        '    return {"true": True, "false": False}.get(text)\n',
    ),
    # How a long list of actions is looked up
    Mutant(
        "strings of no certain service are for every service",
        "entries",
        "        for row in found.values() if service == ANY_SERVICE else (found[service],):\n",
        "        for row in (found[service],):\n",
    ),
    Mutant(
        "a service of a long list has no case",
        "entries",
        "    return service.lower() if certain else ANY_SERVICE\n",
        "    return service if certain else ANY_SERVICE\n",
    ),
    Mutant(
        "a service of a long list may be a glob",
        "entries",
        'certain = colon and "*" not in service',
        'certain = colon and "%" not in service',
    ),
)
