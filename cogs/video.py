"""Commands for people who bring videos."""

from discord import Attachment, Interaction, app_commands

from bot import tasks
from bot.client import PipelineBot
from bot.cog import StatelessCog
from bot.replies.reply import InteractionReply
from cogs.parameters import COMMON, ModelName


class Video(StatelessCog):
    video = app_commands.Group(name="video", description="What happens in a video")

    @video.command(name="recognize", description=tasks.RECOGNIZE_VIDEO.summary)
    @app_commands.describe(video="The video; left out: your newest that I can see", **COMMON)
    async def recognize(
        self,
        interaction: Interaction[PipelineBot],
        video: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.RECOGNIZE_VIDEO, model=model, video=video)


async def setup(bot: PipelineBot) -> None:
    """Add the commands for videos."""
    await bot.add_cog(Video(bot))
