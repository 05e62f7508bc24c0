"""Answer questions about access: may this principal do it, who may, and why."""
