"""Placeholder until the real one lands."""

from __future__ import annotations


def detect(title: str, text: str, declared: str) -> str:
    return declared.partition("-")[0]
