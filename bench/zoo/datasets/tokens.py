"""Rows of tokens, padded with 0 at the end."""

from __future__ import annotations

import re
import zlib

import numpy as np
from zoo.records import Raw, user_data


def topics() -> Raw:
    """Texts of 12 to 30 words from 200; each of four topics prefers words of its own."""
    generator = np.random.default_rng(31)
    target = generator.integers(0, 4, 1500)
    preference = generator.dirichlet(np.full(200, 0.15), 4) * 0.5 + 0.5 / 200
    rows = np.zeros((1500, 30), "int32")
    for place, topic in enumerate(target):
        length = generator.integers(12, 31)
        rows[place, :length] = 1 + generator.choice(200, length, p=preference[topic])
    return Raw(rows, target, "tokens", "classes", 4, vocabulary=201)


def praise() -> Raw:
    """Texts of 20 words: more good words than bad ones, where a negation turns the next word round."""
    generator = np.random.default_rng(32)
    rows = generator.integers(1, 60, (1800, 20)).astype("int32")
    good, bad, negation = rows <= 12, (rows > 12) & (rows <= 24), rows >= 55
    sign = good.astype(int) - bad.astype(int)
    sign[:, 1:] *= np.where(negation[:, :-1], -1, 1)
    score = sign.sum(axis=1)
    kept = score != 0
    return Raw(rows[kept], (score[kept] > 0).astype("int64"), "tokens", "binary", 2, vocabulary=60)


def spam() -> Raw:
    """Short messages, words hashed to 500 tokens, at most 24 of them; one in eight is spam."""
    lines = user_data("text", "sms_spam.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t", 1) for line in lines if "\t" in line]
    rows = np.zeros((len(pairs), 24), "int32")
    for place, (_, text) in enumerate(pairs):
        words = [1 + zlib.crc32(word.encode()) % 499 for word in re.findall(r"[a-z]+|\d+|[£!?]", text.lower())]
        rows[place, : len(words[:24])] = words[:24]
    target = np.array([label == "spam" for label, _ in pairs]).astype("int64")
    return Raw(rows, target, "tokens", "binary", 2, vocabulary=500)


LOADERS = {
    "topics": ("development", topics),
    "praise": ("test", praise),
    "spam": ("test", spam),
}
