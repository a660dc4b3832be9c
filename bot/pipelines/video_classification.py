"""video-classification, of a video that was decoded already."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import transformers
from numpy.typing import NDArray


class VideoClassificationPipeline(transformers.VideoClassificationPipeline):  # type: ignore[misc]  # Any to mypy
    """`pipe(frames)` gives `[{"label", "score"}, …]`, best first, like transformers' own does for a path.

    Where that one looks at a video's first frames, and fails where there are too few, this one looks at as many as the
    model needs, evenly spaced from the first to the last, some of them more than once where there are fewer.
    """

    def __call__(self, frames: Sequence[NDArray[np.uint8]], **parameters: Any) -> Any:
        # Given as a list, frames would be taken for videos.
        return super().__call__(tuple(frames), **parameters)

    def preprocess(self, frames: Sequence[NDArray[np.uint8]], num_frames: int | None = None) -> Any:
        """`frames`: RGB, height x width x 3 each, at least one."""
        places = np.linspace(0, len(frames) - 1, num_frames or self._frames_needed()).round().astype(int)
        picked = [frames[place] for place in places]
        if self.video_processor is None:
            return self.image_processor(picked, return_tensors="pt").to(self.dtype)
        row = self.video_processor(np.stack(picked), do_sample_frames=False, return_tensors="pt")
        return row.to(self.dtype)

    def _frames_needed(self) -> int:
        config = self.model.config
        # V-JEPA has a name of its own for it.
        return int(getattr(config, "num_frames", None) or config.frames_per_clip)
