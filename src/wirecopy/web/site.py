"""What a page knows of the newspaper it belongs to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The newspaper as readers meet it."""

    name: str = "Wirecopy"
    public: bool = False
    timezone: str = "UTC"  # IANA name; every time on a page is told in it
    languages: tuple[str, ...] = ()  # of the articles shown; empty: all
    contact: str = ""
    internal: tuple[str, ...] = ()  # exempt from the guard; told on a private site alone
    base_url: str = ""  # for addresses in feeds and the API; "": as the request came

    def disclaimer(self, publisher: str) -> str:
        """The sentence that every copy of an article carries."""
        return (
            "Disclaimer: this story was gathered automatically by a computer programme and has "
            f"been neither created nor edited by {self.name}. Publisher: {publisher}"
        )
