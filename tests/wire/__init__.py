"""A small Discord on 127.0.0.1, for what only real sockets show: starting, failing, reconnecting, stopping."""

from .discord import LoopbackDiscord, nowhere
from .interaction import Interaction
from .world import ApiCall

__all__ = ["ApiCall", "Interaction", "LoopbackDiscord", "nowhere"]
