"""Images that show the same picture: re-encoded, slightly resized, a little brighter.

Each image becomes a grey thumbnail by area averaging. Two thumbnails are compared by the cosine between them after
their means are removed (blind to brightness and contrast) and by the same cosine of their details (the thumbnail minus
its blurred self), which tells a copy from a look-alike: two white T-shirts agree in outline, not in grain.

Candidates are found without comparing all pairs at full length: the distance between projections bounds the distance
from below, so principal components (Jolliffe, "Principal Component Analysis", 2002) discard nearly all pairs, and
sorting along the first component keeps most from being looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vandap.core.dataset import Examples
from vandap.data.stream import batches

ALIKE = 0.995
"""Two thumbnails of one picture have at least this cosine. Measured in `bench/duplicates/RESULTS.md` together with the
other bounds: of copies re-encoded as JPEG of quality 80, resized by up to 5 % and brightened by up to 12 of 255 levels,
1.00 are found among photographs of 92 to 341 pixels, 0.99 in CIFAR-10 and 0.95 in Fashion-MNIST; 400 portraits of 40
people give no pair, 12,000 CIFAR-10 images 3 and 70,000 Fashion-MNIST images 268, nearly all of them true."""

ALIKE_DETAIL = 0.95
"""... and their details at least this one. Source: as `ALIKE`."""

SMALLEST = 16
"""Images with a shorter side below this many pixels hold too little detail to tell copies from look-alikes."""

SMALL = 64
"""Below this many pixels a side, re-encoding changes single pixels so much that copies are also sought at 16 x 16."""

APART = 0.01
"""Copies differ by at most this much (1 - cosine) at 16 x 16. Source: as `ALIKE`."""

MOST_IMAGES = 80_000
MOST_PIXELS = 2_000_000_000
_SIDE = 32
_COARSE = 16
_COMPONENTS = 48
_FLOOR = 5e-4
_MOST_CANDIDATES = 4_000_000
_BLOCK = (1024, 8192)
_BATCH_PIXELS = 16_000_000


def near_pairs(examples: Examples, exact: np.ndarray) -> tuple[np.ndarray, int, tuple[str, ...]]:
    """Find pairs of images that show the same picture but are not equal.

    Args:
        examples: Images.
        exact: Number of the set of equal images that each row belongs to, shape `(rows,)`; one of each set is compared.

    Returns:
        Row numbers of the pairs, shape `(pairs, 2)`; how many images were compared; notes.
    """
    rows = np.sort(np.unique(exact, return_index=True)[1])
    none = np.zeros((0, 2), np.int64)
    if len(rows) < 2:
        return none, len(rows), ()
    height, width = np.asarray(examples.take(rows[:1])).shape[1:3]
    if min(height, width) < SMALLEST:
        return none, 0, (f"Images below {SMALLEST} pixels a side were compared for equal copies only.",)
    most = max(2, min(MOST_IMAGES, MOST_PIXELS // (height * width)))
    notes: tuple[str, ...] = ()
    if len(rows) > most:
        notes = (f"Near copies were looked for among {most} of {len(rows)} different images, to bound the time.",)
        rows = rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]
    small = thumbnails(examples, rows, min(_SIDE, height, width))
    pairs, complete = similar(small, coarse_too=min(height, width) < SMALL)
    if not complete:
        notes += ("The images are so alike that not all pairs could be compared for near copies.",)
    return rows[pairs], len(rows), notes


def thumbnails(examples: Examples, rows: np.ndarray, side: int) -> np.ndarray:
    """Return grey thumbnails by area averaging, shape `(n, side, side)`, float16; read in bounded batches."""
    small = np.empty((len(rows), side, side), np.float16)
    first = np.asarray(examples.take(rows[:1]))
    batch = max(1, _BATCH_PIXELS // first[0].size)
    down, across = _averaging(first.shape[1], side), _averaging(first.shape[2], side)
    for place, images in enumerate(batches(examples, rows, batch, threads=1, ahead=1)):
        grey = _grey(np.asarray(images))
        small[place * batch : place * batch + len(grey)] = down @ grey @ across.T
    return small


def similar(small: np.ndarray, *, coarse_too: bool) -> tuple[np.ndarray, bool]:
    """Find the pairs of thumbnails that show the same picture.

    Args:
        small: Thumbnails, shape `(n, side, side)`.
        coarse_too: Whether pairs that agree at 16 x 16 only are taken too, if nothing else is about as similar.

    Returns:
        Pairs of indices, shape `(pairs, 2)`, and whether all pairs were compared.
    """
    shrink = _averaging(small.shape[1], _COARSE)
    coarse = shrink @ small.astype(np.float32) @ shrink.T
    pairs, distance, complete = _close(coarse, 2 * APART if coarse_too else APART)
    near = distance <= APART
    alone = _isolated(pairs, distance)[near]
    pairs = pairs[near]
    same = _same_picture(small, pairs, ALIKE)
    if coarse_too:
        same |= alone & _same_picture(coarse, pairs, 1 - APART)
    return pairs[same], complete


def _close(coarse: np.ndarray, apart: float) -> tuple[np.ndarray, np.ndarray, bool]:
    """Pairs of coarse thumbnails at most `apart` (1 - cosine), their distances, and whether all pairs were compared."""
    unit, contrast = _unit(coarse.reshape(len(coarse), -1))
    usable = np.flatnonzero(contrast > 0)
    pairs, distances, looked = [np.zeros((0, 2), np.int64)], [np.zeros(0, np.float32)], 0
    for first, second in _candidates(unit[usable], np.sqrt(2 * apart)):
        looked += len(first)
        if looked > _MOST_CANDIDATES:
            return np.concatenate(pairs), np.concatenate(distances), False
        distance = 1 - np.einsum("ij,ij->i", unit[usable[first]], unit[usable[second]])
        near = distance <= apart
        pairs.append(np.stack([usable[first[near]], usable[second[near]]], axis=1))
        distances.append(distance[near])
    return np.concatenate(pairs), np.concatenate(distances), True


def _isolated(pairs: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Which pairs are a gap apart from all else: no other neighbour of either lies beyond, up to twice the distance.

    The idea of the ratio test of Lowe, "Distinctive Image Features from Scale-Invariant Keypoints" (2004): in a crowd
    of look-alikes the next one is about as close, while a copy is far closer than anything else. Several copies of one
    picture are linked through the farthest of them.
    """
    floor = np.maximum(distance, _FLOOR)
    nodes, lengths = np.concatenate([pairs[:, 0], pairs[:, 1]]), np.concatenate([floor, floor])
    order = np.lexsort((lengths, nodes))
    alone = np.ones(len(nodes), bool)
    follows = nodes[order][1:] == nodes[order][:-1]
    alone[order[:-1]] = ~follows | (lengths[order][1:] > 2 * lengths[order][:-1])
    return alone[: len(pairs)] & alone[len(pairs) :]


def _same_picture(small: np.ndarray, pairs: np.ndarray, alike: float) -> np.ndarray:
    """Which pairs agree in outline (cosine at least `alike`) and in detail, boolean of shape `(pairs,)`."""
    same = np.zeros(len(pairs), bool)
    for start in range(0, len(pairs), 4096):
        one, other = (small[rows].astype(np.float32) for rows in pairs[start : start + 4096].T)
        outline, detail = _cosine(one, other), _cosine(_details(one), _details(other))
        same[start : start + 4096] = (outline >= alike) & (detail >= ALIKE_DETAIL)
    return same


def _candidates(unit: np.ndarray, radius: float) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield index pairs whose projections lie within `radius`: a superset of the close pairs."""
    sample = unit[:: max(1, len(unit) // 20_000)]
    directions = np.linalg.eigh(sample.T @ sample)[1][:, ::-1][:, :_COMPONENTS]
    points = unit @ directions
    order = np.argsort(points[:, 0], kind="stable")
    points = points[order]
    squares, ones = (points**2).sum(axis=1, keepdims=True), np.ones((len(points), 1), np.float32)
    # one product gives the squared distances: |a|^2 + |b|^2 - 2ab
    rows, columns = np.hstack([-2 * points, squares, ones]), np.hstack([points, ones, squares])
    ends = np.searchsorted(points[:, 0], points[:, 0] + radius, side="right")
    # float32 rounding of the squared distance (about 1e-6) must not lose a pair
    bound = radius**2 + 1e-4
    for start in range(0, len(points), _BLOCK[0]):
        stop = min(start + _BLOCK[0], len(points))
        for left in range(start, int(ends[stop - 1]), _BLOCK[1]):
            right = min(left + _BLOCK[1], int(ends[stop - 1]))
            first, second = np.nonzero(rows[start:stop] @ columns[left:right].T <= bound)
            after = second + left > first + start
            yield order[first[after] + start], order[second[after] + left]


def _grey(images: np.ndarray) -> np.ndarray:
    """Luma (ITU-R BT.601) of colour images, the values of grey ones: shape `(n, height, width)`, float32."""
    if images.shape[-1] >= 3:
        return images[..., :3] @ np.array([0.299, 0.587, 0.114], np.float32)
    return images[..., 0].astype(np.float32)


def _averaging(length: int, parts: int) -> np.ndarray:
    """Matrix of shape `(parts, length)` whose rows average equal stretches of an axis."""
    edges = np.linspace(0, length, parts + 1)
    cells = np.arange(length)
    overlap = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    weights = np.clip(overlap, 0, None)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def _details(small: np.ndarray) -> np.ndarray:
    """Thumbnails minus their 3 x 3 mean, same shape."""
    side = small.shape[1]
    padded = np.pad(small, ((0, 0), (1, 1), (1, 1)), mode="edge")
    rows = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return small - (rows[:, :, :side] + rows[:, :, 1:-1] + rows[:, :, 2:]) / 9


def _unit(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of mean 0 and length 1, and their length before; flat images (no contrast) become 0 with length 0."""
    centred = flat - flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1)
    length = np.where(length > 1e-3 * np.abs(flat).max(axis=1) * np.sqrt(flat.shape[1]), length, 0)
    return centred / np.maximum(length, 1e-30)[:, None] * (length > 0)[:, None], length


def _cosine(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Cosine between centred images, shape `(n,)`; 0 where one is flat."""
    left, right = (_unit(images.reshape(len(images), -1))[0] for images in (one, other))
    return np.einsum("ij,ij->i", left, right)
