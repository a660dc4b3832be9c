from pathlib import Path

import pytest
import torch

from bot.errors import HostError
from bot.worker.device import choose_device, nvidia_gpu


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose NVIDIA driver answers, with a torch build that can't use it."""
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'NVIDIA Test 4090'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any GPU."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.usefixtures("bare")
def test_auto_without_a_gpu_takes_the_cpu_quietly() -> None:
    device = choose_device("auto")
    assert device.name == "cpu"
    assert device.warning is None


@pytest.mark.usefixtures("driver")
def test_a_gpu_that_torch_cannot_use_is_a_loud_warning() -> None:
    assert nvidia_gpu() == "NVIDIA Test 4090"
    warning = choose_device("auto").warning
    assert warning is not None
    assert "NVIDIA Test 4090 STANDS IDLE" in warning
    assert "make clean install TORCH=cuda" in warning


@pytest.mark.usefixtures("driver")
def test_a_cpu_that_was_asked_for_needs_no_warning() -> None:
    assert choose_device("cpu").warning is None


@pytest.mark.usefixtures("driver")
def test_cuda_with_the_wrong_build_names_the_remedy() -> None:
    with pytest.raises(HostError, match="make clean install TORCH=cuda") as error:
        choose_device("cuda")
    assert error.value.code == HostError.CONFIG


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(("wanted", "remedy"), [("cuda", "check `nvidia-smi`"), ("mps", "set DEVICE=auto")])
def test_a_device_that_is_not_there_names_the_remedy(wanted: str, remedy: str) -> None:
    with pytest.raises(HostError, match=remedy):
        choose_device(wanted)


@pytest.mark.usefixtures("bare")
def test_auto_prefers_cuda_then_mps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device("auto").name == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    properties = type("Properties", (), {"name": "GPU", "total_memory": 24 * 2**30})
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: properties)
    device = choose_device("auto")
    assert (device.name, device.description) == ("cuda", "GPU, 24 GiB")
