"""Menus on a message: they speak about somebody else's message, so only the one who asks sees the answer."""

from typing import Any

from discord import Interaction, Message, app_commands

from bot import tasks
from bot.client import PipelineBot
from bot.cog import StatelessCog
from bot.errors import Refusal
from bot.replies import cards
from bot.replies.contents import attachments_of, author_of, serving_as, text_file_of, text_of
from bot.replies.menus import MoreModal, fits
from bot.replies.privacy import NOT_THEIRS
from bot.replies.reply import InteractionReply
from bot.tasks import Task
from cogs.parameters import expected_language

_NO_TEXT = "There is no text in that message. Where it is a recording, “Transcribe” writes down what is said in it."
_NO_SOUND = "There is no recording in that message. Choose one with a voice message, a sound file or a video."
_NO_PICTURE = (
    "There is no picture attached to that message. One that is only linked I don't fetch: save it, and give it to "
    "/image describe."
)
_NOTHING = (
    "There is nothing in that message that I can work on: no text, picture, recording, video, table or PDF. "
    "/help shows what I can do."
)


class Messages(StatelessCog):
    def __init__(self, bot: PipelineBot) -> None:
        super().__init__(bot)
        self._menus = (
            app_commands.ContextMenu(name="Translate", callback=self.translate),
            app_commands.ContextMenu(name="Summarize", callback=self.summarize),
            app_commands.ContextMenu(name="Transcribe", callback=self.transcribe),
            app_commands.ContextMenu(name="Describe", callback=self.describe),
            app_commands.ContextMenu(name="More…", callback=self.more),
        )
        for menu in self._menus:
            bot.tree.add_command(menu)

    async def cog_unload(self) -> None:
        for menu in self._menus:
            self.bot.tree.remove_command(menu.name, type=menu.type)

    async def translate(self, interaction: Interaction[PipelineBot], message: Message) -> None:
        """Translate a message to the member's own language."""
        await self._read(interaction, message, tasks.TRANSLATE, to=str(interaction.locale))

    async def summarize(self, interaction: Interaction[PipelineBot], message: Message) -> None:
        """Sum a message up."""
        await self._read(interaction, message, tasks.SUMMARIZE)

    async def transcribe(self, interaction: Interaction[PipelineBot], message: Message) -> None:
        """Write down what is said in a message's first recording or, if it has none, video."""
        spoken = expected_language(interaction)
        await self._open(interaction, message, tasks.TRANSCRIBE, _NO_SOUND, language=spoken)

    async def describe(self, interaction: Interaction[PipelineBot], message: Message) -> None:
        """Describe a message's first picture."""
        await self._open(interaction, message, tasks.DESCRIBE, _NO_PICTURE)

    async def more(self, interaction: Interaction[PipelineBot], message: Message) -> None:
        """Offer whatever else fits a message."""
        author = author_of(message)
        offered = fits(text_of(message), attachments_of(message))
        if not self.bot.storage.members.may_read(author, by=interaction.user.id):
            await _refuse(interaction, None, NOT_THEIRS.sentence)
        elif offered:
            await interaction.response.send_modal(MoreModal(offered, author))
        else:
            await _refuse(interaction, None, _NOTHING)

    async def _read(self, interaction: Interaction[PipelineBot], message: Message, task: Task, **options: str) -> None:
        text = text_of(message)
        file = None if text else text_file_of(attachments_of(message))
        if text or file:
            reply = InteractionReply(interaction, private=True)
            await self.bot.answer(reply, task, author=author_of(message), text=text or None, file=file, **options)
        else:
            await _refuse(interaction, task, _NO_TEXT)

    async def _open(
        self, interaction: Interaction[PipelineBot], message: Message, task: Task, missing: str, **options: str
    ) -> None:
        ((name, kind),) = task.media.items()
        file = next(iter(serving_as(kind, attachments_of(message))), None)
        if file is None:
            await _refuse(interaction, task, missing)
            return
        values: dict[str, Any] = {name: file, **options}
        reply = InteractionReply(interaction, private=True)
        await self.bot.answer(reply, task, author=author_of(message), **values)


async def _refuse(interaction: Interaction[Any], task: Task | None, sentence: str) -> None:
    await InteractionReply(interaction, private=True).refuse(cards.refused(task, Refusal(sentence)).view)


async def setup(bot: PipelineBot) -> None:
    """Add the message menus."""
    await bot.add_cog(Messages(bot))
