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
        self._members: dict[int, list[int]] = {}
        """The rounds in which a member has a request or had one, from this one on, in order."""
        self._servers: dict[tuple[int, int | None], int] = {}
        """How many requests of a server stand in a round."""

    def place(self, asker: Asker | None) -> Place:
        """The place of a request that just came in."""
        self._order += 1
        if asker is None:
            return Place(chore=True, round=0, turn=0, order=self._order)
        return self._in_next_round(asker, self._order)

    def next_round(self, place: Place, asker: Asker | None) -> Place:
        """Where a request goes on that was served from `place` and has more to do.

        After everybody had a turn, and after what else its member has asked for, which has a round of its own each.
        """
        return place if asker is None else self._in_next_round(asker, place.order)

    def leave(self, place: Place, asker: Asker | None) -> None:
        """The request at `place` ended without being served, so its member isn't to wait for it."""
        rounds = [] if asker is None else self._members.get(asker.user, [])
        if place.round in rounds:
            rounds.remove(place.round)

    def rest(self) -> None:
        """Nobody waits any more: who was served is forgotten."""
        self._round += 1
        self._members.clear()
        self._servers.clear()

    def _in_next_round(self, asker: Asker, order: int) -> Place:
        rounds = self._members.setdefault(asker.user, [])
        number = max(self._round, rounds[-1] + 1) if rounds else self._round
        rounds.append(number)
        # Direct messages belong to no server; each is as good as one of its own.
        server = number, asker.server if asker.server is not None else -asker.user
        turn = self._servers.get(server, 0)
        self._servers[server] = turn + 1
        return Place(chore=False, round=number, turn=turn, order=order)

    def reached(self, place: Place) -> None:
        """The request at `place` is served now: rounds before it are over."""
        if place.chore or place.round <= self._round:
            return
        self._round = place.round
        still = {member: [one for one in rounds if one >= self._round] for member, rounds in self._members.items()}
        self._members = {member: rounds for member, rounds in still.items() if rounds}
        self._servers = {server: count for server, count in self._servers.items() if server[0] >= self._round}
