"""What the host, and those who manage a server, say about who may ask for what. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Quota:
    """The most that is allowed: requests at once, within a minute and a day, and seconds of the device a day.

    0 is no limit. A day is one of UTC.
    """

    at_once: int = 0
    a_minute: int = 0
    a_day: int = 0
    seconds_a_day: int = 0


@dataclass(frozen=True, slots=True)
class HostRules:
    """What the host says. It holds everywhere. Servers, members and roles are Discord's ids.

    Attributes:
        member: what one member may use, of all servers and direct messages together.
        server: what one server may use.
        exempt_roles: those who have one of them are not held to `member`.
        allowed_servers, allowed_members: where one is named, a request has to come from such a server or member.
        denied_servers, denied_members: nothing comes from them, whatever else is allowed.
    """

    member: Quota = Quota()
    server: Quota = Quota()
    exempt_roles: frozenset[int] = _NOBODY
    allowed_servers: frozenset[int] = _NOBODY
    denied_servers: frozenset[int] = _NOBODY
    allowed_members: frozenset[int] = _NOBODY
    denied_members: frozenset[int] = _NOBODY


@dataclass(frozen=True, slots=True)
class ServerRules:
    """What those who manage a server say. It holds on their server, beside what the host says.

    Attributes:
        off: names of tasks that aren't done there.
        only_in: by a task's name, the only channels where it is done. A thread is where its channel is.
        private: whether only the asker sees an answer, unless they say otherwise.
        member: what one member may use on this server.
        everybody: what all of them may use together.
        exempt_roles: those who have one of them are not held to `member`.
        allowed_channels: where some are named, nothing is done elsewhere.
        allowed_roles, allowed_members: where some are named, only they may ask.
        denied_channels, denied_roles, denied_members: whatever else is allowed.
    """

    off: frozenset[str] = frozenset()
    only_in: Mapping[str, frozenset[int]] = field(default_factory=dict)
    private: bool = False
    member: Quota = Quota()
    everybody: Quota = Quota()
    exempt_roles: frozenset[int] = _NOBODY
    allowed_channels: frozenset[int] = _NOBODY
    denied_channels: frozenset[int] = _NOBODY
    allowed_roles: frozenset[int] = _NOBODY
    denied_roles: frozenset[int] = _NOBODY
    allowed_members: frozenset[int] = _NOBODY
    denied_members: frozenset[int] = _NOBODY
