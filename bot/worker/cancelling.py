"""Breaking off a forward pass between two layers."""

import time
from collections.abc import Callable
from typing import Any

import torch

from bot.errors import Cancelled


class Brake:
    """Stops a model's forward pass before its next layer.

    Made once per loaded model: a hook on the model and on every member of its layer lists asks whether the pass that is
    under way is still wanted.

    Attributes:
        beat: when the last layer began, by time.monotonic.
    """

    def __init__(self, model: torch.nn.Module) -> None:
        self._unwanted: Callable[[], bool] | None = None
        self.beat = time.monotonic()
        layers = (layer for part in model.modules() if isinstance(part, torch.nn.ModuleList) for layer in part)
        for module in (model, *layers):
            module.register_forward_pre_hook(self._look)

    def arm(self, unwanted: Callable[[], bool] | None) -> None:
        """Passes from here on, until the next call, stop with Cancelled once `unwanted` says so."""
        self.beat = time.monotonic()
        self._unwanted = unwanted

    def _look(self, _module: torch.nn.Module, _args: Any) -> None:
        self.beat = time.monotonic()
        if self._unwanted is not None and self._unwanted():
            raise Cancelled
