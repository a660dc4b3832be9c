"""PipelineBot: the gateway client, and the one door that every command, menu and button goes through."""

import hashlib
import json
import logging
import sys
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.cog import Cog
from bot.errors import Refusal, record_defect
from bot.gate import Gate
from bot.keeping import Keeper
from bot.logs import uncaught_in_loop
from bot.media.limits import Limits
from bot.replies import cards
from bot.replies.about import QueueCancelButton
from bot.replies.attachments import announced, fetched
from bot.replies.buttons import BUTTONS
from bot.replies.offers import LeaveButton, Offer, Offers, UseButton, fill, offer_card
from bot.replies.posted import NO_MENTIONS
from bot.replies.privacy import NOT_THEIRS
from bot.replies.progress import CancelButton, UnderWay
from bot.replies.recent import KEPT_FOR, Recent
from bot.replies.reply import InteractionReply, NewReply, is_private
from bot.request import Address, Asker, File, Request
from bot.rules import HostRules
from bot.serving import RESTARTING, Serving
from bot.storage.database import Unwritable
from bot.storage.storage import Storage
from bot.tasks import Kind, Task, find
from bot.worker.door import Worker

log = logging.getLogger(__name__)

EXTENSIONS = (
    "cogs.text",
    "cogs.writing",
    "cogs.image",
    "cogs.audio",
    "cogs.video",
    "cogs.document",
    "cogs.messages",
    "cogs.about",
    "cogs.server",
    "cogs.privacy",
)

REMEMBERED = 10_000
"""Replies of which it is known that they were begun."""

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    send_voice_messages=True,
)
"""What the invite link asks a server for."""


class PipelineBot(commands.Bot):
    """The bot on one Discord account.

    Args:
        worker: runs the requests. Opened and closed by the caller.
        storage: what outlives the process. Opened and closed by the caller.
        commands_record: a file that remembers what was registered with Discord, so that it is only done when commands
            changed; None registers at every start.
        limits: what an attachment may have.
        rules: who may ask, and for how much.
        kept_for: seconds that what was answered stays in memory.
    """

    def __init__(
        self,
        worker: Worker,
        storage: Storage,
        *,
        commands_record: Path | None,
        limits: Limits | None = None,
        rules: HostRules | None = None,
        kept_for: float = KEPT_FOR,
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            # No privileged intent: commands, menus, mentions and direct messages work without one.
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            tree_cls=_Tree,
            allowed_mentions=NO_MENTIONS,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            max_messages=None,
            chunk_guilds_at_startup=False,
        )
        self.worker = worker
        self.storage = storage
        self.under_way = UnderWay()
        self.recent = Recent(kept_for)
        self.offers = Offers()
        self.limits = limits or Limits()
        self.gate = Gate(rules or HostRules(), storage.servers, storage.usage)
        self.serving = Serving(self, worker, storage, self.gate, self.under_way, self.recent)
        self._seen: OrderedDict[Address, None] = OrderedDict()
        self._commands_record = commands_record

    async def setup_hook(self) -> None:
        self.loop.set_exception_handler(uncaught_in_loop)
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        self.add_dynamic_items(CancelButton, QueueCancelButton, UseButton, LeaveButton, *BUTTONS)
        await self._register_commands()

    async def _register_commands(self) -> None:
        """Tell Discord the commands if they changed since the last time."""
        described = json.dumps([command.to_dict(self.tree) for command in self.tree.get_commands()], sort_keys=True)
        digest = hashlib.sha256(f"{self.application_id} {described}".encode()).hexdigest()
        record = self._commands_record
        if record is not None and record.exists() and record.read_text() == digest:
            return
        synced = await self.tree.sync()
        if record is not None:
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_text(digest)
        log.info("registered %d commands with Discord", len(synced))

    async def answer(
        self, reply: NewReply, task: Task, *, model: str | None = None, author: int | None = None, **values: Any
    ) -> None:
        """Do `task` and show it in `reply`: the whole way of a request.

        Args:
            model: a member's own choice; None or blank for the default.
            author: who wrote what is given, where it wasn't handed over by its author.
            values: the task's inputs and options, by name; None where they were left out. Files as discord.Attachment
                or as File. Where one is missing, the member is offered their own newest that fits.
        """

        def request(inputs: dict[str, Any]) -> Request:
            written_by = None if author == reply.asker.user else author
            return task.request(
                inputs, model=model, adult=reply.adult, asker=reply.asker, address=reply.address, author=written_by
            )

        if not self._is_first(reply):
            return
        missing = {
            name: kind for name, kind in task.media.items() if values.get(name) is None and name not in task.optional
        }
        try:
            self._check_may_read(author, reply.asker)
            # What can be refused before the attachments are here, is.
            self.gate.check(reply.asker, task)
            given = {name: self._announced(task, name, value) for name, value in values.items()}
            request(given | {name: File(name, b"") for name in missing})
        except Refusal as refusal:
            await reply.refuse(cards.refused(task, refusal).view)
            return
        if missing:
            await self._offer(reply, task, model, values, missing)
            return

        async def complete() -> Request:
            return request(
                {
                    name: await fetched(value) if isinstance(value, discord.Attachment) else value
                    for name, value in values.items()
                }
            )

        await self.serving.serve(reply, task, complete)

    def _announced(self, task: Task, name: str, value: Any) -> Any:
        return announced(task, name, value, self.limits) if isinstance(value, discord.Attachment) else value

    async def _offer(
        self, reply: NewReply, task: Task, model: str | None, values: Mapping[str, Any], missing: Mapping[str, Kind]
    ) -> None:
        await reply.acknowledge()
        try:
            found = fill(missing, await reply.own_attachments())
        except Refusal as refusal:
            await reply.show(cards.refused(task, refusal).view)
            return
        offer = Offer(reply.asker, task, model, {**values, **found}, is_private(reply.address))
        await reply.show(offer_card(task, found, self.offers.keep(offer)).view)

    async def repeat(self, reply: NewReply, request: Request, *, real: bool = False) -> None:
        """Do again what was asked before, for whoever asks in `reply`; if `real`, by no starter model."""
        wrote = request.author or (request.asker.user if request.asker else None)
        author = None if wrote == reply.asker.user else wrote
        try:
            self._check_may_read(author, reply.asker)
        except Refusal as refusal:
            await reply.refuse(cards.refused(None, refusal).view)
            return

        async def same() -> Request:
            asked = request.task, request.inputs, request.options, request.model
            return Request(
                *asked,
                real=real or request.real,
                adult=reply.adult,
                asker=reply.asker,
                address=reply.address,
                author=author,
            )

        if not self._is_first(reply):
            return
        task = find(request.task)
        try:
            self.gate.check(reply.asker, task)
        except Refusal as refusal:
            await reply.refuse(cards.refused(task, refusal).view)
        else:
            await self.serving.serve(reply, task, same)

    def _check_may_read(self, author: int | None, reader: Asker) -> None:
        if author is not None and not self.storage.members.may_read(author, by=reader.user):
            raise NOT_THEIRS

    async def hand_over(self, reply: NewReply, request_id: str) -> None:
        """Show in `reply`, which is private, an answer that could go nowhere else."""
        await self.serving.hand_over(reply, request_id)

    def _is_first(self, reply: NewReply) -> bool:
        """Whether this was not seen before: Discord may deliver an event twice."""
        first = reply.address not in self._seen
        self._seen[reply.address] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return first

    @property
    def keepers(self) -> tuple[Keeper, ...]:
        """Whoever holds something of members or servers. What is under way comes first, for it ends in the others."""
        cogs = [cog for cog in self.cogs.values() if isinstance(cog, Cog)]
        return self.under_way, self.recent, self.offers, *self.storage.keepers, *cogs

    async def forget_member(self, user: int) -> None:
        """Delete all that is held of a member. Unwritable where it can't be."""
        for keeper in self.keepers:
            await keeper.forget_member(user)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """A server removed the bot, or is gone. (One that Discord can't reach is a `guild_unavailable`.)"""
        for keeper in self.keepers:
            try:
                await keeper.forget_server(guild.id)
            except Unwritable:
                log.error("not all that is kept of server %d could be deleted", guild.id)  # noqa: TRY400 - see bot.logs

    async def on_message(self, _message: discord.Message) -> None:
        """Nothing: discord.py would look for a command behind a mention, and log what it found instead."""

    async def on_error(self, _event: str, /, *_args: Any, **_kwargs: Any) -> None:
        error = sys.exception()
        assert error is not None
        record_defect(error)

    def models_for(self, task: Task, *, adult: bool = True) -> list[str]:
        """Models worth naming for `task`, from memory: what it uses anyway, and what was used for it lately.

        Not `adult`: without those that answer only where adults only are.
        """
        snapshot = self.worker.snapshot()
        usual = snapshot.models.get(task.name) or task.models.each()[0].id
        names = dict.fromkeys([usual, *self.recent.models(task.name)])
        return [name for name in names if adult or name not in snapshot.adult_models]


def invite_url(client: discord.Client) -> str:
    """The link that adds the bot to a server. `client` is logged in."""
    assert client.application_id is not None
    return discord.utils.oauth_url(
        client.application_id, permissions=PERMISSIONS, scopes=("bot", "applications.commands")
    )


class _Tree(app_commands.CommandTree[PipelineBot]):
    async def interaction_check(self, interaction: discord.Interaction[PipelineBot], /) -> bool:
        """Not while the bot is leaving: discord.py takes the commands away before the gateway."""
        stopped = interaction.client.serving.stopped
        if stopped and interaction.type is not discord.InteractionType.autocomplete:
            with suppress(discord.HTTPException, aiohttp.ClientError, RuntimeError):
                await InteractionReply(interaction).refuse(cards.refused(None, RESTARTING).view)
        return not stopped

    async def on_error(
        self, interaction: discord.Interaction[PipelineBot], error: app_commands.AppCommandError, /
    ) -> None:
        """Whatever left a command as an exception: logged without what was written, and said to the member.

        Order: where Discord can't be reached, or an interaction was answered too late, it can't be told anything; all
        else is a defect.
        """
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if interaction.client.is_closed() or isinstance(cause, discord.DiscordServerError | aiohttp.ClientError):
            log.warning("an interaction could not be answered (%s)", type(cause).__name__)
            return
        if isinstance(cause, discord.NotFound) and cause.code == 10062:
            late = (discord.utils.utcnow() - interaction.created_at).total_seconds()
            log.warning("an interaction was answered too late, after %.1f s", late)
            return
        card = cards.broken(record_defect(cause)).view
        if interaction.response.is_done():
            await interaction.edit_original_response(view=card, attachments=(), allowed_mentions=NO_MENTIONS)
        else:
            await InteractionReply(interaction).refuse(card)
