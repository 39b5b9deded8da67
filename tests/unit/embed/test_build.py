"""Photos added to an index of photos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import made_photos
import pytest

from vandap.embed import build as module
from vandap.embed.build import add_photos, build_from_photos


def _index(root: Path) -> Path:
    """An index of three people with two photos each."""
    made_photos.model().save(root / "m.keras")
    made_photos.write_photos(root / "photos", range(3), range(2))
    build_from_photos(root / "photos", root / "m.keras", root / "index", engine="exact", threads=1)
    return root / "index"


def test_a_cut_addition_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --replace it would be refused, since its first photos are there."""
    index, whole = _index(tmp_path), module.embedded
    more = made_photos.write_photos(tmp_path / "more", range(5, 8), range(2))

    def cut(*given: Any) -> Any:
        yield next(whole(*given))
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "embedded", cut)
    with pytest.raises(KeyboardInterrupt) as caught:
        add_photos(index, more, batch=4)
    assert "4 photos are in the index" in caught.value.__notes__[0] and "--replace" in caught.value.__notes__[0]
    monkeypatch.setattr(module, "embedded", whole)
    assert add_photos(index, more, replace=True).count == 6
