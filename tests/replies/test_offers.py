"""A command without its file: the member's own newest one is offered."""

import pytest
import simcord

from bot.replies import offers
from bot.samples import sample
from tests.conftest import Simulation, shown, until


async def post(simulation: Simulation, *names: str) -> None:
    for name in names:
        await simulation.ann.send(simulation.channel, attachments=[(name, sample(name).data)])


async def offered(simulation: Simulation, command: str, **options: object) -> simcord.ResponseMessage:
    result = await simulation.ann.slash(simulation.channel, command, **options)
    await until(lambda: "Use th" in shown(result))
    assert result.response is not None
    return result.response


async def test_the_newest_picture_is_offered_and_used_in_the_same_message(simulation: Simulation) -> None:
    await post(simulation, "street-later.jpg", "street.jpg", "voice.ogg")
    result = await simulation.ann.slash(simulation.channel, "image recognize")
    await until(lambda: "**Use this?** 📎 street.jpg" in shown(result))
    assert result.response is not None
    await simulation.ann.click(result.response, label="Use it")
    card = await simulation.answered(result)
    assert "> 📄 street.jpg" in card


async def test_of_two_pictures_the_first_comes_first(simulation: Simulation) -> None:
    await post(simulation, "street.jpg", "street-later.jpg")
    assert "**Use these?** 📎 street.jpg and 📎 street-later.jpg" in shown(await offered(simulation, "image compare"))


async def test_a_video_is_offered_for_its_sound(simulation: Simulation) -> None:
    await post(simulation, "clip.mp4", "shop.csv")
    assert "📎 clip.mp4" in shown(await offered(simulation, "transcribe"))
    assert "📎 shop.csv" in shown(await offered(simulation, "document table", question="What does the kettle cost?"))


@pytest.mark.parametrize("by", ["nobody", "bob"])
async def test_without_one_of_their_own_the_member_is_told_the_ways(simulation: Simulation, by: str) -> None:
    if by == "bob":
        await simulation.bob.send(simulation.channel, attachments=[("street.jpg", sample("street.jpg").data)])
    result = await simulation.ann.slash(simulation.channel, "image describe")
    await until(lambda: "Give me a picture as “image”" in shown(result))
    assert "right-click" in shown(result)


async def test_what_else_is_wrong_is_said_first(simulation: Simulation) -> None:
    result = await simulation.ann.slash(simulation.channel, "image classify", labels="one")
    assert "at least two different labels" in shown(result)


async def test_only_who_asked_may_say_yes_and_once(simulation: Simulation) -> None:
    await post(simulation, "street.jpg")
    offer = await offered(simulation, "image recognize")
    assert "Only the member who asked" in str((await simulation.bob.click(offer, label="Use it")).response)
    await simulation.ann.click(offer, label="Cancel")
    await until(lambda: "attach another as “image”, with /image recognize" in shown(offer))


async def test_a_private_answer_stays_private(simulation: Simulation) -> None:
    await post(simulation, "street.jpg")
    offer = await offered(simulation, "image recognize", private=True)
    assert offer.ephemeral
    await simulation.ann.click(offer, label="Use it")
    await until(lambda: "Share" in shown(offer))


async def test_an_offer_is_forgotten(simulation: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    await post(simulation, "street.jpg")
    offer = await offered(simulation, "image recognize")
    monkeypatch.setattr(offers, "KEPT_FOR", -1.0)
    assert "I don't have that request any more" in shown(await simulation.ann.click(offer, label="Use it"))
