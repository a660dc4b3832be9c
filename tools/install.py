"""Fill this environment with what the project is pinned to. Run by `make`, with the environment's own Python.

Usage: install.py [--dev]     (environment: TORCH=auto|cpu|cuda, EXTRAS=vision)

torch comes first and by itself, because a plain `pip install torch` takes whatever build the index lists: on Linux the
CUDA one, several gigabytes, also where there is no GPU. After it, nothing asks for another torch. torchvision, for
those who want it, has to be of the same build.
"""

import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TORCH, TORCHVISION = "2.13.0", "0.28.0"
EXTRAS = {"vision"}
CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - this runs before pip could say so
        sys.exit(f"Python 3.11 or newer is needed; this is {platform.python_version()}. Try: make PYTHON=python3.12")
    wanted = os.environ.get("TORCH") or "auto"
    if wanted not in {"auto", "cpu", "cuda"}:
        sys.exit(f"TORCH is auto, cpu or cuda, not {wanted!r}.")
    extras = set(filter(None, os.environ.get("EXTRAS", "").split(",")))
    if extras - EXTRAS:
        sys.exit(f"EXTRAS is {', '.join(sorted(EXTRAS))}, not {os.environ['EXTRAS']!r}.")
    build = choose_build() if wanted == "auto" else wanted
    install("torch", TORCH, build)
    if "vision" in extras:
        install("torchvision", TORCHVISION, build)
    if "--dev" in sys.argv:
        extras.add("dev")
    project = f"{ROOT}[{','.join(sorted(extras))}]" if extras else str(ROOT)
    pip("--constraint", str(ROOT / "constraints.txt"), "--editable", project)


def choose_build() -> str:
    """`cuda` where an NVIDIA driver answers on Linux or Windows, else `cpu`."""
    tool = shutil.which("nvidia-smi")
    if sys.platform == "darwin" or tool is None:
        return "cpu"
    return "cuda" if subprocess.run([tool, "-L"], capture_output=True, check=False).returncode == 0 else "cpu"  # noqa: S603


def install(package: str, wanted: str, build: str) -> None:
    """Install `package`, torch or what belongs to it, in the `wanted` version as `build`, unless that is there."""
    try:
        present = version(package)
    except PackageNotFoundError:
        present = ""
    if present.split("+")[0] == wanted and (present.endswith("+cpu") == (build == "cpu") or sys.platform == "darwin"):
        return
    print(f"Installing {package} {wanted} ({build})", flush=True)
    if build == "cpu" and sys.platform == "linux":
        # Only PyTorch's own index has "+cpu" builds. Naming one means that no other can come in its place.
        index = ("--extra-index-url", CPU_INDEX, "--retries", "2", "--timeout", "30")
        pip(*index, "--no-deps", f"{package}=={wanted}+cpu")
    else:
        pip("--force-reinstall", "--no-deps", f"{package}=={wanted}")


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, check=False)  # noqa: S603
    if done.returncode != 0:
        sys.exit(f"pip failed. What it was asked: {' '.join(command)}")


if __name__ == "__main__":
    main()
