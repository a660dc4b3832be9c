"""The defaults that read: texts, pages and tables."""

from pathlib import Path
from typing import Any

import torch
from transformers import (
    BertConfig,
    BertModel,
    DebertaV2Config,
    DebertaV2ForQuestionAnswering,
    DebertaV2ForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    DistilBertForTokenClassification,
    LayoutLMConfig,
    LayoutLMForQuestionAnswering,
    ModernBertConfig,
    ModernBertForMaskedLM,
    PreTrainedModel,
    RobertaConfig,
    RobertaForMaskedLM,
    RobertaForQuestionAnswering,
    TapasConfig,
    TapasForQuestionAnswering,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
    XLMRobertaModel,
)

from tests.models.defaults.parts import (
    ENCODER,
    ROBERTA,
    byte_pairs,
    labels,
    random,
    save,
    sentence_pieces,
    word_pieces,
    write,
)

DISTIL = {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64, "initializer_range": 0.2}
XLM_ROBERTA = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
DEBERTA = {"pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]", "unk_token": "[UNK]"}
ENDLESS = int(1e30)
"""What tokenizers say that don't know how far their model reads."""


def sentiments(folder: Path) -> None:
    """lxyuan/distilbert-base-multilingual-cased-sentiments-student"""
    tokens = word_pieces(folder, lower=False, tokenizer_class="DistilBertTokenizer")
    config = DistilBertConfig(vocab_size=tokens, **DISTIL, **labels("positive", "neutral", "negative"))
    save(folder, random(DistilBertForSequenceClassification, config))


def names(folder: Path) -> None:
    """Davlan/distilbert-base-multilingual-cased-ner-hrl"""
    tokens = word_pieces(folder, fast=False, lower=False, tokenizer_class="DistilBertTokenizer")
    marks = labels("O", "B-DATE", "I-DATE", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
    save(folder, random(DistilBertForTokenClassification, DistilBertConfig(vocab_size=tokens, **DISTIL, **marks)))


def _deberta(folder: Path, model: type[PreTrainedModel], limit: dict[str, int], **marks: Any) -> None:
    tokens = sentence_pieces(
        folder,
        DEBERTA,
        ends="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        tokenizer_class="DebertaV2Tokenizer",
        bos_token="[CLS]",
        eos_token="[SEP]",
        mask_token="[MASK]",
        vocab_type="spm",
        split_by_punct=False,
        do_lower_case=False,
        sp_model_kwargs={},
        **limit,
    )
    write(folder, "added_tokens.json", {"[MASK]": tokens})
    config = DebertaV2Config(
        vocab_size=tokens + 1,
        **ENCODER,
        **marks,
        relative_attention=True,
        position_buckets=256,
        norm_rel_ebd="layer_norm",
        share_att_key=True,
        pos_att_type="p2c|c2p",
        position_biased_input=False,
        pooler_hidden_size=32,
        max_position_embeddings=512,
    )
    save(folder, random(model, config))


def deberta_answers(folder: Path) -> None:
    """deepset/deberta-v3-large-squad2"""
    _deberta(folder, DebertaV2ForQuestionAnswering, {})


def mdeberta_entailment(folder: Path) -> None:
    """MoritzLaurer/mDeBERTa-v3-base-mnli-xnli"""
    marks = labels("entailment", "neutral", "contradiction")
    _deberta(folder, DebertaV2ForSequenceClassification, {"model_max_length": 512}, **marks)


def _xlm_roberta_tokens(folder: Path) -> int:
    return sentence_pieces(
        folder,
        XLM_ROBERTA | {"mask_token": "<mask>"},
        ends="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        tokenizer_class="XLMRobertaTokenizer",
        cls_token="<s>",
        sep_token="</s>",
        model_max_length=512,
    )


def bge_entailment(folder: Path) -> None:
    """MoritzLaurer/bge-m3-zeroshot-v2.0"""
    config = XLMRobertaConfig(
        vocab_size=_xlm_roberta_tokens(folder),
        **ENCODER,
        **labels("entailment", "not_entailment"),
        max_position_embeddings=514,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        type_vocab_size=1,
    )
    save(folder, random(XLMRobertaForSequenceClassification, config))


def _e5(folder: Path) -> None:
    (folder / "1_Pooling").mkdir()
    write(folder / "1_Pooling", "config.json", {"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False})
    write(folder, "sentence_bert_config.json", {"max_seq_length": 512, "do_lower_case": False})


def e5_small(folder: Path) -> None:
    """intfloat/multilingual-e5-small: a BERT with XLM-RoBERTa's tokenizer."""
    config = BertConfig(vocab_size=_xlm_roberta_tokens(folder), **ENCODER, max_position_embeddings=512)
    save(folder, random(BertModel, config))
    _e5(folder)


def e5_large(folder: Path) -> None:
    """intfloat/multilingual-e5-large"""
    config = XLMRobertaConfig(
        vocab_size=_xlm_roberta_tokens(folder),
        **ENCODER,
        max_position_embeddings=514,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        type_vocab_size=1,
    )
    save(folder, random(XLMRobertaModel, config))
    _e5(folder)


def _roberta(tokens: dict[str, int]) -> dict[str, Any]:
    return {
        **ENCODER,
        "vocab_size": len(tokens),
        "max_position_embeddings": 514,
        "type_vocab_size": 1,
        "bos_token_id": 0,
        "pad_token_id": 1,
        "eos_token_id": 2,
        "layer_norm_eps": 1e-5,
    }


def roberta_answers(folder: Path) -> None:
    """deepset/roberta-base-squad2"""
    tokens = byte_pairs(
        folder, ROBERTA, fast=False, model_max_length=512, do_lower_case=False, full_tokenizer_file=None
    )
    save(folder, random(RobertaForQuestionAnswering, RobertaConfig(**_roberta(tokens))))


def distilroberta(folder: Path) -> None:
    """distilbert/distilroberta-base"""
    tokens = byte_pairs(folder, ROBERTA)
    write(folder, "tokenizer_config.json", {"model_max_length": 512})
    save(folder, random(RobertaForMaskedLM, RobertaConfig(**_roberta(tokens))))


def modernbert(folder: Path) -> None:
    """answerdotai/ModernBERT-large"""
    specials = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    specials |= {"mask_token": "[MASK]"}
    tokens = byte_pairs(
        folder,
        specials,
        tokenizer_class="PreTrainedTokenizerFast",
        model_max_length=8192,
        model_input_names=["input_ids", "attention_mask"],
    )
    config = ModernBertConfig(
        vocab_size=len(tokens),
        **ENCODER,
        global_attn_every_n_layers=3,
        local_attention=128,
        cls_token_id=1,
        bos_token_id=1,
        sep_token_id=2,
        eos_token_id=2,
        pad_token_id=3,
    )
    save(folder, random(ModernBertForMaskedLM, config))


def layoutlm(folder: Path) -> None:
    """impira/layoutlm-document-qa: a LayoutLM with RoBERTa's tokenizer."""
    tokens = byte_pairs(
        folder,
        ROBERTA,
        add_prefix_space=True,
        trim_offsets=True,
        model_max_length=512,
        tokenizer_class="RobertaTokenizer",
    )
    config = LayoutLMConfig(**_roberta(tokens), tokenizer_class="RobertaTokenizer")
    save(folder, random(LayoutLMForQuestionAnswering, config))


def tapas(folder: Path) -> None:
    """google/tapas-base-finetuned-wtq and -large"""
    tokens = word_pieces(folder, fast=False, tokenizer_class="TapasTokenizer")
    config = TapasConfig(
        vocab_size=tokens,
        **ENCODER,
        max_position_embeddings=512,
        num_aggregation_labels=4,
        use_answer_as_supervision=True,
        aggregation_labels={0: "NONE", 1: "SUM", 2: "AVERAGE", 3: "COUNT"},
        no_aggregation_label_index=0,
        cell_selection_preference=0.207,
        select_one_column=True,
        temperature=0.0352513,
        answer_loss_cutoff=0.664694,
        huber_loss_delta=0.121194,
        init_cell_selection_weights_to_zero=True,
    )
    model = random(TapasForQuestionAnswering, config)
    torch.nn.init.normal_(model.output_weights)
    save(folder, model)
