"""A Hugging Face Hub on 127.0.0.1, for the real download code."""

import hashlib
import json
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any


@dataclass
class Repository:
    """`files` by name; `pace` seconds between two pieces of 64 KiB; `gated` needs a licence accepted.

    `cut`: of a file's answers so many bytes arrive, then the connection breaks. `numbers`: what the Hub read out of the
    headers of its weights, by number format.
    """

    files: dict[str, bytes]
    pace: float = 0.0
    gated: bool = False
    cut: int | None = None
    tags: tuple[str, ...] = ()
    numbers: dict[str, int] | None = None

    @property
    def sha(self) -> str:
        return hashlib.sha1(b"".join(self.files.values()), usedforsecurity=False).hexdigest()

    @classmethod
    def of(cls, folder: Path, **changes: Any) -> "Repository":
        return cls({path.name: path.read_bytes() for path in folder.iterdir()}, **changes)


@dataclass
class FakeHub:
    """Serves `repositories` by id. With `online` off it hangs up on everyone, as no network would.

    `ranges`: where each answer that held a part of a file began, by the file's path.
    """

    repositories: dict[str, Repository] = field(default_factory=dict)
    online: bool = True
    requests: list[str] = field(default_factory=list)
    ranges: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        hub = self

        class Handler(_Handler):
            fake = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def clear(self) -> None:
        self.repositories.clear()
        self.requests.clear()
        self.ranges.clear()
        self.online = True


class _Handler(BaseHTTPRequestHandler):
    fake: FakeHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        path = self.path.split("?")[0]
        self.fake.requests.append(path)
        if not self.fake.online:
            self.close_connection = True
            return
        repository_id = "/".join(path.removeprefix("/api/models").strip("/").split("/")[:2])
        repository = self.fake.repositories.get(repository_id)
        if repository is None:
            self._send(b'{"error": "Repository not found"}', status=404, headers={"X-Error-Code": "RepoNotFound"})
        elif repository.gated:
            self._send(b'{"error": "Access is restricted"}', status=403, headers={"X-Error-Code": "GatedRepo"})
        elif "/tree/" in path:
            self._send_json(
                [
                    {"type": "file", "path": name, "size": len(data), "oid": _digest(data), **_lfs(name, data, "oid")}
                    for name, data in repository.files.items()
                ]
            )
        elif path.startswith("/api/models/"):
            self._send_json(_info(repository_id, repository))
        else:
            self._send_file(repository, path.split("/resolve/")[1].split("/", 1)[1], with_body=with_body)

    def _send_file(self, repository: Repository, name: str, *, with_body: bool) -> None:
        data = repository.files.get(name)
        if data is None:
            self._send(b"", status=404, headers={"X-Error-Code": "EntryNotFound", "X-Repo-Commit": repository.sha})
            return
        etag = hashlib.sha256(data).hexdigest() if name.endswith(_LARGE) else _digest(data)
        headers = {"ETag": f'"{etag}"', "X-Repo-Commit": repository.sha, "Accept-Ranges": "bytes"}
        status = 200
        if wanted := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")):
            begin, status = int(wanted[1]), 206
            headers["Content-Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
            self.fake.ranges.append((self.path.split("?")[0], begin))
            data = data[begin:]
        self._send(data, status=status, with_body=with_body, pace=repository.pace, cut=repository.cut, headers=headers)

    def _send_json(self, value: object) -> None:
        self._send(json.dumps(value).encode())

    def _send(
        self,
        data: bytes,
        *,
        status: int = 200,
        headers: Mapping[str, str] = MappingProxyType({}),
        with_body: bool = True,
        pace: float = 0.0,
        cut: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in ("Content-Type", "application/json"), ("Content-Length", str(len(data))), *headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not with_body:
            return
        try:
            for start in range(0, len(data[:cut]), 1 << 16):
                self.wfile.write(data[:cut][start : start + (1 << 16)])
                time.sleep(pace)
            self.close_connection = cut is not None
        except ConnectionError:  # Whoever asked has gone, as a cancelled download does.
            self.close_connection = True


def _info(repository_id: str, repository: Repository) -> dict[str, Any]:
    config, numbers = json.loads(repository.files.get("config.json", b"{}")), repository.numbers
    return {
        "id": repository_id,
        "modelId": repository_id,
        "sha": repository.sha,
        "private": False,
        "tags": list(repository.tags),
        **({"safetensors": {"parameters": numbers, "total": sum(numbers.values())}} if numbers else {}),
        "config": {key: config[key] for key in ("architectures", "model_type") if key in config},
        "siblings": [
            {"rfilename": name, "size": len(data), **_lfs(name, data, "sha256")}
            for name, data in repository.files.items()
        ],
    }


_LARGE = (".safetensors", ".bin")
"""How the names of files end that the Hub keeps in Git LFS."""


def _lfs(name: str, data: bytes, digest: str) -> dict[str, Any]:
    about = {digest: hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
    return {"lfs": about} if name.endswith(_LARGE) else {}


def _digest(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
