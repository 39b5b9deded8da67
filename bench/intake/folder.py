"""Speed of image folder to batches, against the bare decoder on the same cores.

    python -m bench.intake.folder [FOLDER] --pairs 7

The bare decoder is Pillow alone: open, convert, resize, in a thread pool of one thread a core, its arrays thrown away.
Both decode the same files to the same size, in turns, so that whatever else the machine does slows both; the ratio is
taken within each pair. `draft` says whether the bare decoder lets the JPEG library skip detail as vandap does.
Without FOLDER the images are made: 600 JPEG files of 500 x 375 noise-on-gradient pixels in two classes.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from vandap.core.recipe import DataSpec
from vandap.data.image_examples import ImageFolderExamples
from vandap.data.load import read
from vandap.data.stream import batches

_COUNT = 600
_SIZE = (375, 500)
_BATCH = 64
_THREADS = os.cpu_count() or 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--pairs", type=int, default=7)
    options = parser.parse_args()
    if options.folder:
        print(compare(Path(options.folder), options.pairs))
        return
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        print(compare(Path(folder), options.pairs))


def make(root: Path) -> None:
    """Write the images."""
    rng = np.random.default_rng(0)
    ramp = np.linspace(0, 200, _SIZE[1])[None, :, None] * np.ones((_SIZE[0], 1, 3))
    for number in range(_COUNT):
        folder = root / ("left" if number % 2 else "right")
        folder.mkdir(exist_ok=True)
        pixels = (ramp + rng.integers(0, 56, ramp.shape)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.jpg", quality=90)


def compare(root: Path, pairs: int) -> str:
    """Time both in turns; returns a Markdown table."""
    examples = read(DataSpec(str(root)), 0).examples
    assert isinstance(examples, ImageFolderExamples)
    rows = np.arange(len(examples))
    height, width = examples.size
    lines = [
        f"{len(rows)} images to {height} x {width} x {examples.channels}, {_THREADS} cores, {pairs} interleaved pairs.",
        "",
        "| bare decoder | vandap (images/s, median) | bare (images/s, median) | ratio, median [lowest, highest] |",
        "| --- | ---: | ---: | ---: |",
    ]
    for draft in (False, True):
        times = np.array([[_time(_stream, examples, rows), _time(_bare, examples, draft)] for _ in range(pairs)])
        ratios = times[:, 1] / times[:, 0]
        speeds = len(rows) / np.median(times, axis=0)
        lines.append(
            f"| {'with' if draft else 'without'} draft | {speeds[0]:,.0f} | {speeds[1]:,.0f} "
            f"| {np.median(ratios):.2f} [{ratios.min():.2f}, {ratios.max():.2f}] |"
        )
    return "\n".join(lines)


def _time(work: Callable[..., None], *arguments: object) -> float:
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def _stream(examples: ImageFolderExamples, rows: np.ndarray) -> None:
    for _ in batches(examples, rows, _BATCH, threads=_THREADS):
        pass


def _bare(examples: ImageFolderExamples, draft: bool) -> None:
    height, width = examples.size
    mode = "L" if examples.channels == 1 else "RGB"

    def decode(path: Path) -> None:
        with Image.open(path) as image:
            if draft:
                image.draft(mode, (2 * max(height, width),) * 2)
            np.asarray(image.convert(mode).resize((width, height), Image.Resampling.BILINEAR))

    with ThreadPoolExecutor(_THREADS) as threads:
        for _ in threads.map(decode, examples.paths):
            pass


if __name__ == "__main__":
    main()
