"""The slash commands: signatures, and one call each."""
