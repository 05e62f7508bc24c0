from_tfvars = "tfvars"
from_auto   = "tfvars"
not_nullable = null
