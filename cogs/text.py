"""Commands for people who bring text."""

import asyncio
from typing import Any, Literal

from discord import Attachment, Interaction, app_commands

from bot import tasks
from bot.client import PipelineBot
from bot.cog import StatelessCog
from bot.replies.reply import InteractionReply
from bot.tasks.languages import warm_up
from cogs.parameters import COMMON, FromLanguage, LabelText, ModelName, PromptText, QuestionText, ToLanguage


class Text(StatelessCog):
    async def cog_load(self) -> None:
        # The names of languages take a tenth of a second to load, which no keystroke should wait for.
        await asyncio.to_thread(warm_up)

    @app_commands.command(description=tasks.SENTIMENT.summary)
    @app_commands.describe(text="The text", **COMMON)
    async def sentiment(
        self,
        interaction: Interaction[PipelineBot],
        text: PromptText,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        await self.bot.answer(InteractionReply(interaction, private=private), tasks.SENTIMENT, model=model, text=text)

    @app_commands.command(description=tasks.CLASSIFY.summary)
    @app_commands.describe(
        text="The text",
        labels="Your labels, with commas between: sports, politics, music",
        several="More than one label may fit",
        **COMMON,
    )
    async def classify(
        self,
        interaction: Interaction[PipelineBot],
        text: PromptText,
        labels: LabelText,
        several: bool = False,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.CLASSIFY, model=model, text=text, labels=labels, several=several)

    @app_commands.command(description=tasks.ENTITIES.summary)
    @app_commands.describe(text="The text", **COMMON)
    async def entities(
        self,
        interaction: Interaction[PipelineBot],
        text: PromptText,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        await self.bot.answer(InteractionReply(interaction, private=private), tasks.ENTITIES, model=model, text=text)

    @app_commands.command(description=tasks.ANSWER.summary)
    @app_commands.describe(
        question="The question",
        text="The text that may hold the answer",
        file="Or a text file that may",
        **COMMON,
    )
    async def answer(
        self,
        interaction: Interaction[PipelineBot],
        question: QuestionText,
        text: PromptText | None = None,
        file: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.ANSWER, model=model, question=question, text=text, file=file)

    @app_commands.command(description=tasks.SUMMARIZE.summary)
    @app_commands.describe(text="The text", file="Or a text file", length="How long the summary should be", **COMMON)
    async def summarize(
        self,
        interaction: Interaction[PipelineBot],
        text: PromptText | None = None,
        file: Attachment | None = None,
        length: Literal["short", "medium", "long"] | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.SUMMARIZE, model=model, text=text, file=file, length=length)

    @app_commands.command(description=tasks.TRANSLATE.summary)
    @app_commands.rename(from_="from")
    @app_commands.describe(
        to="The language you want",
        text="The text",
        file="Or a text file",
        from_="The language it is in; found out if you leave it out",
        **COMMON,
    )
    async def translate(
        self,
        interaction: Interaction[PipelineBot],
        to: ToLanguage,
        text: PromptText | None = None,
        file: Attachment | None = None,
        from_: FromLanguage | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        given: dict[str, Any] = {"text": text, "file": file, "to": to, "from": from_}
        await self.bot.answer(reply, tasks.TRANSLATE, model=model, **given)

    @app_commands.command(description=tasks.FILL.summary)
    @app_commands.describe(text="A text with ___ where the word is missing", **COMMON)
    async def fill(
        self,
        interaction: Interaction[PipelineBot],
        text: PromptText,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        await self.bot.answer(InteractionReply(interaction, private=private), tasks.FILL, model=model, text=text)

    @app_commands.command(description=tasks.COMPARE.summary)
    @app_commands.describe(
        first="The text to compare with", second="Another text", third="One more, if you like", **COMMON
    )
    async def compare(
        self,
        interaction: Interaction[PipelineBot],
        first: PromptText,
        second: PromptText,
        third: PromptText | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.COMPARE, model=model, first=first, second=second, third=third)


async def setup(bot: PipelineBot) -> None:
    """Add the text commands."""
    await bot.add_cog(Text(bot))
