"""What changes a template before it is evaluated: includes, loops, SAM."""
