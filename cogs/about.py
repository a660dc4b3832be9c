"""Commands about the bot itself. Their answers come from memory, for the one who asks."""

import asyncio

from discord import Interaction, app_commands
from discord.app_commands import Choice

from bot.client import PipelineBot
from bot.cog import StatelessCog
from bot.errors import Refusal
from bot.replies import about, cards, stats
from bot.replies.reply import InteractionReply
from bot.replies.usage import usage_card
from bot.tasks import TASKS, Task, find
from cogs.parameters import MOST_CHOICES


class About(StatelessCog):
    async def cog_load(self) -> None:
        self.bot.add_dynamic_items(about.GroupButton)

    @app_commands.command(name="help", description="What I can do, with examples to try")
    @app_commands.describe(topic="One of my commands")
    async def show_help(self, interaction: Interaction[PipelineBot], topic: str | None = None) -> None:
        reply = InteractionReply(interaction)
        try:
            card = self._help() if topic is None else self._help_for(find(topic))
        except Refusal as refusal:
            card = cards.refused(None, refusal)
        await reply.tell(card)

    def _help(self) -> cards.Card:
        return about.help_card(starters=self.bot.worker.snapshot().starters)

    def _help_for(self, task: Task) -> cards.Card:
        return about.task_help_card(task, next(iter(self.bot.models_for(task)), None), self.bot.limits)

    @show_help.autocomplete("topic")
    async def _topics(self, _interaction: Interaction[PipelineBot], typed: str) -> list[Choice[str]]:
        wanted = typed.lower().removeprefix("/")
        fitting = (task for task in TASKS if wanted in f"{task.command} {task.name} {task.summary}".lower())
        return [Choice(name=f"/{task.command}: {task.summary}"[:100], value=task.command) for task in fitting][
            :MOST_CHOICES
        ]

    @app_commands.command(description="What you have waiting or running, and how to cancel it")
    async def queue(self, interaction: Interaction[PipelineBot]) -> None:
        mine = self.bot.under_way.of(interaction.user.id)
        await InteractionReply(interaction).tell(about.queue_card(mine, self.bot.worker.snapshot()))

    @app_commands.command(description="How much you have used of what you may, and when it renews")
    async def usage(self, interaction: Interaction[PipelineBot]) -> None:
        reply = InteractionReply(interaction)
        manages = interaction.permissions.manage_guild
        await reply.tell(usage_card(self.bot.gate, reply.asker, manages=manages))

    @app_commands.command(name="stats", description="How busy I am: queue, waits, batches, memory")
    async def show_stats(self, interaction: Interaction[PipelineBot]) -> None:
        reply = InteractionReply(interaction, private=True)
        await reply.acknowledge()
        card = await asyncio.to_thread(stats.stats_card, self.bot.worker.snapshot(), self.bot.serving.perhaps_twice)
        await reply.show(card.view, card.files)


async def setup(bot: PipelineBot) -> None:
    """Add the commands about the bot."""
    await bot.add_cog(About(bot))
