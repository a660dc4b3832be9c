import time
from collections.abc import Callable

import discord
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.replies.text import escaped, markdown, plain, quote
from tests.replies.reading import active, parts


@given(st.text(), st.integers(1, 400))
def test_one_line_of_bounded_length(text: str, most: int) -> None:
    shown = plain(text, most)
    assert "\n" not in shown
    assert len(discord.utils.remove_markdown(shown).replace("\u200b", "").replace("\\", "")) <= 2 * most


@given(st.text("@everyonh <&!#123>*_`~|[]()\\ \n-"))
def test_nothing_is_left_to_ping_or_link(text: str) -> None:
    shown = plain(text, 500)
    assert "@everyone" not in shown
    assert "@here" not in shown
    assert all(shown[n - 1] == "\\" for n, sign in enumerate(shown) if sign == "<")


def test_a_quote_is_one_line_whatever_was_written() -> None:
    assert quote("a\n\n# b\n> c") == "> a # b > c"
    assert len(quote("x" * 6000)) < 300


INVITES = (
    "discord.gg/abc",
    "https://discord.gg/abc",
    "HTTPS://DISCORD.GG/abc",
    "http://www.discord.gg/abc",
    "discord . gg / abc",
    "discord.gg//abc",
    "discord.gg\\abc",
    "discord\u200b.g\u2060g/abc",
    "discord\\.gg/abc",
    "https://discord\\.gg\\/abc",
    "discord%2Egg/abc",
    "https://%64iscord.gg%2Fabc",
    "ｄｉｓｃｏｒｄ．ｇｇ／ａｂｃ",
    "𝐝𝐢𝐬𝐜𝐨𝐫𝐝.𝐠𝐠/abc",
    "https://discord。gg/abc",
    "%EF%BD%84iscord.gg/abc",
    "dis**cord**.gg/abc",
    "||discord||.~~gg~~/abc",
    "https://discord.gg:443/abc",
    "https://discord.gg./abc",
    "https://somebody@discord.gg/abc",
    "https://https://discord.gg/abc",
    "discord.com/invite/abc",
    "https://ptb.discord.com/invite/abc",
    "https://discord.com/./api/../invite/abc",
    "https://discordapp.com/invite/abc",
    "dsc.gg/abc",
    "https://discord.gift/abc",
    "https://discord.com/oauth2/authorize?client_id=1",
    "discord.com/https://discord.gg/invite/abc",
)
LINKS = (
    "[free](https://evil.example)",
    "[free](<https://evil.example>)",
    '[free](https://evil.example "nothing to see")',
    "[free](\nhttps://evil.example\n)",
    "[https://good.example](https://evil.example)",
    "[a [b](https://evil.example) c](https://evil.example)",
    "[a\\](https://evil.example)",
    "\\\\[free](https://evil.example)",
    "[free\n](https://evil.example)",
    "[**free**](https:\\//evil.example)",
    "[]](https://evil.example)",
)
MENTIONS = (
    "@everyone",
    "\\@here",
    "<@123456789012345678>",
    "\\<@!1>",
    "<@&12>",
    "\\<#12>",
    "</go:1>",
    "<:a:1>",
    "<id:guide>",
)


@pytest.mark.parametrize("draw", [markdown, escaped])
@pytest.mark.parametrize("written", [*INVITES, *LINKS, *MENTIONS])
def test_nobody_is_pinged_invited_or_misled(draw: Callable[[str], str], written: str) -> None:
    for text in (written, f"Look: {written}!", f"**{written}", f"> {written}\n# {written}"):
        assert active(draw(text)) == []
    assert active(draw(f"`{written}`").replace("`", "")) == [], "in a line, code is defused too"


@pytest.mark.parametrize("written", [*INVITES[:-3], *LINKS, *MENTIONS])
def test_the_parser_of_this_test_would_notice(written: str) -> None:
    assert active(written) != []


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("join https://discord.gg/abc now", "join discord[.]gg/abc now"),
        ("discord . gg/abc", "discord[.]gg/abc"),
        ("https://ptb.discord.com/invite/abc", "ptb.discord[.]com/invite/abc"),
        ("[free](https://evil.example)", "[free] (https://evil.example)"),
        ("@everyone", "@\u200beveryone"),
    ],
)
def test_what_is_defused_can_still_be_read(written: str, shown: str) -> None:
    assert markdown(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "See https://example.org/a_b(c)?d=[e]#f and https://discord.com/developers/docs.",
        "I met her on Discord. GG everybody!",
        "**bold** _it_ ||spoiler|| `a[0]` # no heading\n> quote\n- list\n1. one <b> a@b.example",
        "```py\nhandlers[name](discord.gg/abc, '@everyone')\n```",
        "Some text:\n```\n[a](https://b.example) <@1> </div>\n```\nand more:\n```js\nx[0](1)\n```\n",
    ],
)
def test_all_else_stays_as_it_was_written(written: str) -> None:
    assert markdown(written) == written


EVIL = "[free](https://evil.example) discord.gg/abc @everyone"


@pytest.mark.parametrize(
    "written",
    [
        f"```\n{EVIL}",
        f"``` {EVIL}",
        f"```py\nx\n```\n{EVIL}",
        f"```py\nx\n``` ```\n{EVIL}\n```",
        f"``````\n{EVIL}\n```",
        f"```\n\n```\n{EVIL}\n```",
        f"````\n{EVIL}\n````",
        f"\\```\n{EVIL}\n```",
        f"`` ``` `` {EVIL} ```",
        f"`\n```\n` {EVIL}\n```",
        f"**\n```\n** {EVIL}\n```",
        f"||\n```\n|| {EVIL}\n```",
        f"_\n```\n_ {EVIL}\n```",
        f"~~a\n```\na~~ {EVIL}\n```",
        f"> ```\n{EVIL}\n```",
        f"# ```\n{EVIL}\n```",
        f"# \n```\n{EVIL}\n```",
        f"a\n- \n```\n{EVIL}\n```",
        f"https://a.example/```\n{EVIL}\n```",
        "[a\n```\nb](https://evil.example)\n```",
        "[a] b\n```\n[c] d](https://evil.example)\n```",
        f"```\na\n```\n**\n```\nb\n```\n```\n** {EVIL}\n```",
    ],
)
def test_no_code_block_ends_where_nobody_expects_it(written: str) -> None:
    assert active(markdown(written)) == []


def test_a_block_that_was_never_closed_is() -> None:
    assert markdown("So:\n```py\nprint(x[0](1))\n") == "So:\n```py\nprint(x[0](1))\n```"
    assert markdown("```\nx\n```\nDone.") == "```\nx\n```\nDone."


@pytest.mark.parametrize("draw", [markdown, escaped])
@pytest.mark.parametrize(
    "piece",
    ["[", "]", "](", "</", "http:", "https://a.", "discord.", "discord.com/", "```\nx\n```\n", "```a\n", "`", "%"],
)
def test_no_text_takes_long(draw: Callable[[str], str], piece: str) -> None:
    text = piece * (40_000 // len(piece))
    began = time.process_time()
    draw(text)
    assert time.process_time() - began < 3, "a tenth of a second, usually"


PIECES = st.sampled_from(
    [
        *(
            "```",
            "```py\n",
            "\n```\n",
            "``",
            "`",
            "\n",
            " ",
            "a",
            "\\",
            "[",
            "]",
            "(",
            ")",
            "](",
            "<",
            ">",
            "@",
            "/",
            ".gg/",
        ),
        *(
            "**",
            "*",
            "_",
            "__",
            "~~",
            "||",
            "> ",
            ">>> ",
            "# ",
            "- ",
            "discord",
            "https://",
            "evil.example",
            "%2E",
            "\u200b",
        ),
        *(
            "[free](https://evil.example)",
            "[a](",
            "](https://evil.example)",
            "discord.gg/abc",
            "https://discord.com/invite/a",
        ),
        *("@everyone", "<@1>", "<#1>", "x](https://evil.example)"),
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
@example("```\n" + EVIL)
def test_whatever_a_model_writes_is_defused(written: str) -> None:
    shown = markdown(written)
    assert active(shown) == []
    assert active(shown.strip()) == [], "as it is drawn"


@given(st.lists(PIECES, max_size=25).map("".join))
def test_whatever_a_member_wrote_is_text(written: str) -> None:
    shown = escaped(written)
    assert active(shown) == []
    assert all(name in {"plain", "escape", "address", "verbatim"} for name, _ in parts(shown))


@given(st.lists(PIECES, max_size=25).map("".join), st.integers(0, 200))
def test_the_beginning_of_a_long_text_is_defused_too(written: str, end: int) -> None:
    from bot.replies.split import Size, split

    shown = markdown(written)
    assert all(active(piece) == [] for piece in split(shown, Size(60 + end, 500))[:1])
