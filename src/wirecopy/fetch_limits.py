"""What one request may take: seconds, bytes, redirects."""

from __future__ import annotations

from dataclasses import dataclass

from wirecopy import robots
from wirecopy.model import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Past these an answer is given up. Seconds are real ones, whatever the clock says."""

    connect_seconds: float = 10
    headers_seconds: float = 10
    stall_seconds: float = 10  # between two pieces of a body
    total_seconds: float = 30  # of one request, redirects each on their own
    page_bytes: int = 15_000_000  # unpacked
    feed_bytes: int = 15_000_000
    image_bytes: int = 10_000_000
    header_bytes: int = 32_768  # of one header line
    redirects: int = 5
    ratio: int = 100  # of bytes unpacked to bytes on the wire, past the first megabyte

    def bytes_of(self, purpose: Purpose | None) -> int:
        """Of an answer's body; None is for the answer to what was posted."""
        if purpose is Purpose.FEED:
            return self.feed_bytes
        if purpose is Purpose.IMAGE:
            return self.image_bytes
        return self.page_bytes if purpose is Purpose.PAGE else robots.MAX_BYTES
