"""Offers: a command without its file is offered the member's own newest one that fits."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import discord

from bot.errors import Refusal
from bot.keeping import Held, counted, readable
from bot.replies import cards
from bot.replies.attachments import kinds_of
from bot.replies.buttons import FORGOTTEN, RequestButton
from bot.replies.posted import NO_MENTIONS
from bot.replies.reply import InteractionReply
from bot.replies.text import plain
from bot.request import Asker
from bot.tasks import Kind, Task

KEPT_FOR = 900.0
"""Seconds; as long as the interaction that an offer answers can be edited."""
MOST = 500


@dataclass(frozen=True, slots=True)
class Offer:
    """What will be asked once the member says yes. `asker` is who may."""

    asker: Asker
    task: Task
    model: str | None
    values: Mapping[str, Any]
    private: bool


class Offers:
    """The offers that wait for a yes, in memory."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[float, Offer]] = OrderedDict()

    def keep(self, offer: Offer) -> str:
        """The id to find it by, until `KEPT_FOR` is over."""
        offer_id = secrets.token_hex(6)
        self._kept[offer_id] = time.monotonic(), offer
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return offer_id

    def find(self, offer_id: str) -> Offer | None:
        since, offer = self._kept.get(offer_id, (0.0, None))
        return offer if time.monotonic() - since < KEPT_FOR else None

    def take(self, offer_id: str) -> None:
        self._kept.pop(offer_id, None)

    async def held_of(self, user: int) -> Held | None:
        own = [offer for offer_id in list(self._kept) if (offer := self.find(offer_id)) and offer.asker.user == user]
        if not own:
            return None
        return Held("offers", f"{counted(len(own), 'offer')} to use a file you posted", [_told(offer) for offer in own])

    async def forget_member(self, user: int) -> None:
        self._drop(lambda asker: asker.user == user)

    async def forget_server(self, server: int) -> None:
        self._drop(lambda asker: asker.server == server)

    def _drop(self, unwanted: Callable[[Asker], bool]) -> None:
        self._kept = OrderedDict((key, it) for key, it in self._kept.items() if not unwanted(it[1].asker))


def _told(offer: Offer) -> dict[str, Any]:
    values = {name: _named(value) for name, value in offer.values.items() if value is not None}
    return {"task": offer.task.name, "values": values, "model": offer.model}


def _named(value: Any) -> Any:
    return {"name": value.filename, "size": value.size} if isinstance(value, discord.Attachment) else readable(value)


def fill(missing: Mapping[str, Kind], attachments: Sequence[discord.Attachment]) -> dict[str, discord.Attachment]:
    """The newest of `attachments`, newest first, for each of the `missing` inputs. Refusal where there are too few."""
    left = list(attachments)
    found: dict[str, discord.Attachment] = {}
    # Of two pictures that are missing, the first is the one that was posted first.
    for name, kind in reversed(list(missing.items())):
        fitting = next((attachment for attachment in left if kind in kinds_of(attachment)), None)
        if fitting is None:
            raise Refusal(
                f"Give me {_a_file(kind)} as “{name}”: I see none of yours in this channel. Or right-click a message "
                "that has one → Apps → More…"
            )
        left.remove(fitting)
        found[name] = fitting
    return {name: found[name] for name in missing}


def offer_card(task: Task, found: Mapping[str, discord.Attachment], offer_id: str) -> cards.Card:
    """Asks whether `found` are meant, and shows the pictures among them."""
    pictures = [it for it in found.values() if Kind.IMAGE in kinds_of(it)]
    names = " and ".join(f"📎 {plain(attachment.filename, 100)}" for attachment in found.values())
    items: list[Any] = [
        discord.ui.TextDisplay(f"### {task.title}\n**Use {'this' if len(found) == 1 else 'these'}?** {names}")
    ]
    if pictures:
        shown = [discord.MediaGalleryItem(it.url, spoiler=it.is_spoiler()) for it in pictures]
        items.append(discord.ui.MediaGallery(*shown))
    buttons: discord.ui.ActionRow[Any] = discord.ui.ActionRow(UseButton(offer_id), LeaveButton(offer_id))
    return cards.notice(*items, buttons)


class _Answers(Protocol):
    offers: Offers

    async def answer(self, reply: InteractionReply, task: Task, *, model: str | None = None, **values: Any) -> None: ...


class _OfferButton(RequestButton, template=r"(?P<request>[0-9a-f]+)"):
    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        client = cast("_Answers", interaction.client)
        offer = client.offers.find(self.request_id)
        if offer is None:
            await InteractionReply(interaction).refuse(cards.refused(None, FORGOTTEN).view)
        elif offer.asker.user != interaction.user.id:
            only = "Only the member who asked can say that."
            await interaction.response.send_message(only, ephemeral=True, allowed_mentions=NO_MENTIONS)
        else:
            client.offers.take(self.request_id)
            await self.press(interaction, client, offer)

    async def press(self, interaction: discord.Interaction[Any], client: _Answers, offer: Offer) -> None:
        raise NotImplementedError


class UseButton(_OfferButton, template=r"use:(?P<request>[0-9a-f]+)"):
    """Goes on with what was offered, in the same message."""

    label, verb = "Use it", "use"

    async def press(self, interaction: discord.Interaction[Any], client: _Answers, offer: Offer) -> None:
        reply = InteractionReply(interaction, private=offer.private, in_place=True)
        await client.answer(reply, offer.task, model=offer.model, **offer.values)


class LeaveButton(_OfferButton, template=r"leave:(?P<request>[0-9a-f]+)"):
    """Gives the request up."""

    label, verb = "Cancel", "leave"

    async def press(self, interaction: discord.Interaction[Any], _client: _Answers, offer: Offer) -> None:
        sentence = Refusal(f"Then attach another as “{next(iter(offer.task.media))}”, with /{offer.task.command}.")
        await InteractionReply(interaction).replace(cards.refused(offer.task, sentence))


def _a_file(kind: Kind) -> str:
    return {
        Kind.IMAGE: "a picture",
        Kind.AUDIO: "a recording",
        Kind.VIDEO: "a video",
        Kind.TABLE: "a table (CSV, XLSX or JSON)",
        Kind.DOCUMENT: "a page (a picture or a PDF)",
    }[kind]
