"""Every Hugging Face pipeline task as a Discord command, on one machine of your own."""

__version__ = "0.1.0"
