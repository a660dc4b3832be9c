"""Hold the pipelines of bot/pipelines against transformers 4, which still had them.

Usage, in the bot's environment:

    python -m venv /tmp/v4 && /tmp/v4/bin/pip install torch "transformers==4.57.6" sentencepiece
    python tools/against_v4.py /tmp/v4/bin/python

Builds tiny models with random weights, asks both versions the same, and prints a line of JSON a case with the largest
difference between scores. Ends with status 1 where an answer differs.

Left out is what is meant to differ: texts longer than a model's window in summarization and translation, on which
transformers 4 failed, and a `max_length` in the settings a model has for a task, which transformers 4 overruled.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

CONTEXT = (
    "The shop is open from nine to six on weekdays. On Saturdays it closes at one, and on Sundays it doesn't open at "
    "all. Barack Obama was the 44th president of the United States; he was born in Honolulu, Hawaii, and lives in "
    "Washington. "
)
QUESTIONS = ("When does the shop close on Saturdays?", "Who was born in Honolulu?", "Why?")
PARAMETERS: tuple[dict[str, Any], ...] = (
    {},
    {"top_k": 5},
    {"top_k": 3, "handle_impossible_answer": True},
    {"max_answer_len": 4, "align_to_words": False},
    {"max_seq_len": 120, "doc_stride": 40, "top_k": 2},
)
TEXTS = ("Where is the station?", "The meeting is on Tuesday at ten. Bring your own cup!", "Ostrzegam: serwer!", "a")

ASK = """
import json, sys, warnings
warnings.filterwarnings("ignore")
from transformers import pipeline, logging
logging.set_verbosity_error()
pipes, answers = {}, []
for task, folder, given, parameters in json.load(sys.stdin):
    if (task, folder) not in pipes:
        pipes[task, folder] = pipeline(task, model=folder, device="cpu")
    pipe = pipes[task, folder]
    answers.append(pipe(**given, **parameters) if isinstance(given, dict) else pipe(given, **parameters))
json.dump(answers, sys.stdout)
"""


def cases(folders: dict[str, Path]) -> list[tuple[str, str, Any, dict[str, Any]]]:
    asked: list[tuple[str, str, Any, dict[str, Any]]] = []
    for question in QUESTIONS:
        for times in (1, 12):
            given = {"question": question, "context": CONTEXT * times}
            asked += [("question-answering", str(folders["answers"]), given, parameters) for parameters in PARAMETERS]
    short = {"max_new_tokens": 20}
    for text in TEXTS:
        asked += [
            ("text2text-generation", str(folders["t5"]), text, short),
            ("text2text-generation", str(folders["t5"]), text, short | {"num_return_sequences": 2, "num_beams": 3}),
            ("summarization", str(folders["t5"]), text, short),
            ("translation_en_to_fr", str(folders["t5"]), text, short),
            ("translation", str(folders["marian"]), text, short),
            ("translation", str(folders["m2m100"]), text, short | {"src_lang": "en", "tgt_lang": "pl"}),
            ("translation", str(folders["m2m100"]), text, short | {"src_lang": "pl", "tgt_lang": "de"}),
        ]
    return asked


def ours(asked: list[tuple[str, str, Any, dict[str, Any]]]) -> list[Any]:
    from bot.pipelines import pipeline

    pipes: dict[tuple[str, str], Any] = {}
    answers = []
    for name, folder, given, parameters in asked:
        task, _, pair = name.partition("_")
        told = dict(zip(("src_lang", "tgt_lang"), pair.split("_to_"), strict=True)) if pair else {}
        pipe = pipes.setdefault((task, folder), pipeline(task, folder))
        answers.append(pipe(given, **parameters, **told))
    return answers


def difference(own: Any, other: Any) -> float:
    """The largest difference between scores; infinite where anything else differs."""
    if isinstance(own, dict) and isinstance(other, dict) and own.keys() == other.keys():
        return max(difference(own[key], other[key]) for key in own)
    if isinstance(own, list) and isinstance(other, list) and len(own) == len(other):
        return max(map(difference, own, other), default=0.0)
    if isinstance(own, float) and isinstance(other, float | int):
        return abs(own - other)
    return 0.0 if own == other else float("inf")


def main() -> None:
    from tests import models

    with tempfile.TemporaryDirectory() as home:
        folders = {}
        for name, build in {
            "answers": models.answers,
            "t5": models.t5,
            "marian": models.marian,
            "m2m100": models.m2m100,
        }.items():
            folders[name] = Path(home) / name
            folders[name].mkdir()
            build(folders[name])
            _readable_by_v4(folders[name])
        asked = cases(folders)
        old = subprocess.run(  # noqa: S603
            [sys.argv[1], "-c", ASK], input=json.dumps(asked), capture_output=True, text=True, check=False
        )
        if old.returncode != 0:
            sys.exit(old.stderr)
        worst = 0.0
        for case, own, other in zip(asked, ours(asked), json.loads(old.stdout), strict=True):
            apart = difference(own, other)
            worst = max(worst, apart)
            print(json.dumps({"task": case[0], "parameters": case[3], "difference": apart}))
            if apart > 1e-5:
                print(json.dumps({"ours": own, "v4": other}))
    print(json.dumps({"cases": len(asked), "largest difference": worst}))
    sys.exit(worst > 1e-5)


def _readable_by_v4(folder: Path) -> None:
    """Tokenizers that version 5 saved name a class that version 4 doesn't have."""
    from bot.tasks.translation import BROAD_LANGUAGES

    path = folder / "tokenizer_config.json"
    config = json.loads(path.read_text())
    if config.get("tokenizer_class") == "TokenizersBackend":
        config["tokenizer_class"] = "PreTrainedTokenizerFast"
    if isinstance(config.get("extra_special_tokens"), list):
        config["additional_special_tokens"] = config.pop("extra_special_tokens")
    if config.get("tokenizer_class") == "M2M100Tokenizer":
        # Version 4 wants to be told what isn't text, as the published checkpoints do.
        config["additional_special_tokens"] = [f"__{code}__" for code in BROAD_LANGUAGES]
    path.write_text(json.dumps(config))


if __name__ == "__main__":
    main()
