"""The settings of a server, for those who may manage it."""

from discord import Interaction, app_commands

from bot.client import PipelineBot
from bot.cog import StatelessCog
from bot.replies.panel import CONTROLS, open_panel


class Server(StatelessCog):
    async def cog_load(self) -> None:
        self.bot.add_dynamic_items(*CONTROLS)

    # Discord offers it to those who may manage the server, unless the server says otherwise; the panel asks again.
    @app_commands.command(description="What I may do on this server, where, for whom and how much")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def settings(self, interaction: Interaction[PipelineBot]) -> None:
        await open_panel(interaction)


async def setup(bot: PipelineBot) -> None:
    """Add the settings of a server."""
    await bot.add_cog(Server(bot))
