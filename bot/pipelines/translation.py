"""translation, by models that name languages in five different ways."""

import re
from collections.abc import Iterator
from typing import Any

import langcodes

from bot.errors import Refusal
from bot.pipelines.parts import split, window
from bot.pipelines.text2text import Text2TextGenerationPipeline

PART = 200
"""Tokens of text per row, at most. Translation models are trained on sentences, and leave things out of long inputs."""

SAME = 9
"""The largest distance between two tags that langcodes counts as the same language, in another region or script."""


class TranslationPipeline(Text2TextGenerationPipeline):
    """`pipe("text", src_lang="pl", tgt_lang="de")` gives `[{"translation_text": "…"}]`.

    Languages are ISO 639 codes, or the model's own. mBART, NLLB and M2M100 need both; T5 is told by a prefix, MADLAD,
    the starter and Marian models with several targets by a token; a Marian model of one pair needs neither.
    Lines stay lines.
    Raises Refusal for a language that the model doesn't know.
    """

    return_name = "translation"

    def _sanitize_parameters(
        self, src_lang: str | None = None, tgt_lang: str | None = None, **generate: Any
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        languages = {"src_lang": src_lang, "tgt_lang": tgt_lang}
        given = {name: code for name, code in languages.items() if code is not None}
        return given, generate, {}

    def preprocess(
        self, text: str, src_lang: str | None = None, tgt_lang: str | None = None
    ) -> Iterator[dict[str, Any]]:
        prefix, configured = self._tell(src_lang, tgt_lang)
        taken = len(self.tokenizer(prefix)["input_ids"])
        most = min(window(self) - taken, PART)
        lines = [[part for _, part in split(line, self.tokenizer, most)] for line in text.splitlines() if line.strip()]
        # How the parts make up the text again; a line without words is kept as it is.
        layout = iter([len(parts) for parts in lines])
        counts = [next(layout) if line.strip() else 0 for line in text.splitlines()]
        yield from self.rows([prefix + part for parts in lines for part in parts], configured, layout=counts)

    def _forward(self, row: dict[str, Any], **generate: Any) -> dict[str, Any]:
        layout = row.pop("layout")
        output: dict[str, Any] = super()._forward(row, **generate)
        return output | {"layout": layout}

    def postprocess(self, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        translations = []
        for texts in zip(*self.texts(outputs), strict=True):
            parts = iter(texts)
            lines = [" ".join(next(parts) for _ in range(count)) for count in outputs[0]["layout"]]
            translations.append({"translation_text": "\n".join(lines)})
        return translations

    def words(self, tokens: Any) -> Any:
        # M2M100's tokenizer doesn't always know that its language codes are no text.
        codes = set(getattr(self.tokenizer, "id_to_lang_token", ()))
        return [token for token in tokens.tolist() if token not in codes]

    def _tell(self, source: str | None, target: str | None) -> tuple[str, dict[str, Any]]:
        """How this model is told the languages: a prefix of the text, and parameters of `generate`."""
        if codes := self._codes():
            if source is None or target is None:
                raise Refusal("This model has to be told both languages.")
            self.tokenizer.src_lang = _own_code(source, codes)
            token = _own_code(target, codes)
            get_id = getattr(self.tokenizer, "get_lang_id", self.tokenizer.convert_tokens_to_ids)
            return "", {"forced_bos_token_id": get_id(token)}
        if marian := getattr(self.tokenizer, "supported_language_codes", None):
            return f">>{_own_code(target or '', {code[2:-2] for code in marian})}<< ", {}
        if target is not None and f"<2{target}>" in self.tokenizer.get_vocab():
            return f"<2{target}> ", {}
        if self.model.config.model_type in {"t5", "mt5", "umt5"}:
            return self._tell_t5(source, target)
        return "", {}

    def _tell_t5(self, source: str | None, target: str | None) -> tuple[str, dict[str, Any]]:
        configured = getattr(self.model.config, "task_specific_params", None) or {}
        pairs = [name for name in configured if name.startswith("translation_")]
        asked = f"translation_{source}_to_{target}"
        if pairs and asked not in pairs:
            known = ", ".join(name.removeprefix("translation_").replace("_to_", " → ") for name in pairs)
            raise Refusal(f"This model translates {known}, and nothing else. Leave the model out, or name another.")
        if pairs:
            return self.settings(asked)
        return "" if source is None or target is None else f"translate {_name(source)} to {_name(target)}: ", {}

    def _codes(self) -> set[str]:
        """The languages that mBART, NLLB and M2M100 know, in their own codes."""
        if not hasattr(self.tokenizer, "_build_translation_inputs"):
            return set()
        by_id = getattr(self.tokenizer, "lang_code_to_id", None)
        # NLLB's stand among its special tokens.
        return set(
            by_id or (token for token in self.tokenizer.all_special_tokens if re.match(r"[a-z]{3}_[A-Z]", token))
        )


def _own_code(language: str, codes: set[str]) -> str:
    if language in codes:
        return language
    match, distance = langcodes.closest_match(language, sorted(codes), max_distance=SAME) if language else ("und", 0)
    if match == "und" or distance > SAME:
        raise Refusal(f"This model doesn't know {_name(language)}. Leave the model out, or name another.")
    return match


def _name(language: str) -> str:
    return langcodes.Language.get(language).display_name("en")
