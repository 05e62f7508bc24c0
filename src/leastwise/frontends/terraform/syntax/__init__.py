"""HCL and JSON syntax: from bytes to a typed tree with a byte span for every node."""
