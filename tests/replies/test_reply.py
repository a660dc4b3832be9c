from typing import Any, cast

import discord
import pytest

from bot.replies.reply import is_for_adults


def channel(cls: Any, **of: Any) -> Any:
    made = cls.__new__(cls)
    for name, value in of.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    "kind", [discord.TextChannel, discord.VoiceChannel, discord.StageChannel, discord.ForumChannel]
)
@pytest.mark.parametrize("restricted", [True, False])
def test_a_channel_says_whether_it_is_age_restricted(kind: type, restricted: bool) -> None:
    assert is_for_adults(channel(kind, nsfw=restricted)) is restricted


@pytest.mark.parametrize("restricted", [True, False])
def test_a_thread_is_as_its_parent(restricted: bool) -> None:
    class Guild:
        def get_channel(self, number: int) -> Any:
            return channel(discord.TextChannel, nsfw=restricted) if number == 7 else None

    thread = channel(discord.Thread, guild=cast(discord.Guild, Guild()), parent_id=7)
    assert is_for_adults(thread) is restricted
    thread.parent_id = 8
    assert not is_for_adults(thread), "whose parent isn't known"


@pytest.mark.parametrize("kind", [discord.DMChannel, discord.GroupChannel, discord.PartialMessageable, None])
def test_everything_else_is_not(kind: Any) -> None:
    assert not is_for_adults(kind and channel(kind))
