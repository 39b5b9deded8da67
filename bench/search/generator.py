"""Made faces: identities with some vectors each, closer to each other than to anybody else.

Identity i has a centre, uniform on the sphere, and a tightness c(i), uniform in [0.5, 0.7]. Each of its vectors is
sqrt(c) x centre + sqrt(1 - c) x a random direction, brought to unit length; so two of its vectors have a cosine of
about c(i), and vectors of two identities one of about 0 with a standard deviation of 1 / sqrt(columns). There is
nothing between identities to help a search: this is the hard case for lists and for graphs.

The vectors come in random order. Everything follows from the seed, block by block, so any part can be made again.

    python -m bench.search.generator --count 1000000 --out vectors.npy
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BLOCK = 10_000
EACH = 20
TIGHTNESS = (0.5, 0.7)


@dataclass(frozen=True)
class Faces:
    """The set.

    Args:
        count: Vectors.
        columns: Numbers in a vector.
        seed: Of everything.
    """

    count: int
    columns: int = 512
    seed: int = 0

    @property
    def identities(self) -> int:
        """How many identities there are."""
        return -(-self.count // EACH)

    def owners(self) -> np.ndarray:
        """The identity of each vector, int32."""
        return (np.random.default_rng([self.seed, 0]).permutation(self.count) % self.identities).astype(np.int32)

    def blocks(self) -> Iterator[np.ndarray]:
        """The vectors in order, float32, `BLOCK` at a time."""
        centres, owners = self._centres(), self.owners()
        for start in range(0, self.count, BLOCK):
            yield self._pictures(centres, owners[start : start + BLOCK], [self.seed, 3, start])

    def queries(self, count: int) -> np.ndarray:
        """Further vectors of identities at random, float32: new pictures of known people."""
        owners = np.random.default_rng([self.seed, 4]).integers(self.identities, size=count)
        return self._pictures(self._centres(), owners, [self.seed, 5])

    def _centres(self) -> np.ndarray:
        return _directions(np.random.default_rng([self.seed, 1]), self.identities, self.columns).astype(np.float16)

    def _pictures(self, centres: np.ndarray, owners: np.ndarray, seed: list[int]) -> np.ndarray:
        tightness = np.random.default_rng([self.seed, 2]).uniform(*TIGHTNESS, self.identities).astype(np.float32)
        share = tightness[owners, None]
        noise = _directions(np.random.default_rng(seed), len(owners), self.columns)
        vectors = np.sqrt(share) * centres[owners].astype(np.float32) + np.sqrt(1 - share) * noise
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def write(self, path: Path) -> None:
        """Write the vectors as a float16 `.npy` file; a file that is whole already is kept."""
        if path.is_file() and np.load(path, mmap_mode="r").shape == (self.count, self.columns):
            return
        part = path.with_suffix(".part.npy")
        shape = (self.count, self.columns)
        file = np.lib.format.open_memmap(part, "w+", np.float16, shape)
        for number, block in enumerate(self.blocks()):
            file[number * BLOCK : number * BLOCK + len(block)] = block
        file.flush()
        part.replace(path)


def _directions(generator: np.random.Generator, count: int, columns: int) -> np.ndarray:
    """Random directions, float32, in blocks so that memory stays small."""
    made = np.empty((count, columns), np.float32)
    for start in range(0, count, BLOCK):
        part = generator.standard_normal((min(BLOCK, count - start), columns), np.float32)
        made[start : start + BLOCK] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    Faces(options.count).write(options.out)
