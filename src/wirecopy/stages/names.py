"""Names of people in bylines: how one line holds several, and what has the shape of a name."""

from __future__ import annotations

import re

_BY = re.compile(
    r"""^(?:by|von|par|por|di|door|av|af|text|texto|author|autor(?:in)?|view\ all\ posts\ by
    |(?:opinion|written|posted|published|submitted|veröffentlicht|erstellt|eingestellt|geschrieben
        |gespeichert|verfasst|escrito
        |publicado|publié|scritto)\ (?:by|von|par|por|da)
    )\b:?\s+""",
    re.IGNORECASE | re.VERBOSE,
)
_AND = re.compile(
    r"\s*[;|•·]\s*|\s*,\s+(?!(?:Jr|Sr|MD|M\.D|PhD|Ph\.D|RD|MS|RN|DO|II|III)\b)"
    r"|\s+(?:and|und|&|et|y|og|och|en|ja|και|и)\s+",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"""^(?:admin|administrator|editor|staff|redaktion|redacci[oó]n|author|none|null|undefined|guest
        |no\ author|(?:(?:written|authored|posted|published)\ )?by|about\ the\ author|full\ bio
        |name|unknown|n/a|na|user|root|webmaster|follow|\d+)$
    |^https?:|^www\.|[@<>{}]|\.(?:com|org|net|de)$|^page\.""",
    re.IGNORECASE | re.VERBOSE,
)
_NICK = re.compile(r"\s*\([\w.\s]{1,12}\)$")  # (obe), an agency's (AP)


def names_in(byline: str) -> list[str]:
    """Names out of a byline: "By A and B" is two."""
    found: list[str] = []
    for name in _AND.split(_BY.sub("", byline)):
        name = _NICK.sub("", name.strip(" ,.;:|-–—\u00a0"))
        if 1 < len(name) <= 80 and not _NO_NAME.search(name):
            found.append(name)
    return found


_PARTICLES = (
    "van|von|de|da|do|dos|das|del|della|di|der|den|du|la|le|el|al|bin|ibn|ben|af|av|zu|zur|ter|ten"
    r"|y|e|st\."
)
_LATIN = re.compile(
    r"(?:(?:Dr|Prof|Mag|Sir|Dame|Rev|Fr|Mr|Mrs|Ms)\.?\s)*"
    r"[^\W\d_a-zß-öø-ÿ][^\s\d,:;!?()|/]*"
    rf"(?:\s(?:(?:{_PARTICLES})\s)*(?:[dDlLO]['’])?[^\W\d_a-zß-öø-ÿ][^\s\d,:;!?()|/]*){{1,4}}"
)
_WIDE = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,5}(?:\s?(?:記者|记者|기자|특파원))?"
)
_OTHER = re.compile(r"[\u0590-\u0fff]+(?:[\s.\-][\u0590-\u0fff]+){1,3}")
_NOBODY = re.compile(
    r"\b(?:staff|editors?|team|redaktion|news|desk|press|admin|media|magazine|online|reporter"
    r"|minutes?|read|share|comments?|updated?|published|posted|views?|home|about|contact|more|here"
    r"|january|february|march|april|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)


def is_name(text: str) -> bool:
    """Whether a text has the shape of a person's name, in full."""
    return bool(_LATIN.fullmatch(text) or _WIDE.fullmatch(text) or _OTHER.fullmatch(text))


def is_nobody(text: str) -> bool:
    """Whether a text names a desk, or is a word of the page's furniture."""
    return _NOBODY.search(text) is not None
