"""Discord's voice messages, which discord.py can receive and not send."""

import base64
import json
from typing import Any

import discord
from discord.http import Route

from bot.replies.rendered import Voice

_EPHEMERAL, _VOICE = 1 << 6, 1 << 13


async def send_voice(client: discord.Client, application: int, token: str, voice: Voice, private: bool) -> None:
    """Send `voice` as a follow-up to the interaction of `token`. Raises discord.HTTPException.

    A voice message has this one file, with a type of its own, and nothing else beside it.
    """
    payload: dict[str, Any] = {
        "flags": _VOICE | (_EPHEMERAL if private else 0),
        "allowed_mentions": {"parse": []},
        "attachments": [
            {
                "id": "0",
                "filename": "voice-message.ogg",
                "duration_secs": round(voice.seconds, 2),
                "waveform": base64.b64encode(voice.waveform).decode(),
            }
        ],
    }
    form: list[dict[str, Any]] = [
        {"name": "payload_json", "value": json.dumps(payload)},
        {"name": "files[0]", "value": voice.ogg, "filename": "voice-message.ogg", "content_type": "audio/ogg"},
    ]
    route = Route("POST", "/webhooks/{webhook_id}/{webhook_token}", webhook_id=application, webhook_token=token)
    await client.http.request(route, form=form)
