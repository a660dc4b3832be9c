"""What becomes of what members write, and their say in it."""

from discord import Interaction, app_commands

from bot.client import PipelineBot
from bot.cog import StatelessCog
from bot.replies import privacy
from bot.replies.reply import InteractionReply


class Privacy(StatelessCog):
    async def cog_load(self) -> None:
        self.bot.add_dynamic_items(*privacy.BUTTONS)

    @app_commands.command(name="privacy", description="What becomes of what you write, and your say in it")
    async def show_privacy(self, interaction: Interaction[PipelineBot]) -> None:
        await InteractionReply(interaction).tell(privacy.privacy_card(self.bot, interaction.user.id))


async def setup(bot: PipelineBot) -> None:
    """Add /privacy."""
    await bot.add_cog(Privacy(bot))
