"""Commands for people who bring text."""

from discord import Interaction, app_commands
from discord.app_commands import Range
from discord.ext import commands

from bot import tasks
from bot.client import PipelineBot
from bot.replies.reply import InteractionReply

PromptText = Range[str, 1, 6000]
"""Discord's own bounds for what is typed into a command."""


class Text(commands.Cog):
    def __init__(self, bot: PipelineBot) -> None:
        self.bot = bot

    @app_commands.command(description=tasks.SENTIMENT.summary)
    @app_commands.describe(text="The text", model="Another model, by its name on the Hub", private="Only you see it")
    async def sentiment(
        self, interaction: Interaction[PipelineBot], text: PromptText, model: str | None = None, private: bool = False
    ) -> None:
        await self.bot.answer(InteractionReply(interaction, private=private), tasks.SENTIMENT, model=model, text=text)


async def setup(bot: PipelineBot) -> None:
    """Add the text commands."""
    await bot.add_cog(Text(bot))
