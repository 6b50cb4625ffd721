"""The lead image as the page names it, with the words of the figure that shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from selectolax.lexbor import LexborNode

from wirecopy.model import Image
from wirecopy.stages.stated import Node, Stated, absolute, clean, text_of, visible_text

_CREDIT = re.compile(r"credit|copyright|photographer|source|agency|fuente|quelle|rights", re.I)
_MOST_PICTURES = 200


def lead_image(stated: Stated, url: str) -> Image | None:
    """The lead image; caption and credit from the figure that holds it, or from JSON-LD."""
    node = _image_node(stated.article.get("image"), stated.by_id)
    shared = stated.meta("og:image:secure_url", "og:image", "og:image:url", "twitter:image")
    href = text_of(node.get("url") or node.get("contentUrl") or node.get("@id")) or shared
    address = absolute(url, href)
    if not address:
        return None
    figure, alt = _figure(stated.pictures, [href, shared])
    caption, credit = _captions(figure)
    return Image(
        url=address,
        caption=caption or text_of(node.get("caption")),
        credit=credit or text_of(node.get("creditText") or node.get("copyrightHolder")),
        alt=alt or stated.meta("og:image:alt", "twitter:image:alt"),
    )


def _image_node(value: Any, by_id: Mapping[str, Node]) -> Node:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        return by_id.get(str(value.get("@id")), value) if "url" not in value else value
    return {"url": value} if isinstance(value, str) else {}


def _figure(
    pictures: Sequence[LexborNode], addresses: Sequence[str]
) -> tuple[LexborNode | None, str]:
    """The figure that shows the image (by its file's name) and the picture's alternative text."""
    names = {_file_name(address) for address in addresses} - {""}
    if not names:
        return None, ""
    for element in pictures[:_MOST_PICTURES]:
        attributes = element.attributes
        sources = " ".join(value for key, value in attributes.items() if value and "src" in key)
        if any(name in sources for name in names):
            return _figure_around(element), clean(attributes.get("alt") or "")
    return None, ""


def _figure_around(element: LexborNode) -> LexborNode | None:
    node = element.parent
    while node is not None and node.tag != "figure":
        node = node.parent
    return node


def _file_name(address: str) -> str:
    name = address.split("?", 1)[0].rsplit("/", 1)[-1]
    return name if len(name) > 6 else ""


def _captions(figure: LexborNode | None) -> tuple[str, str]:
    """Caption and credit of a figure, apart where the markup parts them."""
    caption = figure.css_first("figcaption") if figure is not None else None
    if caption is None:
        return "", ""
    whole = visible_text(caption)
    for element in caption.css("[class],[itemprop]"):
        attributes = element.attributes
        marks = f"{attributes.get('class')} {attributes.get('itemprop')}"
        if element.mem_id != caption.mem_id and _CREDIT.search(marks):
            credit = visible_text(element)
            if credit != whole:
                return whole.replace(credit, "").strip() if credit else whole, credit
    return whole, ""
