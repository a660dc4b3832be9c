"""Menus on a message: they speak about somebody else's words, so only the one who asks sees the answer."""

from collections.abc import Iterable
from typing import Any

from discord import Attachment, Component, Interaction, Message, app_commands
from discord.components import TextDisplay
from discord.ext import commands

from bot import tasks
from bot.client import PipelineBot
from bot.errors import Refusal
from bot.replies import cards
from bot.replies.reply import InteractionReply
from bot.tasks import Task


class Messages(commands.Cog):
    def __init__(self, bot: PipelineBot) -> None:
        self.bot = bot
        self._menus = (
            app_commands.ContextMenu(name="Translate", callback=self.translate),
            app_commands.ContextMenu(name="Summarize", callback=self.summarize),
        )
        for menu in self._menus:
            bot.tree.add_command(menu)

    async def cog_unload(self) -> None:
        for menu in self._menus:
            self.bot.tree.remove_command(menu.name, type=menu.type)

    async def translate(self, interaction: Interaction[PipelineBot], message: Message) -> None:
        """Translate a message to the member's own language."""
        await self._answer(interaction, message, tasks.TRANSLATE, to=str(interaction.locale))

    async def summarize(self, interaction: Interaction[PipelineBot], message: Message) -> None:
        """Sum a message up."""
        await self._answer(interaction, message, tasks.SUMMARIZE)

    async def _answer(
        self, interaction: Interaction[PipelineBot], message: Message, task: Task, **options: str
    ) -> None:
        reply = InteractionReply(interaction, private=True)
        text, file = _text_of(message), None
        if not text:
            file = next((it for it in message.attachments if _is_text(it)), None)
        if text or file:
            await self.bot.answer(reply, task, text=text or None, file=file, **options)
        else:
            await reply.refuse(cards.refused(task, Refusal("There is no text in that message.")).view)


def _text_of(message: Message) -> str:
    """What a person reads in a message, wherever it stands: also forwarded, in an embed, or in a card like ours."""
    parts = [message.content, *(snapshot.content for snapshot in message.message_snapshots)]
    for embed in message.embeds:
        parts += [embed.title or "", embed.description or ""]
    parts += _texts(message.components)
    return "\n".join(part for part in parts if part.strip())


def _texts(components: Iterable[Component]) -> Iterable[str]:
    for component in components:
        if isinstance(component, TextDisplay):
            yield component.content
        inner: Any = getattr(component, "children", ())
        yield from _texts(inner)


def _is_text(attachment: Attachment) -> bool:
    return (attachment.content_type or "").startswith("text/")


async def setup(bot: PipelineBot) -> None:
    """Add the message menus."""
    await bot.add_cog(Messages(bot))
