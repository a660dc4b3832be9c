"""Poison: a forward pass that kills the process, as a library that crashes would, or a system out of memory."""

import functools
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

_MODULE = "transformers.models.bert.modeling_bert"


def lay(where: Path) -> None:
    """From now on every forward pass of this process is deadly while there is a file at `where`.

    Called before torch is there: importing it here would slow down every process, and be another start than the bot's.
    """
    sys.meta_path.insert(0, _Finder(where))


class _Finder:
    """Finds transformers' module as Python would, and changes it once it is imported."""

    def __init__(self, where: Path) -> None:
        self._where = where

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.loader is not None
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            forward = module.BertLayer.forward

            @functools.wraps(forward)
            def deadly(*args: Any, **kwargs: Any) -> Any:
                if self._where.exists():
                    os.kill(os.getpid(), signal.SIGKILL)
                return forward(*args, **kwargs)

            module.BertLayer.forward = deadly

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
