"""schema.org for articles and stories: whose they are, and what they were taken from."""

from __future__ import annotations

from typing import Any

from wirecopy.web.render import iso
from wirecopy.web.site import Site
from wirecopy.web.views_article import ArticlePage
from wirecopy.web.views_story import StoryPage


def news_article(page: ArticlePage, site: Site, base: str) -> dict[str, Any]:
    """A copy: `publisher` is the source, `sdPublisher` is us."""
    line = page.article
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": line.headline,
        "url": line.url,
        "mainEntityOfPage": line.url,
        "isBasedOn": line.url,
        "datePublished": iso(line.published),
        "dateModified": iso(page.updated or line.published),
        "inLanguage": line.language,
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": line.publisher.name,
            "url": f"https://{line.publisher.id}/",
        },
        "copyrightHolder": {"@type": "Organization", "name": line.publisher.name},
        "sdPublisher": {"@type": "Organization", "name": site.name, "url": f"{base}/"},
    }
    if line.authors:
        found["author"] = [{"@type": "Person", "name": name} for name in line.authors]
    if page.licence:
        found["license"] = page.licence
    if any(reason.signal == "paywall" for reason in page.reasons):
        found["isAccessibleForFree"] = False
    cited = [{"@type": "CreativeWork", "name": one.name} for one in page.citations]
    if cited:
        found["citation"] = cited
    return found


def collection(page: StoryPage, base: str) -> dict[str, Any]:
    """A story: a page of ours that lists articles of others."""
    return {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "name": page.story.lead.headline,
        "url": f"{base}{page.story.href}",
        "dateModified": iso(page.story.touched),
        "mainEntity": {
            "@type": "ItemList",
            "numberOfItems": len(page.articles),
            "itemListElement": [
                {"@type": "ListItem", "position": place, "name": line.headline, "url": line.url}
                for place, line in enumerate(page.articles[:20], start=1)
            ],
        },
    }
