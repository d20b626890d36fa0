"""The access word of a class: a page asks for it once, a signed cookie remembers that it was right. Words that could be
guessed are slowed down."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import secrets
import time
import unicodedata
from collections import deque
from collections.abc import Callable

from mark_core.errors import MarkError

ACCESS_VARIABLE = "MARK_ACCESS"
COOKIE = "mark_access"
HOURS = 12
LEAST = 4  # letters of a word
FREE = 10  # wrong words of one address within FORGET seconds, before it has to wait
FORGET = 600.0
PAUSE = 2.0  # seconds that each further word of the address takes, one after the other
WAITING = 30  # words of one address that may wait; further ones are refused at once
FREE_OF_ALL = 300  # wrong words of all addresses, before each takes PAUSE


class SlowedTries:
    """Counts wrong words by the address that they came from. clock: seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._wrong: dict[str, deque[float]] = {}
        self._turns: dict[str, tuple[asyncio.Lock, int]] = {}  # and how many wait for it

    async def attempt(self, check: Callable[[], bool], address: str) -> bool | None:
        """What ``check`` says of a word; None if too many are being tried from this address. The more were wrong, the
        longer it takes, for the right one too, so that nobody learns anything from the time."""
        if not self._is_slow(address):
            return self._counted(check, address)
        lock, waiting = self._turns.get(address, (asyncio.Lock(), 0))
        if waiting >= WAITING:
            return None
        self._turns[address] = lock, waiting + 1
        try:
            async with lock:
                await asyncio.sleep(PAUSE)
                return self._counted(check, address)
        finally:
            lock, waiting = self._turns.pop(address)
            if waiting > 1:
                self._turns[address] = lock, waiting - 1

    def _counted(self, check: Callable[[], bool], address: str) -> bool:
        right = check()
        if not right:
            self._wrong.setdefault(address, deque(maxlen=FREE_OF_ALL)).append(self._clock())
        return right

    def _is_slow(self, address: str) -> bool:
        since = self._clock() - FORGET
        for place, times in list(self._wrong.items()):
            while times and times[0] < since:
                times.popleft()
            if not times:
                del self._wrong[place]
        return len(self._wrong.get(address, ())) >= FREE or sum(map(len, self._wrong.values())) >= FREE_OF_ALL


class AccessWord(SlowedTries):
    """Checks words and cookies. secret: signs the cookies of this server; another start knows none of them."""

    def __init__(self, word: str, clock: Callable[[], float] = time.time) -> None:
        super().__init__(clock)
        self._word = _folded(word)
        if len(self._word) < LEAST:
            raise MarkError(
                "{variable} needs at least {least} letters.", variable=ACCESS_VARIABLE, least=LEAST
            )
        self._secret = secrets.token_bytes(32)

    @classmethod
    def of_environment(cls) -> AccessWord | None:
        """None where MARK_ACCESS is not set. Raises MarkError if the word is too short."""
        word = os.environ.get(ACCESS_VARIABLE, "").strip()
        return cls(word) if word else None

    async def try_word(self, word: str, address: str) -> bool | None:
        """Whether a word is right; None if too many are being tried from this address."""
        return await self.attempt(lambda: self._is_right(word), address)

    def cookie(self) -> str:
        """The value of a cookie that is good for HOURS."""
        until = str(int(self._clock() + 3600 * HOURS))
        return f"{until}.{self._signature(until)}"

    def is_good(self, cookie: str | None) -> bool:
        """Whether a cookie was made here and its time is not over."""
        until, _, signature = (cookie or "").partition(".")
        right = hmac.compare_digest(signature.encode(), self._signature(until).encode())
        return right and until.isdecimal() and int(until) > self._clock()

    def _is_right(self, word: str) -> bool:
        return hmac.compare_digest(_folded(word).encode(), self._word.encode())

    def _signature(self, text: str) -> str:
        return hmac.new(self._secret, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _folded(word: str) -> str:
    """As children type it: capitals and spaces at the ends make no difference."""
    return unicodedata.normalize("NFKC", word).strip().casefold()
