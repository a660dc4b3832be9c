"""Converting: from weights that are only published as a pickle to safetensors, once."""

import shutil
from pathlib import Path

from bot.errors import Refusal

PICKLES = ["pytorch_model*.bin"]
"""Downloaded too where a model of the host's has no safetensors; read as plain tensors, and converted once."""


def convert(model: str, folder: Path, target: Path) -> None:
    """Make `target`: what is in `folder`, with its weights as safetensors."""
    import pickle

    import torch
    from huggingface_hub import save_torch_state_dict

    draft = target.with_name(target.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    pickles = [path for pattern in PICKLES for path in folder.glob(pattern)]
    shutil.copytree(folder, draft, ignore=shutil.ignore_patterns(*PICKLES, "*.bin.index.json"))
    weights: dict[str, torch.Tensor] = {}
    try:
        for path in pickles:
            # Tensors only: anything else that a pickle could do is an error.
            weights |= torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError) as error:
        raise Refusal(f"The weights of {model} are broken, or more than weights. Try another model.") from error
    save_torch_state_dict(weights, draft)
    draft.rename(target)
