"""Plays scenarios, prints what came of them as JSON, and ends with 1 if a claim doesn't hold.

python -m tests.chaos                    all but the medley, which is for `make test`
python -m tests.chaos kill --seed 3      one, or some
python -m tests.chaos --short medley     in short
"""

import argparse
import json
import sys
import time
from pathlib import Path

from transformers.utils.logging import disable_progress_bar

from tests.chaos.scenarios import FULL, SCENARIOS, SHORT


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__.partition("\n")[0])
    parser.add_argument("scenarios", nargs="*", help=" ".join(SCENARIOS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--logs", type=Path, help="a folder for the bot's log of each scenario")
    given = parser.parse_args()
    disable_progress_bar()
    results = {}
    for name in given.scenarios or [name for name in SCENARIOS if name != "medley"]:
        began = time.monotonic()
        verdict = SCENARIOS[name](given.seed, SHORT if given.short else FULL)
        results[name] = {**verdict.counts, "seconds": round(time.monotonic() - began), "failures": verdict.failures}
        if given.logs is not None:
            given.logs.mkdir(parents=True, exist_ok=True)
            (given.logs / f"{name}.log").write_text(verdict.log)
        said = f"{name}: " + ("; ".join(f"not so: {each}" for each in verdict.failures) or "all claims hold")
        print(said, file=sys.stderr, flush=True)  # noqa: T201
    print(json.dumps({"seed": given.seed, "scenarios": results}, indent=2))  # noqa: T201
    return int(any(result["failures"] for result in results.values()))


if __name__ == "__main__":
    sys.exit(main())
