"""/privacy: what becomes of what members write, what is held of them, and the buttons that have a say in it."""

import io
import json
import re
from collections.abc import Sequence
from typing import Any, Protocol, Self, cast

import discord

from bot.errors import Refusal
from bot.keeping import Held, Keeper, all_held
from bot.replies import cards
from bot.replies.buttons import Button
from bot.replies.recent import Recent
from bot.replies.reply import InteractionReply
from bot.storage.database import Unwritable
from bot.storage.journal import KEPT_FOR as WRITTEN_DOWN_FOR
from bot.storage.storage import Storage

_Text = discord.ui.TextDisplay[discord.ui.LayoutView]
_Row = discord.ui.ActionRow[Any]

NOT_THEIRS = Refusal("They asked me not to process their messages.")
"""Said to others than the author."""

_UNDELETED = Refusal("I can't delete all of it right now: my disk doesn't let me. Ask for it again in a minute.")
_UNREAD = Refusal("I can't look at all of it right now: my disk doesn't let me. Ask for it again in a minute.")


class _Remembers(Protocol):
    """What a client offers to the buttons of `/privacy`."""

    recent: Recent
    storage: Storage

    @property
    def keepers(self) -> Sequence[Keeper]: ...
    async def forget_member(self, user: int) -> None: ...


def privacy_card(client: _Remembers, user: int) -> cards.Card:
    opted_out = not client.storage.members.may_read(user)
    texts = [_what_becomes(client.recent.kept_for), _OPTED_OUT if opted_out else _OPT_OUT]
    buttons = ShowButton(), DeleteButton(), OptInButton() if opted_out else OptOutButton()
    return cards.notice(*map(_Text, texts), _Row(*buttons))


def held_card(held: Sequence[Held], user: int) -> cards.Card:
    """What is held of `user`, in words, and all of it as a file."""
    if not held:
        return cards.notice(_Text(f"## What I have of you\nNothing, right now.\n{_ELSE}"))
    listed = "\n".join(f"- {it.sentence}" for it in held)
    written = {"member": str(user), "at": discord.utils.utcnow().isoformat()} | {it.name: it.data for it in held}
    data = json.dumps(written, ensure_ascii=False, indent=2).encode()
    file = discord.File(io.BytesIO(data), filename="what-i-have-of-you.json")
    text = f"## What I have of you\n{listed}\nThe file has all of it; of attachments their names and sizes.\n{_ELSE}"
    return cards.notice(_Text(text), discord.ui.File(file), files=(file,))


class _PrivacyButton(Button, template=r"privacy"):
    """A button about whoever presses it: its card is seen by them alone."""

    label: str
    deed: str
    colour = discord.ButtonStyle.secondary

    def __init__(self) -> None:
        super().__init__(discord.ui.Button(label=self.label, custom_id=f"privacy:{self.deed}", style=self.colour))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        return cls()


class ShowButton(_PrivacyButton, template=r"privacy:show"):
    """Shows what is held of a member, with a file of all of it."""

    label, deed = "What do you have of me?", "show"

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        reply, user = InteractionReply(interaction, private=True), interaction.user.id
        await reply.acknowledge()
        try:
            card = held_card(await all_held(cast("_Remembers", interaction.client).keepers, user), user)
        except Unwritable:
            card = cards.refused(None, _UNREAD)
        await reply.show(card.view, card.files)


class DeleteButton(_PrivacyButton, template=r"privacy:delete"):
    """Asks whether all of it shall be deleted."""

    label, deed, colour = "Delete it all", "delete", discord.ButtonStyle.danger

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        card = cards.notice(_Text(_SURE), _Row(ReallyDeleteButton(), KeepButton()))
        await InteractionReply(interaction).replace(card)


class ReallyDeleteButton(_PrivacyButton, template=r"privacy:really"):
    """Deletes all that is held of a member."""

    label, deed, colour = "Yes, delete it all", "really", discord.ButtonStyle.danger

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        reply = InteractionReply(interaction, in_place=True)
        await reply.acknowledge()
        try:
            await cast("_Remembers", interaction.client).forget_member(interaction.user.id)
        except Unwritable:
            card = cards.refused(None, _UNDELETED)
        else:
            card = cards.notice(_Text(_DELETED))
        await reply.show(card.view)


class KeepButton(_PrivacyButton, template=r"privacy:keep"):
    """Goes back to where a member came from."""

    label, deed = "No, keep it", "keep"

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        card = privacy_card(cast("_Remembers", interaction.client), interaction.user.id)
        await InteractionReply(interaction).replace(card)


class _ChoiceButton(_PrivacyButton, template=r"privacy:choice"):
    """Writes a choice down, and shows the card anew."""

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        client, user = cast("_Remembers", interaction.client), interaction.user.id
        reply = InteractionReply(interaction, in_place=True)
        await reply.acknowledge()
        try:
            await self.choose(client, user)
            card = privacy_card(client, user)
        except Refusal as refusal:
            card = cards.refused(None, refusal)
        await reply.show(card.view)

    async def choose(self, client: _Remembers, user: int) -> None:
        raise NotImplementedError


class OptOutButton(_ChoiceButton, template=r"privacy:opt-out"):
    """Nobody else has this member's messages processed any more."""

    label, deed = "Don't process my messages", "opt-out"

    async def choose(self, client: _Remembers, user: int) -> None:
        await client.storage.members.opt_out(user)


class OptInButton(_ChoiceButton, template=r"privacy:opt-in"):
    """Others may again."""

    label, deed = "You may process my messages again", "opt-in"

    async def choose(self, client: _Remembers, user: int) -> None:
        await client.storage.members.opt_in(user)


BUTTONS = (ShowButton, DeleteButton, ReallyDeleteButton, KeepButton, OptOutButton, OptInButton)


def _what_becomes(kept_for: float) -> str:
    if kept_for:
        after = (
            f"For {kept_for / 60:g} minutes after the answer I keep both in memory, for the buttons below it (Share, "
            "Show me the code, Again)."
        )
    else:
        after = "After the answer I keep nothing of it, which is why there are no buttons below answers."
    return f"""## What becomes of what you write
**Where it goes.** What you give a command is worked on by models on the host's own machine, and sent to nobody \
else. When a model is used for the first time, its files come from the Hugging Face Hub, which learns that this \
machine wanted that model, not what for.
**What is read.** Only what you hand me: the options of a command, the files you attach, the message you right-click. \
I don't read along in channels. Where you leave out a file that a command needs, I look for the one you posted last, \
and ask you before I use it.
**What is kept.** Your request is written to the host's disk, encrypted, until it is answered, so that it isn't lost \
if I am restarted; then it is deleted. What can't be answered is deleted after {WRITTEN_DOWN_FOR.days} days. {after} \
The log holds no word of what anybody wrote.
**What others see.** An answer is visible to everybody in the channel, unless you set `private`, or the server has \
made answers private. The right-click menus always answer you alone, until you press Share. Deleting an answer is up \
to a moderator, as with any message of mine.
**Training.** Nothing you write trains a model."""


_OPT_OUT = (
    "**Your messages.** Others can right-click a message of yours and have it translated, say. If you don't want that, "
    "press the button: then only you can."
)
_OPTED_OUT = (
    "**Your messages.** You asked me not to process them: whoever else right-clicks one is told so. Your own commands "
    "work as before."
)
_ELSE = "-# What I answered stands in Discord; a moderator can delete it there."
_STAYS = """What stays:
- that you asked me not to process your messages, if you did: I couldn't keep to it if I forgot it
- how much you used today, in memory until the day is over: deleting would be a way around limits
- lists of who may ask, which those who manage a server made"""
_SURE = (
    "## Delete all I have of you?\n"
    "What you have waiting or running ends. What is written down of you goes, with your recent answers and offers; "
    "the buttons below your answers won't know them any more. There is no way back.\n"
    f"{_STAYS}"
)
_DELETED = f"## It is deleted\n{_STAYS}\n{_ELSE}"
