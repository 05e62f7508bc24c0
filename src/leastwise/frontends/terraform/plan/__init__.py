"""Plans and states, as ``terraform show -json`` writes them."""

from leastwise.frontends.terraform.plan.project import load, resources
from leastwise.frontends.terraform.plan.recognise import roots

__all__ = ["load", "resources", "roots"]
