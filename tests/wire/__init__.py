"""A small Discord on 127.0.0.1, for what only real sockets show: starting, failing, reconnecting, stopping."""

from .discord import ApiCall, LoopbackDiscord, nowhere
from .interaction import Interaction

__all__ = ["ApiCall", "Interaction", "LoopbackDiscord", "nowhere"]
