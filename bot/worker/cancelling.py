"""Breaking off a forward pass between two layers."""

import threading
from typing import Any

import torch

from bot.errors import Cancelled


class Brake:
    """Stops a model's forward pass, from another thread, before its next layer.

    Made once per loaded model: a hook on the model and on every member of its layer lists looks at the flag of the
    pass that is under way.
    """

    def __init__(self, model: torch.nn.Module) -> None:
        self._flag: threading.Event | None = None
        layers = (layer for part in model.modules() if isinstance(part, torch.nn.ModuleList) for layer in part)
        for module in (model, *layers):
            module.register_forward_pre_hook(self._look)

    def arm(self, flag: threading.Event | None) -> None:
        """`flag` stops the passes from here on, until the next call."""
        self._flag = flag

    def _look(self, _module: torch.nn.Module, _args: Any) -> None:
        if self._flag is not None and self._flag.is_set():
            raise Cancelled
