"""What the client asks of every cog beside its commands."""

from typing import TYPE_CHECKING

from discord.ext import commands

from bot.keeping import Held

if TYPE_CHECKING:
    from bot.client import PipelineBot


class Cog(commands.Cog):
    """A cog is a Keeper: it says what it holds of a member, and forgets members and servers."""

    def __init__(self, bot: "PipelineBot") -> None:
        self.bot = bot

    async def held_of(self, user: int) -> Held | None:
        raise NotImplementedError

    async def forget_member(self, user: int) -> None:
        raise NotImplementedError

    async def forget_server(self, server: int) -> None:
        raise NotImplementedError


class StatelessCog(Cog):
    """A cog that hands everything on at once and holds nothing of anybody."""

    async def held_of(self, _user: int) -> Held | None:
        return None

    async def forget_member(self, _user: int) -> None:
        pass

    async def forget_server(self, _server: int) -> None:
        pass
