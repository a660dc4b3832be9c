"""Queue: the requests under way, who may join them, and what each is told of its wait."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.errors import Cancelled, Refusal
from bot.request import Asker, Request
from bot.tasks import find
from bot.worker.door import Done, Event, Failed, Queued
from bot.worker.job import Job, Stage
from bot.worker.measures import Measures
from bot.worker.run import ThreadRun
from bot.worker.turns import Turns


class Queue:
    """Every request that was taken in and isn't over.

    Args:
        changed: its lock guards all that is shared between the worker's threads; it is notified of news.
        limit: how many requests there may be.
        measures: what estimates are made from.
    """

    def __init__(self, changed: threading.Condition, limit: int, measures: Measures) -> None:
        self._changed = changed
        self._limit = limit
        self._measures = measures
        self._turns = Turns()
        self._jobs: dict[int, Job] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def jobs(self, *stages: Stage) -> list[Job]:
        """With the lock: those in one of `stages`, or all."""
        return [job for job in self._jobs.values() if not stages or job.stage in stages]

    def admit(self, request: Request) -> Job:
        """A job for `request`. Refusal where there is no room for it."""
        with self._changed:
            self._check_room(request.asker)
            job = Job(request, find(request.task), self._turns.place(request.asker))
            job.run = ThreadRun(lambda: self.cancel(job))
            ahead = [other for other in self._jobs.values() if other.place < job.place]
            self._jobs[job.place.order] = job
            queued = Queued(len(ahead), self._expected(ahead))
        self.tell(job, queued)
        return job

    def _check_room(self, asker: Asker | None) -> None:
        room = self._limit - len(self._jobs)
        if room <= 0:
            raise Refusal(f"{self._limit} requests are waiting already. {self._when_to_come_back()}")
        if asker is None:
            return
        users = (job.request.asker.user for job in self._jobs.values() if job.request.asker is not None)
        mine = sum(user == asker.user for user in users)
        # One member can fill half of an empty queue, two a third each, and there is always room for somebody else.
        if mine >= max(room, 1):
            raise Refusal(f"{mine} requests of yours are waiting already. {self._when_to_come_back()}")

    def _when_to_come_back(self) -> str:
        wait = self._expected(self._jobs.values())
        return f"Ask me again in {'a few minutes' if wait is None else f'about {max(1, round(wait / 60))} min'}."

    def reach(self, jobs: Iterable[Job]) -> None:
        """With the lock: `jobs` run now; it is the turn of the first."""
        for number, job in enumerate(jobs):
            if number == 0:
                self._turns.reached(job.place)
            job.stage = Stage.RUNNING

    def requeue(self, job: Job, stage: Stage = Stage.WAITING) -> None:
        """With the lock: `job` has had its turn and wants another, in `stage`."""
        job.place = self._turns.next_round(job.place, job.request.asker)
        job.stage = stage

    def end(self, job: Job, event: Done | Failed) -> bool:
        """Tell its asker the end. False where it was over before."""
        with self._changed:
            if job.stage is Stage.OVER:
                return False
            unserved = job.stage in {Stage.PREPARING, Stage.WAITING}
            job.stage = Stage.OVER
            del self._jobs[job.place.order]
            if unserved:
                self._turns.leave(job.place, job.request.asker)
            if not self._jobs:
                self._turns.rest()
            self._changed.notify_all()
        if isinstance(event, Failed):
            event = replace(event, seconds=job.taken)
        job.run.post(event)
        return True

    def cancel(self, job: Job) -> None:
        self.end(job, Failed(Cancelled()))

    def end_all(self, make: Callable[[], Failed]) -> None:
        for job in list(self._jobs.values()):
            self.end(job, make())

    def tell(self, job: Job, event: Event) -> None:
        job.told = event
        job.run.post(event)

    def announce(self) -> None:
        """Tell those who wait where they stand now."""
        with self._changed:
            told: list[tuple[Job, Queued]] = []
            ordered = sorted(self._jobs.values(), key=lambda job: job.place)
            seconds = 0.0
            known = True
            for place, job in enumerate(ordered):
                if job.served is None and (job.stage is Stage.WAITING or isinstance(job.told, Queued)):
                    told.append((job, Queued(place, seconds if known else None)))
                expected = self._measures.expected(job.task.name)
                known = known and expected is not None
                seconds += max((expected or 0.0) - job.seconds, 0.0)
        for job, queued in told:
            if queued != job.told:
                self.tell(job, queued)

    def _expected(self, jobs: Iterable[Job]) -> float | None:
        """Seconds of the device that `jobs` will take; None where nothing was measured yet."""
        seconds = [self._measures.expected(job.task.name) for job in jobs]
        known = [one for one in seconds if one is not None]
        return sum(known) if len(known) == len(seconds) else None
