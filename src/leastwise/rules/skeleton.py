"""The file that a new rule of a team starts from: it is valid, and its examples hold."""

_TEXT = """\
# yaml-language-server: $schema=https://raw.githubusercontent.com/leastwise/leastwise/main/rules/rule.schema.json
# Every word is explained in https://github.com/leastwise/leastwise/blob/main/docs/team-rules.md
id: {name}
title: Policy may delete objects of the archive
level: warning
subject: policy             # or principal, trust, resource_policy
points_at: action           # which string of the deciding statement the finding points at
rationale: >-
  Say what could go wrong, in a sentence or two.
remediation: Say what to write instead.
message: "{{subject}} {{may}} call {{action}} on {{resource}}"
match:
  allows: {{action: "s3:DeleteObject*", resource: "arn:aws:s3:::archive/*"}}
examples:
  - name: everything is allowed on every bucket
    expect: fail
    statements:
      - {{Effect: Allow, Action: "s3:*", Resource: "*"}}
  - name: another bucket
    expect: pass
    statements:
      - {{Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::scratch/*"}}
  - name: a Deny stops it
    expect: pass
    statements:
      - {{Effect: Allow, Action: "s3:*", Resource: "*"}}
      - {{Effect: Deny, Action: "s3:Delete*", Resource: "arn:aws:s3:::archive/*"}}
"""


def skeleton(name: str) -> str:
    """Return the text of a rule of that id."""
    return _TEXT.format(name=name)
