"""Commands for people who bring sound, or want some."""

from typing import Any

from discord import Attachment, Interaction, app_commands
from discord.app_commands import Range

from bot import tasks
from bot.client import PipelineBot
from bot.cog import StatelessCog
from bot.replies.reply import InteractionReply
from cogs.parameters import COMMON, RECORDING, LabelText, ModelName, PromptText, SpokenLanguage, expected_language


class Audio(StatelessCog):
    audio = app_commands.Group(name="audio", description="What is to be heard in a recording")

    @app_commands.command(description=tasks.TRANSCRIBE.summary)
    @app_commands.describe(
        audio=RECORDING,
        language="The language that is spoken; probably yours, if you leave it out",
        timestamps="Say when each part was said",
        **COMMON,
    )
    async def transcribe(
        self,
        interaction: Interaction[PipelineBot],
        audio: Attachment | None = None,
        language: SpokenLanguage | None = None,
        timestamps: bool = False,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        spoken = language or expected_language(interaction)
        given: dict[str, Any] = {"audio": audio, "language": spoken, "timestamps": timestamps}
        await self.bot.answer(reply, tasks.TRANSCRIBE, model=model, **given)

    @app_commands.command(description=tasks.SPEAK.summary)
    @app_commands.describe(text="What to say", voice="One of the model's voices, by its number", **COMMON)
    async def speak(
        self,
        interaction: Interaction[PipelineBot],
        text: PromptText,
        voice: Range[int, 1, 200] | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.SPEAK, model=model, text=text, voice=voice)

    @audio.command(name="recognize", description=tasks.RECOGNIZE_AUDIO.summary)
    @app_commands.describe(audio=RECORDING, **COMMON)
    async def recognize(
        self,
        interaction: Interaction[PipelineBot],
        audio: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.RECOGNIZE_AUDIO, model=model, audio=audio)

    @audio.command(name="classify", description=tasks.CLASSIFY_AUDIO.summary)
    @app_commands.describe(
        labels="Your labels, with commas between: rain, music, people talking", audio=RECORDING, **COMMON
    )
    async def classify(
        self,
        interaction: Interaction[PipelineBot],
        labels: LabelText,
        audio: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.CLASSIFY_AUDIO, model=model, labels=labels, audio=audio)


async def setup(bot: PipelineBot) -> None:
    """Add the commands for sound."""
    await bot.add_cog(Audio(bot))
