"""A Hugging Face Hub on 127.0.0.1, for the real download code."""

import hashlib
import json
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
    """`files` by name; `pace` seconds between two pieces of 64 KiB; `gated` needs a licence accepted."""

    files: dict[str, bytes]
    pace: float = 0.0
    gated: bool = False

    @property
    def sha(self) -> str:
        return hashlib.sha1(b"".join(self.files.values()), usedforsecurity=False).hexdigest()

    @classmethod
    def of(cls, folder: Path, **changes: Any) -> "Repository":
        return cls({path.name: path.read_bytes() for path in folder.iterdir()}, **changes)


@dataclass
class FakeHub:
    """Serves `repositories` by id. With `online` off it hangs up on everyone, as no network would."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    online: bool = True
    requests: list[str] = field(default_factory=list)

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
                    {"type": "file", "path": name, "size": len(data), "oid": _digest(data)}
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
        headers = {"ETag": f'"{_digest(data)}"', "X-Repo-Commit": repository.sha, "Accept-Ranges": "bytes"}
        self._send(data, with_body=with_body, pace=repository.pace, headers=headers)

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
    ) -> None:
        self.send_response(status)
        for name, value in ("Content-Type", "application/json"), ("Content-Length", str(len(data))), *headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not with_body:
            return
        try:
            for start in range(0, len(data), 1 << 16):
                self.wfile.write(data[start : start + (1 << 16)])
                time.sleep(pace)
        except ConnectionError:  # Whoever asked has gone, as a cancelled download does.
            self.close_connection = True


def _info(repository_id: str, repository: Repository) -> dict[str, Any]:
    config = json.loads(repository.files.get("config.json", b"{}"))
    return {
        "id": repository_id,
        "modelId": repository_id,
        "sha": repository.sha,
        "private": False,
        "tags": [],
        "config": {key: config[key] for key in ("architectures", "model_type") if key in config},
        "siblings": [{"rfilename": name, "size": len(data)} for name, data in repository.files.items()],
    }


def _digest(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
