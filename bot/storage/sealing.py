"""Seal: what members wrote, and the tokens that reach them, are encrypted before they are written down."""

import base64
import binascii
import logging
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import HostError

log = logging.getLogger(__name__)

KEY_BYTES, NONCE_BYTES = 32, 12
"""AES-256 in Galois/Counter Mode with random nonces: good for 2^32 messages a key (NIST SP 800-38D, 8.3)."""


class Unreadable(Exception):
    """It was sealed with another key, for something else, or isn't whole."""


class Seal:
    """Encrypts and authenticates with `key`, which has `KEY_BYTES`."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, data: bytes, about: str) -> bytes:
        """`data`, sealed; it opens again only as being `about` the same."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """What was sealed. Unreadable where it can't be."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError) as error:
            raise Unreadable from error


def new_key() -> bytes:
    return AESGCM.generate_key(8 * KEY_BYTES)


def key_from(given: str) -> bytes:
    """The key that `given` writes in base64. HostError where it is none."""
    try:
        key = base64.b64decode(given, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise HostError(
            "DATA_KEY is 32 random bytes in base64. Make one with: openssl rand -base64 32", HostError.CONFIG
        )
    return key


def key_in(file: Path) -> bytes:
    """The key kept in `file`, which is made where there is none, for this account alone. HostError where it is none."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(file.name + ".new")
        draft.unlink(missing_ok=True)
        # Who dies halfway leaves no half of a key.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(new_key())
        draft.rename(file)
    if os.name == "posix" and file.stat().st_mode & 0o077:
        log.warning("%s could be read by other accounts of this machine: from now on by this one alone", file)
        file.chmod(0o600)
    key = file.read_bytes()
    if len(key) != KEY_BYTES:
        raise HostError(
            f"{file} holds no key. Put your copy of it back; or move it away, and requests that weren't answered yet "
            "are lost.",
            HostError.CONFIG,
        )
    return key
