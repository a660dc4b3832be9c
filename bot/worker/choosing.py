"""What the worker's thread does next: load a model, or run the rows of several requests together."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.worker.job import Job
from bot.worker.pool import Pool

if TYPE_CHECKING:  # It loads torch.
    from bot.worker.loading import Loaded

MOST_PADDING = 0.05
"""The share of padding among the tokens of a pass, where a model can't do without."""


@dataclass(frozen=True, slots=True)
class Load:
    """Load the model of `job`."""

    job: Job


@dataclass(frozen=True, slots=True)
class Together:
    """Run these rows, by job and number, in one pass. The first job is the one whose turn it is."""

    loaded: "Loaded"
    rows: list[tuple[Job, int]]


def choose(waiting: Iterable[Job], pool: Pool, patience: float) -> Load | Together | None:
    """The next thing to do, or None where there is nothing, or nothing can be done before a model falls idle.

    The request whose turn it is comes first, and others of its model fill the pass. It is passed over only where its
    model would have to take the place of one that others wait for, and for `patience` seconds at most.
    """
    ordered = sorted(waiting, key=lambda job: job.place)
    if not ordered:
        return None
    for job in ordered:
        if pool.get(job.model) is not None:
            # Should it have to leave again, they are patient anew, or models would come and go with every pass.
            job.passed_over = None
    first = ordered[0]
    if pool.get(first.model) is None:
        runnable = next((job for job in ordered if pool.get(job.model) is not None and job.rows is not None), None)
        wanted = {job.model for job in ordered}
        overdue = first.passed_over is not None and time.monotonic() - first.passed_over > patience
        if runnable is None or pool.has_room(first.size, wanted) or (overdue and pool.has_room(first.size)):
            return Load(first)
        for job in ordered:
            if job is runnable:
                break
            job.passed_over = job.passed_over or time.monotonic()
        assert runnable is not None
        first = runnable
    loaded = pool.get(first.model)
    assert loaded is not None
    return Together(loaded, _company(first, ordered, loaded))


def _company(first: Job, ordered: list[Job], loaded: "Loaded") -> list[tuple[Job, int]]:
    """The next row of `first`, and what may share its pass: a row of each in turn, until the tokens are used up."""
    assert first.rows is not None
    chosen = [(first, len(first.rows.outputs))]
    if loaded.alone:
        return chosen
    taken = {first: 1}
    tokens = longest = first.rows.lengths[chosen[0][1]]
    fitting = [
        job
        for job in ordered
        if job.rows is not None and job.rows.left and job.model == first.model and job.rows.key == first.rows.key
    ]
    # Its own further rows come after a row of each other. Without packing, near ones come first, or one of another
    # length would keep them out.
    fitting.sort(key=lambda job: (job is first, 0 if loaded.packs else abs(_next_length(job) - tokens)))
    while fitting and tokens < loaded.budget:
        still: list[Job] = []
        for job in fitting:
            assert job.rows is not None
            number = len(job.rows.outputs) + taken.get(job, 0)
            if number == len(job.rows.rows):
                continue
            length = job.rows.lengths[number]
            whole = (len(chosen) + 1) * max(longest, length)
            padding = 0 if loaded.packs else whole - tokens - length
            if tokens + length > loaded.budget or padding > MOST_PADDING * whole:
                continue
            chosen.append((job, number))
            taken[job] = taken.get(job, 0) + 1
            tokens, longest = tokens + length, max(longest, length)
            still.append(job)
        fitting = still
    return chosen


def _next_length(job: Job) -> int:
    assert job.rows is not None
    return job.rows.lengths[len(job.rows.outputs)]
