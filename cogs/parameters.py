"""Parameters that several commands have, with what is offered while a member types. All of it from memory."""

from typing import Any

from discord import Interaction, app_commands
from discord.app_commands import Choice, Range, Transform, Transformer

from bot.client import PipelineBot
from bot.replies.reply import is_for_adults
from bot.tasks import find
from bot.tasks.audio import SPOKEN
from bot.tasks.languages import matching_languages
from bot.tasks.translation import BROAD, languages_from, languages_to

MOST_CHOICES = 25
"""Discord's limit."""

PromptText = Range[str, 1, 6000]
"""Discord's own bounds for what is typed into a command."""

LabelText = Range[str, 1, 6000]
QuestionText = Range[str, 1, 500]

COMMON = {"model": "Another model, by its name on the Hub", "private": "Only you see the answer"}
"""What every command that answers has beside its own parameters, as Discord describes it."""

PICTURE = "The picture; left out: your newest that I can see"
RECORDING = "The recording, or a video; left out: your newest that I can see"


class _Model(Transformer):
    async def transform(self, _interaction: Interaction[Any], value: str, /) -> str:
        return value

    async def autocomplete(  # type: ignore[override]  # of the client's type
        self, interaction: Interaction[PipelineBot], value: str, /
    ) -> list[Choice[str]]:
        assert isinstance(interaction.command, app_commands.Command)
        adult = is_for_adults(interaction.channel)
        names = interaction.client.models_for(find(interaction.command.qualified_name), adult=adult)
        return [Choice(name=name, value=name) for name in names if value.lower() in name.lower() and len(name) <= 100][
            :MOST_CHOICES
        ]


class _Language(Transformer):
    """`to` and `from` depend on each other, and on the model."""

    async def transform(self, _interaction: Interaction[Any], value: str, /) -> str:
        return value

    async def autocomplete(  # type: ignore[override]  # of the client's type
        self, interaction: Interaction[PipelineBot], value: str, /
    ) -> list[Choice[str]]:
        locale = str(interaction.locale)
        found = matching_languages(value, self.offered(interaction), locale)
        return [Choice(name=name[:100], value=code) for code, name in found[:MOST_CHOICES]]

    def offered(self, interaction: Interaction[PipelineBot]) -> frozenset[str]:
        raise NotImplementedError


class _To(_Language):
    def offered(self, interaction: Interaction[PipelineBot]) -> frozenset[str]:
        return languages_to(_model(interaction), _other(interaction, "from"))


class _From(_Language):
    def offered(self, interaction: Interaction[PipelineBot]) -> frozenset[str]:
        return languages_from(_model(interaction), _other(interaction, "to"))


class _Spoken(_Language):
    """What recordings may be in. Only Whisper is told; others know their own language."""

    async def autocomplete(  # type: ignore[override]  # of the client's type
        self, interaction: Interaction[PipelineBot], value: str, /
    ) -> list[Choice[str]]:
        auto = [Choice(name="Let the model find out", value="auto")] if "auto".startswith(value.lower()) else []
        return [*auto, *await super().autocomplete(interaction, value)][:MOST_CHOICES]

    def offered(self, _interaction: Interaction[PipelineBot]) -> frozenset[str]:
        return SPOKEN


def expected_language(interaction: Interaction[Any]) -> str:
    """A member's own language as a guess at what they listen to."""
    return f"{interaction.locale}?"


def _model(interaction: Interaction[PipelineBot]) -> str | None:
    usual = interaction.client.worker.snapshot().models.get("translation")
    return interaction.namespace.model or (None if usual == BROAD.id else usual)


def _other(interaction: Interaction[PipelineBot], name: str) -> str | None:
    """The other language, where it was chosen from the list and not typed halfway."""
    other = getattr(interaction.namespace, name)
    return other if other in languages_to(None, None) else None


ModelName = Transform[str, _Model]
ToLanguage = Transform[str, _To]
FromLanguage = Transform[str, _From]
SpokenLanguage = Transform[str, _Spoken]
