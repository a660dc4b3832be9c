"""Commands for people who bring pictures."""

from typing import Literal

from discord import Attachment, Interaction, app_commands
from discord.app_commands import Range

from bot import tasks
from bot.client import PipelineBot
from bot.cog import StatelessCog
from bot.replies.reply import InteractionReply
from cogs.parameters import COMMON, PICTURE, LabelText, ModelName, QuestionText


class Image(StatelessCog):
    image = app_commands.Group(name="image", description="What is to be seen in a picture, or made of it")

    @image.command(name="describe", description=tasks.DESCRIBE.summary)
    @app_commands.describe(image=PICTURE, **COMMON)
    async def describe(
        self,
        interaction: Interaction[PipelineBot],
        image: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.DESCRIBE, model=model, image=image)

    @image.command(name="ask", description=tasks.ASK_IMAGE.summary)
    @app_commands.describe(question="What you want to know about it", image=PICTURE, **COMMON)
    async def ask(
        self,
        interaction: Interaction[PipelineBot],
        question: QuestionText,
        image: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.ASK_IMAGE, model=model, question=question, image=image)

    @image.command(name="guess", description=tasks.GUESS.summary)
    @app_commands.describe(question="A question with a short answer: how many cars are there?", image=PICTURE, **COMMON)
    async def guess(
        self,
        interaction: Interaction[PipelineBot],
        question: QuestionText,
        image: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.GUESS, model=model, question=question, image=image)

    @image.command(name="recognize", description=tasks.RECOGNIZE_IMAGE.summary)
    @app_commands.describe(image=PICTURE, **COMMON)
    async def recognize(
        self,
        interaction: Interaction[PipelineBot],
        image: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.RECOGNIZE_IMAGE, model=model, image=image)

    @image.command(name="classify", description=tasks.CLASSIFY_IMAGE.summary)
    @app_commands.describe(
        labels="Your labels, with commas between: a street, a beach, a forest", image=PICTURE, **COMMON
    )
    async def classify(
        self,
        interaction: Interaction[PipelineBot],
        labels: LabelText,
        image: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.CLASSIFY_IMAGE, model=model, labels=labels, image=image)

    @image.command(name="objects", description=tasks.OBJECTS.summary)
    @app_commands.describe(
        image=PICTURE, certainty="How sure I have to be to show a thing: 0.5 if you leave it out", **COMMON
    )
    async def objects(
        self,
        interaction: Interaction[PipelineBot],
        image: Attachment | None = None,
        certainty: Range[float, 0.0, 1.0] | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.OBJECTS, model=model, image=image, certainty=certainty)

    @image.command(name="find", description=tasks.FIND.summary)
    @app_commands.describe(what="What to look for, with commas between: a red car, a tree", image=PICTURE, **COMMON)
    async def find(
        self,
        interaction: Interaction[PipelineBot],
        what: LabelText,
        image: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.FIND, model=model, what=what, image=image)

    @image.command(name="regions", description=tasks.REGIONS.summary)
    @app_commands.describe(image=PICTURE, **COMMON)
    async def regions(
        self,
        interaction: Interaction[PipelineBot],
        image: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.REGIONS, model=model, image=image)

    @image.command(name="cutouts", description=tasks.CUTOUTS.summary)
    @app_commands.describe(image=PICTURE, detail="How small things may be; more takes longer", **COMMON)
    async def cutouts(
        self,
        interaction: Interaction[PipelineBot],
        image: Attachment | None = None,
        detail: Literal["low", "medium", "high"] | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.CUTOUTS, model=model, image=image, detail=detail)

    @image.command(name="depth", description=tasks.DEPTH.summary)
    @app_commands.describe(image=PICTURE, **COMMON)
    async def depth(
        self,
        interaction: Interaction[PipelineBot],
        image: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.DEPTH, model=model, image=image)

    @image.command(name="upscale", description=tasks.UPSCALE.summary)
    @app_commands.describe(image=PICTURE, **COMMON)
    async def upscale(
        self,
        interaction: Interaction[PipelineBot],
        image: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.UPSCALE, model=model, image=image)

    @image.command(name="compare", description=tasks.COMPARE_IMAGES.summary)
    @app_commands.describe(first="A picture", second="The picture to compare it with", **COMMON)
    async def compare(
        self,
        interaction: Interaction[PipelineBot],
        first: Attachment | None = None,
        second: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.COMPARE_IMAGES, model=model, first=first, second=second)

    @image.command(name="match", description=tasks.MATCH.summary)
    @app_commands.describe(first="A picture", second="Another picture of the same thing", **COMMON)
    async def match(
        self,
        interaction: Interaction[PipelineBot],
        first: Attachment | None = None,
        second: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.MATCH, model=model, first=first, second=second)


async def setup(bot: PipelineBot) -> None:
    """Add the commands for pictures."""
    await bot.add_cog(Image(bot))
