"""Commands for people who want something written or decided."""

from typing import Literal

from discord import Attachment, Interaction, app_commands
from discord.app_commands import Range

from bot import tasks
from bot.client import PipelineBot
from bot.cog import StatelessCog
from bot.replies.reply import InteractionReply
from cogs.parameters import COMMON, LabelText, ModelName, PromptText, QuestionText


class Writing(StatelessCog):
    @app_commands.command(description=tasks.WRITE.summary)
    @app_commands.describe(
        prompt="What to write",
        length="How long it may be",
        creativity="0 takes the likeliest words, 1 dares more",
        **COMMON,
    )
    async def write(
        self,
        interaction: Interaction[PipelineBot],
        prompt: PromptText,
        length: Literal["short", "medium", "long"] | None = None,
        creativity: Range[float, 0.0, 1.0] | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.WRITE, model=model, prompt=prompt, length=length, creativity=creativity)

    @app_commands.command(description=tasks.REWRITE.summary)
    @app_commands.describe(text="The text", instruction="What to change: make it shorter, friendlier, a list", **COMMON)
    async def rewrite(
        self,
        interaction: Interaction[PipelineBot],
        text: PromptText,
        instruction: PromptText,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.REWRITE, model=model, text=text, instruction=instruction)

    @app_commands.command(description=tasks.DECIDE.summary)
    @app_commands.describe(
        situation="What happened, or what is the matter",
        question="What is to be decided",
        options="What to choose from, with commas between; yes or no if you leave it out",
        **COMMON,
    )
    async def decide(
        self,
        interaction: Interaction[PipelineBot],
        situation: PromptText,
        question: QuestionText,
        options: LabelText | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.DECIDE, model=model, situation=situation, question=question, options=options)

    @app_commands.command(description=tasks.OMNI.summary)
    @app_commands.describe(
        prompt="What you want to know", image="A picture", audio="A recording", video="A video", **COMMON
    )
    async def omni(
        self,
        interaction: Interaction[PipelineBot],
        prompt: PromptText,
        image: Attachment | None = None,
        audio: Attachment | None = None,
        video: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.OMNI, model=model, prompt=prompt, image=image, audio=audio, video=video)


async def setup(bot: PipelineBot) -> None:
    """Add the commands that write."""
    await bot.add_cog(Writing(bot))
