"""What is run by hand, or by make: nothing that the bot needs while it runs."""
