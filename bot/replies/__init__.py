"""Everything a member sees of a request."""
