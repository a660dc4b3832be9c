"""Lock: what was settled about models that were fetched once, kept in the data folder."""

import json
import threading
from pathlib import Path
from typing import Any


class Lock:
    """`models.lock.json`: by name the revision that is used from then on; with `adult` where the Hub marks the model.

    Others write it too, as `pull` does while the bot runs, so it is read anew each time.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / "models.lock.json"
        self._writing = threading.Lock()

    def revisions(self) -> dict[str, str]:
        """By model."""
        return {model: _revision(entry) for model, entry in self._read().items()}

    def adult(self) -> frozenset[str]:
        """The models of which the Hub said that they aren't for all audiences."""
        return frozenset(model for model, entry in self._read().items() if isinstance(entry, dict))

    def settle(self, model: str, revision: str, *, adult: bool) -> None:
        """Keep `revision` unless one was settled before."""
        with self._writing:
            entries = self._read()
            settled = _revision(entries.get(model, revision))
            marked = adult or isinstance(entries.get(model), dict)
            entries[model] = {"revision": settled, "adult": True} if marked else settled
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_name(self._path.name + ".new")
            draft.write_text(json.dumps(dict(sorted(entries.items())), indent=2) + "\n")
            draft.replace(self._path)

    def _read(self) -> dict[str, Any]:
        try:
            entries = json.loads(self._path.read_text())
        except FileNotFoundError:
            return {}
        return entries if isinstance(entries, dict) else {}


def _revision(entry: Any) -> str:
    return str(entry["revision"] if isinstance(entry, dict) else entry)
