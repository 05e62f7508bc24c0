"""The rules of leastwise for cfn-lint: ``cfn-lint -a leastwise.cfn_lint_rules template.yaml``.

cfn-lint makes a rule of each class that it finds in this module. The classes follow from the
catalogue, so they are made here and not written out: one for each rule and level, because the
first letter of an id is all that tells cfn-lint a level. Nothing else of leastwise imports this
package, and it needs cfn-lint.
"""

from leastwise.cfn_lint_rules.classes import rule_classes

globals().update({made.__name__: made for made in rule_classes()})
