"""The tasks whose pipeline is ours, and what loads their models."""

from typing import Any

from transformers import (
    AutoModelForCausalLM,
    AutoModelForImageSegmentation,
    AutoModelForImageTextToText,
    AutoModelForImageToImage,
    AutoModelForInstanceSegmentation,
    AutoModelForQuestionAnswering,
    AutoModelForSemanticSegmentation,
    AutoModelForSeq2SeqLM,
    AutoModelForTextToWaveform,
    AutoModelForUniversalSegmentation,
    AutoModelForVisualQuestionAnswering,
)

from bot.pipelines.any_to_any import AnyToAnyPipeline
from bot.pipelines.decision import DecisionPipeline
from bot.pipelines.document_question_answering import DocumentQuestionAnsweringPipeline
from bot.pipelines.fill_mask import FillMaskPipeline
from bot.pipelines.image_comparison import ImageComparisonPipeline
from bot.pipelines.image_segmentation import ImageSegmentationPipeline
from bot.pipelines.image_text_to_text import ImageTextToTextPipeline
from bot.pipelines.image_to_image import ImageToImagePipeline
from bot.pipelines.image_to_text import ImageToTextPipeline
from bot.pipelines.keypoint_matching import KeypointMatchingPipeline
from bot.pipelines.mask_generation import MaskGenerationPipeline
from bot.pipelines.question_answering import QuestionAnsweringPipeline
from bot.pipelines.sound_classification import SoundClassificationPipeline, ZeroShotSoundClassificationPipeline
from bot.pipelines.speech import SpeechPipeline
from bot.pipelines.summarization import SummarizationPipeline
from bot.pipelines.table_question_answering import TableQuestionAnsweringPipeline
from bot.pipelines.text2text import Text2TextGenerationPipeline
from bot.pipelines.text_comparison import TextComparisonPipeline
from bot.pipelines.transcription import TranscriptionPipeline
from bot.pipelines.translation import TranslationPipeline
from bot.pipelines.video_classification import VideoClassificationPipeline
from bot.pipelines.visual_question_answering import VisualQuestionAnsweringPipeline
from bot.pipelines.writing import WritingPipeline
from bot.pipelines.zero_shot_object_detection import ZeroShotObjectDetectionPipeline

_SEGMENTING = (
    AutoModelForImageSegmentation,
    AutoModelForSemanticSegmentation,
    AutoModelForUniversalSegmentation,
    AutoModelForInstanceSegmentation,
)

OWN: dict[str, tuple[type, tuple[Any, ...]]] = {
    "any-to-any": (AnyToAnyPipeline, ()),
    "audio-classification": (SoundClassificationPipeline, ()),
    "automatic-speech-recognition": (TranscriptionPipeline, ()),
    "decision": (DecisionPipeline, (AutoModelForCausalLM,)),
    "document-question-answering": (DocumentQuestionAnsweringPipeline, ()),
    "feature-extraction": (TextComparisonPipeline, ()),
    "fill-mask": (FillMaskPipeline, ()),
    "image-feature-extraction": (ImageComparisonPipeline, ()),
    "image-segmentation": (ImageSegmentationPipeline, _SEGMENTING),
    "image-text-to-text": (ImageTextToTextPipeline, ()),
    "image-to-image": (ImageToImagePipeline, (AutoModelForImageToImage,)),
    "image-to-text": (ImageToTextPipeline, (AutoModelForImageTextToText,)),
    "keypoint-matching": (KeypointMatchingPipeline, ()),
    "mask-generation": (MaskGenerationPipeline, ()),
    "question-answering": (QuestionAnsweringPipeline, (AutoModelForQuestionAnswering,)),
    "summarization": (SummarizationPipeline, (AutoModelForSeq2SeqLM,)),
    "table-question-answering": (TableQuestionAnsweringPipeline, ()),
    "text-generation": (WritingPipeline, ()),
    "text-to-audio": (SpeechPipeline, (AutoModelForTextToWaveform,)),
    "text2text-generation": (Text2TextGenerationPipeline, (AutoModelForSeq2SeqLM,)),
    "translation": (TranslationPipeline, (AutoModelForSeq2SeqLM,)),
    "video-classification": (VideoClassificationPipeline, ()),
    "visual-question-answering": (VisualQuestionAnsweringPipeline, (AutoModelForVisualQuestionAnswering,)),
    "zero-shot-audio-classification": (ZeroShotSoundClassificationPipeline, ()),
    "zero-shot-object-detection": (ZeroShotObjectDetectionPipeline, ()),
}
"""By task: the pipeline, and the Auto classes that load its models; none where they are transformers' own choice."""
