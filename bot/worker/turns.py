"""Turns: who comes next, so that one busy member or server never starves another."""

from typing import NamedTuple

from bot.request import Asker


class Place(NamedTuple):
    """Where a request stands; the smallest comes first."""

    chore: bool
    round: int
    turn: int
    order: int


class Turns:
    """Round-robin over members, then over servers. Not thread-safe.

    In each round every member has one request; within a round the servers take turns. What nobody asked for is a chore
    and comes after people, in order.
    """

    def __init__(self) -> None:
        self._order = 0
        self._round = 0
        self._members: dict[int, int] = {}
        """The last round in which a member has a request."""
        self._servers: dict[tuple[int, int | None], int] = {}
        """How many requests of a server stand in a round."""

    def place(self, asker: Asker | None) -> Place:
        """The place of a request that just came in."""
        self._order += 1
        if asker is None:
            return Place(chore=True, round=0, turn=0, order=self._order)
        number = max(self._round, self._members.get(asker.user, -1) + 1)
        self._members[asker.user] = number
        # Direct messages belong to no server; each is as good as one of its own.
        server = number, asker.server if asker.server is not None else -asker.user
        turn = self._servers.get(server, 0)
        self._servers[server] = turn + 1
        return Place(chore=False, round=number, turn=turn, order=self._order)

    def next_round(self, place: Place, asker: Asker | None) -> Place:
        """Where a request goes on that was served from `place` and has more to do: after everybody had a turn."""
        if asker is None:
            return place
        moved = place._replace(round=max(self._round, place.round) + 1)
        self._members[asker.user] = max(moved.round, self._members.get(asker.user, 0))
        return moved

    def reached(self, place: Place) -> None:
        """The request at `place` is served now: rounds before it are over."""
        if place.chore or place.round <= self._round:
            return
        self._round = place.round
        self._members = {member: last for member, last in self._members.items() if last >= self._round}
        self._servers = {server: count for server, count in self._servers.items() if server[0] >= self._round}
