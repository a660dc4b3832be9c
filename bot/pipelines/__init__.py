"""Pipelines as `Pipeline` subclasses of our own: the seven that transformers 5 retired, and those that need more than
it has, such as reading a whole recording, or doing without torchvision.

transformers' own registry refuses the retired names, so none is registered there: `pipeline` makes them all.
"""

from bot.pipelines.building import UNUSABLE, build, model_class, pipeline
from bot.pipelines.own import OWN

__all__ = ("OWN", "UNUSABLE", "build", "model_class", "pipeline")
