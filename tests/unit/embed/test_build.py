"""Photos added to an index of photos."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import made_photos
import pytest

from vandap.cli.main import main
from vandap.embed import build as module
from vandap.embed.build import Added, add_photos, build_from_photos
from vandap.embed.identify import measure_identification
from vandap.embed.photos import photo_list
from vandap.errors import DataError, UsageError
from vandap.search.compact import compact
from vandap.search.ids import decoded
from vandap.search.index import Index


def _index(root: Path) -> Path:
    """An index of six photos of one person, which lie in one folder."""
    made_photos.model().save(root / "m.keras")
    made_photos.write_photos(root / "photos", range(1), range(6))
    build_from_photos(root / "photos" / "p00", root / "m.keras", root / "index", engine="exact", threads=1)
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


def test_photos_of_nobody_are_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who gave the folder of one person would else find out when people are to be measured."""
    _index(tmp_path)
    line = ["index", "build", "--data", str(tmp_path / "photos" / "p00"), "--model", str(tmp_path / "m.keras")]
    assert main([*line, "--out", str(tmp_path / "other"), "--engine", "exact", "--threads", "1"]) == 0
    assert "6 photos lie in no person's folder" in capsys.readouterr().out
    made = build_from_photos(tmp_path / "photos", tmp_path / "m.keras", tmp_path / "third", engine="exact", threads=1)
    assert made.nobodys == 0


def test_people_may_come_after_photos_of_nobody(tmp_path: Path) -> None:
    """The column is there from the beginning, and outlives a compaction; until then there is nobody to measure."""
    index = _index(tmp_path)
    with pytest.raises(UsageError, match="none of 6 vectors"):
        measure_identification(Index(index), "person")
    more = made_photos.write_photos(tmp_path / "more", range(5, 8), range(2))
    assert add_photos(index, more) == Added(6, ())
    compact(index)
    held = Index(index).generation
    people = zip(decoded(held.ids.values), held.payload.column("person").to_pylist(), strict=True)
    wanted = {f"p0{person}/{photo}.png": f"p0{person}" for person in (5, 6, 7) for photo in (0, 1)}
    assert dict(people) == {f"{photo}.png": None for photo in range(6)} | wanted


def test_an_index_without_people_says_what_it_does_not_keep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As those are that were built of one folder before."""
    whole = module._contents
    monkeypatch.setattr(module, "_contents", lambda *given: replace(whole(*given), payload=None))
    index = _index(tmp_path)
    more = made_photos.write_photos(tmp_path / "more", range(5, 8), range(2))
    assert main(["index", "add", str(index), "--data", str(more)]) == 0
    assert "the folders of 6 photos" in capsys.readouterr().out


def test_photos_of_nobody_are_told_and_may_be_somebodys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A photo, or one person's folder, lies in no person's folder; --person says whose they are."""
    index, more = _index(tmp_path), made_photos.write_photos(tmp_path / "more", range(5, 8), range(2))
    one = tmp_path / "9.png"
    (more / "p05" / "0.png").rename(one)
    assert main(["index", "add", str(index), "--data", str(one)]) == 0
    assert "1 photo lies in no person's folder" in capsys.readouterr().out
    with pytest.raises(DataError, match="--person") as caught:
        add_photos(index, more / "p06")
    assert "--replace" not in caught.value.hint
    for person in ("anna", "binh"):
        assert main(["index", "add", str(index), "--data", str(more / "p06"), "--person", person]) == 0
        assert "no person's folder" not in capsys.readouterr().out
    with pytest.raises(DataError, match="--replace") as caught:
        add_photos(index, more / "p06", person="anna")
    assert "--replace" in caught.value.hint
    held = Index(index)
    ids = ["9.png", "anna/0.png", "anna/1.png", "binh/1.png"]
    people = held.delta.payload.column("person").take(held.delta.rows_of(ids)).to_pylist()
    assert people == [None, "anna", "anna", "binh"]


@pytest.mark.parametrize("person", ["", "a/b", "anna"])
def test_a_person_that_cannot_be_is_told(tmp_path: Path, person: str) -> None:
    """No name of a folder, or folders that say whose the photos are."""
    root = made_photos.write_photos(tmp_path, range(2), range(1))
    with pytest.raises(UsageError, match="one person"):
        photo_list(root if person == "anna" else root / "p00", person)


def test_a_person_called_like_a_part_hides_nobody(tmp_path: Path) -> None:
    """Photos directly in the folder are a person's; folders in it would be a split's, which is said."""
    root = made_photos.write_photos(tmp_path, range(2), range(1))
    (root / "test").mkdir()
    (root / "p01" / "0.png").rename(root / "test" / "0.png")
    (root / "p01").rmdir()
    assert photo_list(root).people == ("p00", "test")
    (root / "test" / "summer").mkdir()
    (root / "test" / "0.png").rename(root / "test" / "summer" / "0.png")
    made_photos.Image.fromarray(made_photos.photo(0, 0)).save(root / "loose.png")
    with pytest.raises(DataError, match="beside p00"):
        photo_list(root)
