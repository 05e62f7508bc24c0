"""Sets of requests: decide one, search for one that is allowed, prove that there is none."""
