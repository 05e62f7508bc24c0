"""What one run of each command does, in which order; and the functions of the library."""
