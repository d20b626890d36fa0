"""What sessions use of a server, held within bounds: of each session, of each address, and in total.

Whoever would pass a bound is refused with a sentence; nothing that somebody has open is ever deleted for another.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from mark_core.errors import MarkError
from mark_core.ui.session.limits import Limits

HOUR = 3600.0
STEP = 60.0  # seconds of use that are counted together
PAGE_FULL = "There is no room for another page this large; remove one to make room."
DISK_FULL = "There is no room for more files; remove pages to make room. “Save project” keeps what is open."
ADDRESS_FULL = (
    "Visitors from your network use all the room there is for them on this server, so no page can be added just now. "
    "“Save project” keeps what is open; please try again later."
)
SERVER_FULL = (
    "The server is full, so no page can be added now. “Save project” keeps what is open; please try later."
)
SESSION_BUSY = (
    "This visit has used its share of this server's time, so no page can be added and nothing learnt just now. "
    "“Save project” keeps what is open; please go on in an hour."
)
ADDRESS_BUSY = (
    "Visitors from your network have used their share of this server's time, so no page can be added and nothing "
    "learnt just now. “Save project” keeps what is open; please go on in an hour."
)
SERVER_BUSY = (
    "The server has too much to do just now, so no page can be added and nothing learnt. “Save project” keeps what is "
    "open; please try again later."
)


class User(Protocol):
    """What a session tells of itself. has_work: whether something would be lost if it were closed."""

    nonce: str
    address: str

    @property
    def nbytes(self) -> int: ...
    @property
    def disk(self) -> int: ...
    @property
    def has_work(self) -> bool: ...


@dataclass(frozen=True, eq=False)
class _Claim:
    user: User
    memory: int
    disk: int


class Budgets:
    """Keeps count for all sessions of a server. Every method may be called from any thread, but not with the lock of a
    session held, since every session is asked what it has.

    users: all that are open; by default the one that asks is alone.
    """

    def __init__(
        self, limits: Limits, clock: Callable[[], float], users: Callable[[], Collection[User]] = lambda: ()
    ) -> None:
        self.limits = limits
        self._users = users
        self._claims: list[_Claim] = []
        self._megapixels = _HourlyUse(clock)
        self._seconds = _HourlyUse(clock)
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, user: User, memory: int = 0, disk: int = 0) -> Iterator[None]:
        """Room for something that is made within the block and counts as the session's own afterwards. Raises MarkError
        if there is none."""
        claim = _Claim(user, memory, disk)
        with self._lock:
            self._check_room(user, memory, disk)
            self._claims.append(claim)
        try:
            yield
        finally:
            with self._lock:
                self._claims.remove(claim)

    def room(self, user: User) -> int:
        """Bytes of memory that a session may still take."""
        limits = self.limits
        with self._lock:
            own, address, total = (self._memory(users) for users in self._circles(user))
        return max(
            0, min(limits.session_bytes - own, limits.address_bytes - address, limits.total_bytes - total)
        )

    def spend(self, user: User, megapixels: float = 0.0, seconds: float = 0.0) -> None:
        """Note what was decoded and how long was worked for a session."""
        self._megapixels.add(user, megapixels)
        self._seconds.add(user, seconds)

    def check_time(self, user: User) -> None:
        """Raises MarkError if no more may be decoded or worked for a session within this hour."""
        limits = self.limits
        for use, bounds in (
            (
                self._megapixels,
                (limits.session_megapixels, limits.address_megapixels, limits.total_megapixels),
            ),
            (self._seconds, (limits.session_seconds, limits.address_seconds, limits.total_seconds)),
        ):
            own, address, total = use.of(user)
            if own >= bounds[0]:
                raise MarkError(SESSION_BUSY)
            if address >= bounds[1]:
                raise MarkError(ADDRESS_BUSY)
            if total >= bounds[2]:
                raise MarkError(SERVER_BUSY)

    def _check_room(self, user: User, memory: int, disk: int) -> None:
        limits = self.limits
        own, address, everyone = self._circles(user)
        if memory and self._memory(own) + memory > limits.session_bytes:
            raise MarkError(PAGE_FULL)
        if disk and self._disk(own) + disk > limits.session_disk:
            raise MarkError(DISK_FULL)
        if self._is_full(
            user, memory, disk, address, limits.address_sessions, limits.address_bytes, limits.address_disk
        ):
            raise MarkError(ADDRESS_FULL)
        if self._is_full(
            user, memory, disk, everyone, limits.sessions, limits.total_bytes, limits.total_disk
        ):
            raise MarkError(SERVER_FULL)

    def _is_full(
        self, user: User, memory: int, disk: int, users: list[User], most: int, room: int, space: int
    ) -> bool:
        """Whether these have no room for so much more, or for one more session with something of its own."""
        begun = [claim.user for claim in self._claims if claim.memory]
        others = sum(one.has_work or one in begun for one in users if one is not user)
        return (
            (memory > 0 and others >= most and not user.has_work)
            or (memory > 0 and self._memory(users) + memory > room)
            or (disk > 0 and self._disk(users) + disk > space)
        )

    def _circles(self, user: User) -> tuple[list[User], list[User], list[User]]:
        """The session itself, those of its address, and all."""
        everyone = list(self._users()) or [user]
        return [user], [one for one in everyone if one.address == user.address], everyone

    def _memory(self, users: list[User]) -> int:
        claimed = sum(claim.memory for claim in self._claims if claim.user in users)
        return claimed + sum(one.nbytes for one in users)

    def _disk(self, users: list[User]) -> int:
        claimed = sum(claim.disk for claim in self._claims if claim.user in users)
        return claimed + sum(one.disk for one in users)


class _HourlyUse:
    """How much of one thing was used within the last hour, by session and by address."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._steps: deque[tuple[float, dict[tuple[str, str], float]]] = deque()
        self._lock = threading.Lock()

    def add(self, user: User, amount: float) -> None:
        if amount <= 0:
            return
        now = self._clock()
        with self._lock:
            self._forget(now)
            if not self._steps or now - self._steps[-1][0] >= STEP:
                self._steps.append((now, {}))
            used, key = self._steps[-1][1], (user.nonce, user.address)
            used[key] = used.get(key, 0.0) + amount

    def of(self, user: User) -> tuple[float, float, float]:
        """Of the session, of its address, and in all."""
        own = address = total = 0.0
        with self._lock:
            self._forget(self._clock())
            for _, used in self._steps:
                for (nonce, place), amount in used.items():
                    total += amount
                    address += amount if place == user.address else 0.0
                    own += amount if nonce == user.nonce else 0.0
        return own, address, total

    def _forget(self, now: float) -> None:
        while self._steps and now - self._steps[0][0] > HOUR:
            self._steps.popleft()
