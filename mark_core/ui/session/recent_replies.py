"""The last replies of a session, which stand in every view, so that one that got lost is made good by the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mark_core.ui.replies import Reply

KEPT = 8  # of each feature, twice as many as are answered at a time, as views may overtake each other


@dataclass(frozen=True)
class RecentReplies:
    """The last KEPT replies of each feature, the newest at the end. Immutable."""

    last: tuple[Reply, ...] = ()

    def with_reply(self, reply: Reply) -> RecentReplies:
        """With one more reply, in place of an earlier one to the same request."""
        key = reply.feature, reply.number
        others = [other for other in self.last if (other.feature, other.number) != key]
        same = [other for other in others if other.feature == reply.feature]
        dropped = set(map(id, same[: max(0, len(same) - KEPT + 1)]))
        return RecentReplies((*(other for other in others if id(other) not in dropped), reply))

    def to_view(self) -> list[dict[str, Any]]:
        return [reply.to_json() for reply in self.last]
