"""The lead image as the page names it, with the words of the figure that shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml.html import HtmlElement

from wirecopy.model import Image
from wirecopy.stages.stated import Node, absolute, clean, first, text_of, visible_text

_CREDIT = re.compile(r"credit|copyright|photographer|source|agency|fuente|quelle|rights", re.I)


def lead_image(
    tree: HtmlElement,
    metas: Mapping[str, list[str]],
    article: Node,
    by_id: Mapping[str, Node],
    url: str,
) -> Image | None:
    """The lead image; caption and credit from the figure that holds it, or from JSON-LD."""
    node = _image_node(article.get("image"), by_id)
    shared = first(metas, "og:image:secure_url", "og:image", "og:image:url", "twitter:image")
    href = text_of(node.get("url") or node.get("contentUrl") or node.get("@id")) or shared
    address = absolute(url, href)
    if not address:
        return None
    figure, alt = _figure(tree, [href, shared])
    caption, credit = _captions(figure)
    return Image(
        url=address,
        caption=caption or text_of(node.get("caption")),
        credit=credit or text_of(node.get("creditText") or node.get("copyrightHolder")),
        alt=alt or first(metas, "og:image:alt", "twitter:image:alt"),
    )


def _image_node(value: Any, by_id: Mapping[str, Node]) -> Node:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        return by_id.get(str(value.get("@id")), value) if "url" not in value else value
    return {"url": value} if isinstance(value, str) else {}


def _figure(tree: HtmlElement, addresses: Sequence[str]) -> tuple[HtmlElement | None, str]:
    """The figure that shows the image (by its file's name) and the picture's alternative text."""
    names = {_file_name(address) for address in addresses} - {""}
    for element in list(tree.iter("img"))[:200]:
        sources = " ".join(
            value for key, value in element.attrib.items() if "src" in str(key).lower()
        )
        if any(name in sources for name in names):
            figure = next(element.iterancestors("figure"), None)
            return figure, clean(element.get("alt") or "")
    return None, ""


def _file_name(address: str) -> str:
    name = address.split("?", 1)[0].rsplit("/", 1)[-1]
    return name if len(name) > 6 else ""


def _captions(figure: HtmlElement | None) -> tuple[str, str]:
    """Caption and credit of a figure, apart where the markup parts them."""
    caption = next(figure.iter("figcaption"), None) if figure is not None else None
    if caption is None:
        return "", ""
    for element in caption.iterdescendants():
        marks = f"{element.get('class')} {element.get('itemprop')}" if element.attrib else ""
        if _CREDIT.search(marks) and isinstance(element.tag, str):
            credit, whole = visible_text(element), visible_text(caption)
            if credit != whole:
                return whole.replace(credit, "").strip() if credit else whole, credit
    return visible_text(caption), ""
