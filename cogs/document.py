"""Commands for people who bring documents and tables."""

from discord import Attachment, Interaction, app_commands

from bot import tasks
from bot.client import PipelineBot
from bot.cog import StatelessCog
from bot.replies.reply import InteractionReply
from cogs.parameters import COMMON, ModelName, QuestionText


class Document(StatelessCog):
    document = app_commands.Group(name="document", description="What a page or a table says")

    @document.command(name="ask", description=tasks.ASK_DOCUMENT.summary)
    @app_commands.describe(
        question="What you want to know from it",
        file="A picture of the page, or a PDF; left out: your newest that I can see",
        **COMMON,
    )
    async def ask(
        self,
        interaction: Interaction[PipelineBot],
        question: QuestionText,
        file: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.ASK_DOCUMENT, model=model, question=question, file=file)

    @document.command(name="table", description=tasks.ASK_TABLE.summary)
    @app_commands.describe(
        question="What you want to know from it",
        file="The table as CSV, XLSX or JSON; left out: your newest that I can see",
        **COMMON,
    )
    async def table(
        self,
        interaction: Interaction[PipelineBot],
        question: QuestionText,
        file: Attachment | None = None,
        model: ModelName | None = None,
        private: bool | None = None,
    ) -> None:
        reply = InteractionReply(interaction, private=private)
        await self.bot.answer(reply, tasks.ASK_TABLE, model=model, question=question, file=file)


async def setup(bot: PipelineBot) -> None:
    """Add the commands for documents and tables."""
    await bot.add_cog(Document(bot))
