"""Who can become whom over any number of hops, by which chains, and what that is worth."""
