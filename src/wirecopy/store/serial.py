"""Model values as JSON and back: for each value `X_json` and its inverse `X_of`.

The shapes are short, because a proof has one entry a block: a `Span` is `[start, end]`, a `Block`
is `[kind, start, end]`. `X_of` takes what a JSON column gives, which is typed `Any`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from wirecopy.model import (
    ArticleId,
    Basis,
    BasisKind,
    Block,
    BlockKind,
    Features,
    Found,
    Image,
    Licence,
    LicenceRule,
    Mode,
    Placement,
    Proof,
    Ranked,
    Reason,
    Repeat,
    Span,
    StoryId,
    Weight,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """A lead image: as the page names it, and the file we made of it, "" until it was had."""

    url: str
    caption: str = ""
    credit: str = ""
    alt: str = ""
    file: str = ""
    width: int = 0
    height: int = 0


def basis_json(basis: Basis) -> dict[str, Any]:
    return {
        "kind": basis.kind.value,
        "mode": basis.mode.value,
        "licence": basis.licence,
        "evidence": basis.evidence,
        "evidence_url": basis.evidence_url,
        "recorded": basis.recorded.isoformat() if basis.recorded else None,
    }


def basis_of(data: Any) -> Basis:
    return Basis(
        kind=BasisKind(data["kind"]),
        mode=Mode(data["mode"]),
        licence=data["licence"],
        evidence=data["evidence"],
        evidence_url=data["evidence_url"],
        recorded=date.fromisoformat(data["recorded"]) if data["recorded"] else None,
    )


def reasons_json(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    return [
        {
            "signal": reason.signal,
            "mode": reason.mode.value,
            "words": reason.words,
            "notice": reason.notice,
        }
        for reason in reasons
    ]


def reasons_of(data: Any) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            signal=each["signal"],
            mode=Mode(each["mode"]),
            words=each["words"],
            notice=each["notice"],
        )
        for each in data
    )


def licence_json(licence: Licence) -> list[list[Any]]:
    return [
        [rule.location, rule.permits, list(rule.prohibits), rule.asks] for rule in licence.rules
    ]


def licence_of(data: Any) -> Licence:
    return Licence(
        rules=tuple(
            LicenceRule(
                location=location,
                permits=None if permits is None else tuple(permits),
                prohibits=tuple(prohibits),
                asks=asks,
            )
            for location, permits, prohibits, asks in data
        )
    )


def spans_json(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def spans_of(data: Any) -> tuple[Span, ...]:
    return tuple(Span(start=start, end=end) for start, end in data)


def blocks_json(blocks: Iterable[Block]) -> list[list[Any]]:
    return [[block.kind.value, block.start, block.end] for block in blocks]


def blocks_of(data: Any) -> tuple[Block, ...]:
    return tuple(Block(kind=BlockKind(kind), start=start, end=end) for kind, start, end in data)


def found_json(found: Found) -> dict[str, Any]:
    return {"text": found.text, "where": found.where, "spans": spans_json(found.spans)}


def found_of(data: Any) -> Found:
    return Found(text=data["text"], where=data["where"], spans=spans_of(data["spans"]))


def proof_json(proof: Proof) -> dict[str, Any]:
    return {
        "charset": proof.charset,
        "title": found_json(proof.title),
        "authors": [found_json(author) for author in proof.authors],
        "blocks": [spans_json(spans) for spans in proof.blocks],
    }


def proof_of(data: Any) -> Proof:
    return Proof(
        charset=data["charset"],
        title=found_of(data["title"]),
        authors=tuple(found_of(author) for author in data["authors"]),
        blocks=tuple(spans_of(spans) for spans in data["blocks"]),
    )


def repeat_json(repeat: Repeat) -> dict[str, Any]:
    return {
        "article": repeat.article,
        "of": repeat.of,
        "kind": repeat.kind,
        "share": repeat.share,
    }


def repeat_of(data: Any) -> Repeat:
    return Repeat(
        article=ArticleId(data["article"]),
        of=ArticleId(data["of"]),
        kind=data["kind"],
        share=data["share"],
    )


def placement_json(placement: Placement) -> dict[str, Any]:
    return {
        "article": placement.article,
        "story": placement.story,
        "kind": placement.kind,
        "score": placement.score,
        "shared_names": list(placement.shared_names),
        "shared_numbers": list(placement.shared_numbers),
        "shared_terms": list(placement.shared_terms),
        "words": placement.words,
    }


def placement_of(data: Any) -> Placement:
    return Placement(
        article=ArticleId(data["article"]),
        story=StoryId(data["story"]),
        kind=data["kind"],
        score=data["score"],
        shared_names=tuple(data["shared_names"]),
        shared_numbers=tuple(data["shared_numbers"]),
        shared_terms=tuple(data["shared_terms"]),
        words=data["words"],
    )


def ranking_json(ranking: Iterable[Ranked]) -> list[dict[str, Any]]:
    return [
        {
            "story": ranked.story,
            "score": ranked.score,
            "weights": [[weight.name, weight.value, weight.words] for weight in ranked.weights],
        }
        for ranked in ranking
    ]


def ranking_of(data: Any) -> tuple[Ranked, ...]:
    return tuple(
        Ranked(
            story=StoryId(each["story"]),
            score=each["score"],
            weights=tuple(
                Weight(name=name, value=value, words=words)
                for name, value, words in each["weights"]
            ),
        )
        for each in data
    )


def image_json(image: StoredImage | Image) -> dict[str, Any]:
    """`file` is "" and the size 0 for an image that was not had yet."""
    stored = image if isinstance(image, StoredImage) else None
    return {
        "url": image.url,
        "caption": image.caption,
        "credit": image.credit,
        "alt": image.alt,
        "file": stored.file if stored else "",
        "width": stored.width if stored else 0,
        "height": stored.height if stored else 0,
    }


def image_of(data: Any) -> StoredImage:
    return StoredImage(**data)


def features_json(features: Features) -> dict[str, Any]:
    """All but the shingles, which have a column of their own."""
    return {
        "words": features.words,
        "terms": [[term, weight] for term, weight in features.terms],
        "title_terms": list(features.title_terms),
        "names": list(features.names),
        "numbers": list(features.numbers),
    }


def features_of(data: Any, shingles: bytes) -> Features:
    return Features(
        shingles=shingles,
        words=data["words"],
        terms=tuple((term, weight) for term, weight in data["terms"]),
        title_terms=tuple(data["title_terms"]),
        names=tuple(data["names"]),
        numbers=tuple(data["numbers"]),
    )
