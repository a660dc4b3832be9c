"""What a member is told doesn't depend on who else asks at the same time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from transformers import DebertaV2Config, DebertaV2ForSequenceClassification

from bot.answers import Answer, Scores, Spans, Text
from bot.request import Request
from bot.tasks import ANSWER, CLASSIFY, ENTITIES, SENTIMENT, SUMMARIZE, TRANSLATE, Task
from bot.worker.batches import forward
from bot.worker.device import Device
from bot.worker.hub import ModelFiles
from bot.worker.loading import Loaded, load
from bot.worker.rows import Rows
from bot.worker.starters.tokenizers import letter_tokenizer
from bot.worker.trial import bring_in
from tests import models

Folder = Callable[[Callable[[Path], None]], Path]
CPU = Device("cpu", "a test's")


def deberta(folder: Path) -> None:
    """One that can't do without padding."""
    torch.manual_seed(1)
    tokenizer = letter_tokenizer()
    config = DebertaV2Config(
        vocab_size=len(tokenizer),
        relative_attention=True,
        position_biased_input=False,
        pos_att_type=["p2c", "c2p"],
        initializer_range=0.2,
        id2label=models.LABELS,
        **models.SIZE,
    )
    DebertaV2ForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


@dataclass
class Both:
    """A model as it was brought in, and the same without anything that batches need."""

    brought: Loaded
    plain: Loaded


@pytest.fixture(scope="module")
def both(model: Folder) -> Callable[[Task, Callable[[Path], None]], Both]:
    kept: dict[str, Both] = {}

    def get(task: Task, build: Callable[[Path], None]) -> Both:
        key = task.name + build.__name__
        if key not in kept:
            files = ModelFiles(model(build), build.__name__, None)
            kept[key] = Both(bring_in(task, files, CPU, "float32"), load(task, files, CPU, torch.float32))
        return kept[key]

    return get


Texts = st.one_of(
    st.text("abcdefghij klmnop.,ąß?!", min_size=1, max_size=70),
    st.sampled_from(["I love it", "Nobody answered.", "שלום עולם", "[PAD] [SEP] a", "@everyone **look**"]),
).filter(str.strip)
Beyond = Texts.map(lambda text: (text + " word") * 150)
"""Longer than the window of a model that reads."""
Parts = Texts.map(lambda text: (text + " word. ") * 4)
"""Some of them longer than that of one that writes."""

Values = Mapping[str, str]
QUESTIONS = st.sampled_from(["Who?", "When does it close?", "a"])
LABELS = st.sampled_from(["good, bad", "a, b, c, d", "praise, a"])
READING: dict[str, tuple[Task, Callable[[Path], None], bool, st.SearchStrategy[Values]]] = {
    "text-classification": (SENTIMENT, models.sentiment, True, st.fixed_dictionaries({"text": Texts | Beyond})),
    "padded": (SENTIMENT, deberta, False, st.fixed_dictionaries({"text": Texts})),
    "zero-shot-classification": (
        CLASSIFY,
        models.entailment,
        True,
        st.fixed_dictionaries({"text": Texts, "labels": LABELS, "several": st.sampled_from(["yes", "no"])}),
    ),
    "token-classification": (ENTITIES, models.entities, True, st.fixed_dictionaries({"text": Texts | Beyond})),
    "question-answering": (
        ANSWER,
        models.answers,
        True,
        st.fixed_dictionaries({"question": QUESTIONS, "text": Texts | Beyond}),
    ),
}
LANGUAGES = st.sampled_from(["de", "fr", "pl"])
WRITING: dict[str, tuple[Task, Callable[[Path], None], st.SearchStrategy[Values]]] = {
    "summarization": (
        SUMMARIZE,
        models.t5,
        st.fixed_dictionaries({"text": Texts | Parts, "length": st.sampled_from(["short", "medium"])}),
    ),
    "translation": (
        TRANSLATE,
        models.marian,
        st.fixed_dictionaries({"text": Texts, "from": st.just("pl"), "to": st.just("en")}),
    ),
    "translation from and to": (
        TRANSLATE,
        models.m2m100,
        st.fixed_dictionaries({"text": Texts, "from": LANGUAGES, "to": st.sampled_from(["en", "cs"])}),
    ),
}
SOME = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


def rows_of(loaded: Loaded, requests: Sequence[Request]) -> list[Rows]:
    return [Rows(loaded, request.inputs, request.options) for request in requests]


def run_alone(loaded: Loaded, rows: Rows) -> None:
    while rows.left:
        rows.outputs += forward(loaded.pipeline, [rows.rows[len(rows.outputs)]], rows.parameters)


def run_together(loaded: Loaded, everybody: Sequence[Rows], draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
    """Run all rows in any order, some of those with the same key together."""
    outputs: dict[tuple[int, int], Any] = {}
    for key in dict.fromkeys(rows.key for rows in everybody):
        places = [
            (owner, number) for owner, rows in enumerate(everybody) if rows.key == key for number in range(rows.left)
        ]
        places = draw(st.permutations(places))
        while places:
            count = draw(st.integers(1, len(places)))
            chosen, places = places[:count], places[count:]
            given = [everybody[owner].rows[number] for owner, number in chosen]
            parameters = everybody[chosen[0][0]].parameters
            outputs |= dict(zip(chosen, forward(loaded.pipeline, given, parameters), strict=True))
    for owner, rows in enumerate(everybody):
        rows.outputs += [outputs[owner, number] for number in range(rows.left)]


def finished(loaded: Loaded, rows: Rows) -> Answer:
    while (answer := rows.finish(loaded)) is None:
        run_alone(loaded, rows)
    return answer


def assert_same_numbers(ours: Mapping[str, Any], theirs: Mapping[str, Any], tokens: int) -> None:
    """Of one row; `tokens` are its own, behind which there may be padding."""
    floating = [name for name, value in theirs.items() if isinstance(value, torch.Tensor) and value.is_floating_point()]
    assert floating
    for name in floating:
        their = theirs[name]
        assert len(ours[name]) == 1
        own = slice(tokens) if name in {"start", "end"} or their.dim() == 3 else slice(None)
        torch.testing.assert_close(ours[name][:, own], their[:, own], rtol=1e-5, atol=1e-5 * float(their.abs().max()))


def assert_same_answer(ours: Answer, theirs: Answer) -> None:
    """But for the last digits of the scores."""
    if isinstance(theirs, Scores):
        assert isinstance(ours, Scores)
        by_label = {item.label: item.score for item in theirs.scores}
        assert {item.label: item.score for item in ours.scores} == pytest.approx(by_label, rel=1e-5, abs=1e-7)
    elif isinstance(theirs, Spans):
        assert isinstance(ours, Spans)
        places = [(span.start, span.end, span.label) for span in theirs.spans]
        assert [(span.start, span.end, span.label) for span in ours.spans] == places
        scores = [span.score for span in theirs.spans]
        assert [span.score for span in ours.spans] == pytest.approx(scores, rel=1e-5, abs=1e-7)
    else:
        assert isinstance(theirs, Text)
        assert ours == theirs


@pytest.mark.parametrize("case", READING)
@settings(SOME, max_examples=25)
@given(data=st.data())
def test_a_model_that_reads_gives_each_the_same_in_any_company(case: str, both: Any, data: st.DataObject) -> None:
    task, build, packs, values = READING[case]
    it: Both = both(task, build)
    assert (it.brought.packs, it.brought.alone) == (packs, False)
    requests = [task.request(value) for value in data.draw(st.lists(values, min_size=1, max_size=4))]
    alone, together = rows_of(it.plain, requests), rows_of(it.brought, requests)
    for rows in alone:
        run_alone(it.plain, rows)
    run_together(it.brought, together, data.draw)
    for ours, theirs in zip(together, alone, strict=True):
        for row, our, their in zip(theirs.rows, ours.outputs, theirs.outputs, strict=True):
            assert_same_numbers(our, their, int(row["attention_mask"].sum()))
        assert_same_answer(finished(it.brought, ours), finished(it.plain, theirs))


@pytest.mark.parametrize("case", WRITING)
@settings(SOME, max_examples=6, phases=[Phase.reuse, Phase.generate])  # not Phase.shrink, which would take minutes
@given(data=st.data())
def test_a_model_that_writes_writes_each_the_same_in_any_company(case: str, both: Any, data: st.DataObject) -> None:
    task, build, values = WRITING[case]
    it: Both = both(task, build)
    assert not it.brought.alone
    requests = [task.request(value) for value in data.draw(st.lists(values, min_size=2, max_size=4))]
    alone, together = rows_of(it.plain, requests), rows_of(it.brought, requests)
    for rows in alone:
        run_alone(it.plain, rows)
    run_together(it.brought, together, data.draw)
    padding = it.plain.pipeline.tokenizer.pad_token_id
    for ours, theirs in zip(together, alone, strict=True):
        for our, their in zip(ours.outputs, theirs.outputs, strict=True):
            written, wanted = our["sequences"][0].tolist(), their["sequences"][0].tolist()
            assert written == wanted + [padding] * (len(written) - len(wanted))
        assert_same_answer(finished(it.brought, ours), finished(it.plain, theirs))


def test_a_pipeline_that_gives_fewer_results_than_rows_is_found_out(both: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = both(SENTIMENT, models.sentiment).brought
    rows = [rows.rows[0] for rows in rows_of(loaded, [SENTIMENT.request({"text": text}) for text in ("a", "b", "c")])]
    assert len(forward(loaded.pipeline, rows, {})) == 3
    whole = loaded.pipeline._forward
    monkeypatch.setattr(loaded.pipeline, "_forward", lambda *args: {"logits": whole(*args)["logits"][:2]})
    with pytest.raises(ValueError, match="2 results for 3 rows"):
        forward(loaded.pipeline, rows, {})


def test_rows_that_hold_different_things_do_not_go_together(both: Any) -> None:
    loaded = both(SENTIMENT, models.sentiment).brought
    (row,) = rows_of(loaded, [SENTIMENT.request({"text": "a"})])[0].rows
    with pytest.raises(ValueError, match="different things"):
        forward(loaded.pipeline, [row, {"input_ids": row["input_ids"]}], {})


@pytest.mark.parametrize("count", [1, 2])
def test_rows_can_be_run_again(both: Any, count: int) -> None:
    loaded = both(ENTITIES, models.entities).brought
    rows = rows_of(loaded, [ENTITIES.request({"text": "Ann met Bob"})])[0].rows * count
    once, again = (forward(loaded.pipeline, rows, {})[0]["logits"] for _ in range(2))
    assert torch.equal(once, again)
