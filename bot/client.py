"""PipelineBot: the gateway client, and the one door that every command, menu and button goes through."""

import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import Refusal, record_defect
from bot.gate import Gate
from bot.media.limits import Limits
from bot.replies import cards
from bot.replies.about import QueueCancelButton
from bot.replies.attachments import announced, fetched
from bot.replies.buttons import BUTTONS
from bot.replies.offers import LeaveButton, Offer, Offers, UseButton, fill, offer_card
from bot.replies.progress import CancelButton, UnderWay, follow
from bot.replies.recent import KEPT_FOR, Recent
from bot.replies.reply import NO_MENTIONS, InteractionReply, Reply, is_private
from bot.request import File, Request
from bot.rules import HostRules
from bot.storage.storage import Storage
from bot.tasks import Kind, Task, find
from bot.worker.door import Done, Event, Failed, Worker

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
)

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
    """

    def __init__(
        self,
        worker: Worker,
        storage: Storage,
        *,
        commands_record: Path | None,
        limits: Limits | None = None,
        rules: HostRules | None = None,
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
        self.recent = Recent()
        self.offers = Offers()
        self.limits = limits or Limits()
        self.gate = Gate(rules or HostRules(), storage.servers, storage.usage)
        self._commands_record = commands_record

    async def setup_hook(self) -> None:
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

    async def answer(self, reply: Reply, task: Task, *, model: str | None = None, **values: Any) -> None:
        """Do `task` and show it in `reply`: the whole way of a request.

        Args:
            model: a member's own choice; None or blank for the default.
            values: the task's inputs and options, by name; None where they were left out. Files as discord.Attachment
                or as File. Where one is missing, the member is offered their own newest that fits.
        """

        def request(inputs: dict[str, Any]) -> Request:
            return task.request(inputs, model=model, asker=reply.asker, address=reply.address)

        missing = {
            name: kind for name, kind in task.media.items() if values.get(name) is None and name not in task.optional
        }
        try:
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

        with self.gate.count(reply.asker):
            await self._serve(reply, task, complete)

    def _announced(self, task: Task, name: str, value: Any) -> Any:
        return announced(task, name, value, self.limits) if isinstance(value, discord.Attachment) else value

    async def _offer(
        self, reply: Reply, task: Task, model: str | None, values: Mapping[str, Any], missing: Mapping[str, Kind]
    ) -> None:
        await reply.acknowledge()
        try:
            found = fill(missing, await reply.own_attachments())
        except Refusal as refusal:
            await reply.show(cards.refused(task, refusal).view)
            return
        offer = Offer(reply.asker.user, task, model, {**values, **found}, is_private(reply.address))
        await reply.show(offer_card(task, found, self.offers.keep(offer)).view)

    async def repeat(self, reply: Reply, request: Request, *, real: bool = False) -> None:
        """Do again what was asked before, for whoever asks in `reply`; if `real`, by no starter model."""

        async def same() -> Request:
            asked = request.task, request.inputs, request.options, request.model
            return Request(*asked, real=real or request.real, asker=reply.asker, address=reply.address)

        task = find(request.task)
        try:
            self.gate.check(reply.asker, task)
        except Refusal as refusal:
            await reply.refuse(cards.refused(task, refusal).view)
            return
        with self.gate.count(reply.asker):
            await self._serve(reply, task, same)

    async def _serve(self, reply: Reply, task: Task, make: Callable[[], Awaitable[Request]]) -> None:
        await reply.acknowledge()
        try:
            await self._carry_out(reply, task, await make())
        except Refusal as refusal:
            await reply.show(cards.refused(task, refusal).view)
        except Exception as error:  # noqa: BLE001
            # The last resort: whatever it was, the member isn't left with a spinner.
            await reply.show(cards.broken(record_defect(error)).view)

    async def _carry_out(self, reply: Reply, task: Task, request: Request) -> None:
        def seen(event: Event) -> None:
            self.under_way.saw(request, event)
            if isinstance(event, Done | Failed):
                spent = event.source.seconds if isinstance(event, Done) else event.seconds
                self.gate.count_seconds(request.asker, spent)
            if isinstance(event, Done):
                self.recent.keep(request, event)
                self.loop.call_later(KEPT_FOR + 1, self.recent.forget_old)

        await self.storage.journal.add(request)
        try:
            run = self.worker.submit(request)
            self.under_way.add(request, run)
            await follow(reply, task, request, run, seen)
        finally:
            self.under_way.discard(request)
            self.storage.journal.strike(request)

    def models_for(self, task: Task) -> list[str]:
        """Models worth naming for `task`, from memory: what it uses anyway, and what was used for it lately."""
        usual = self.worker.snapshot().models.get(task.name) or task.models.each()[0].id
        return list(dict.fromkeys([usual, *self.recent.models(task.name)]))


def invite_url(client: discord.Client) -> str:
    """The link that adds the bot to a server. `client` is logged in."""
    assert client.application_id is not None
    return discord.utils.oauth_url(
        client.application_id, permissions=PERMISSIONS, scopes=("bot", "applications.commands")
    )


class _Tree(app_commands.CommandTree[PipelineBot]):
    async def on_error(
        self, interaction: discord.Interaction[PipelineBot], error: app_commands.AppCommandError, /
    ) -> None:
        """Whatever left a command as an exception: logged without what was written, and said to the member.

        Order: an interaction that was answered too late is only logged, for it can't be told anything; all else is a
        defect.
        """
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if isinstance(cause, discord.NotFound) and cause.code == 10062:
            late = (discord.utils.utcnow() - interaction.created_at).total_seconds()
            log.warning("an interaction was answered too late, after %.1f s", late)
            return
        card = cards.broken(record_defect(cause)).view
        if interaction.response.is_done():
            await interaction.edit_original_response(view=card, attachments=(), allowed_mentions=NO_MENTIONS)
        else:
            await InteractionReply(interaction).refuse(card)
