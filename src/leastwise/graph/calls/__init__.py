"""Which calls are open to whom, on whom: the legs of paths, asked once for each class."""
