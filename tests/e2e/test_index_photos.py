"""From photos and a model to people that are found, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import made_photos
import numpy as np
import pytest

from vandap.cli.main import main
from vandap.embed.build import embedder_of
from vandap.search.index import Index

pytestmark = pytest.mark.backend


def _said(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> dict:
    """The document that a command line prints."""
    capsys.readouterr()
    assert main([*map(str, words), "--json"]) == code
    return json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model, 30 enrolled people with two photos each, probes of 60 people, an index."""
    root = tmp_path_factory.mktemp("photos")
    made_photos.model().save(root / "m.keras")
    made_photos.write_photos(root / "enrolled", range(30), range(2))
    made_photos.write_photos(root / "probes", range(60), range(2, 5))
    (root / "enrolled" / "p00" / "broken.png").write_bytes(b"no photo")
    words = ("index", "build", "--model", root / "m.keras", "--data", root / "enrolled", "--out", root / "index")
    assert main([*map(str, words), "--quiet"]) == 0
    return root


def test_a_photo_finds_its_person(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By an index that needs the model file no more; a photo of an unknown person finds nobody."""
    (world / "m.keras").rename(world / "gone.keras")
    found = _said(capsys, "search", world / "index", world / "probes" / "p07" / "2.png", "--k", 2)
    assert {hit["id"] for hit in found["results"][0]["hits"]} == {"p07/0.png", "p07/1.png"}
    assert found["results"][0]["query"] == "2.png"
    (world / "gone.keras").rename(world / "m.keras")
    stranger = world / "probes" / "p55" / "2.png"
    assert _said(capsys, "search", world / "index", stranger, "--threshold", 0.95)["results"][0]["hits"] == []
    several = _said(capsys, "search", world / "index", world / "probes" / "p03", "--where", "person = 'p04'", "--k", 1)
    assert {result["hits"][0]["id"][:3] for result in several["results"]} == {"p04"}


def test_people_are_measured(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Mated probes, strangers, a threshold with its interval; the index's own vectors by themselves."""
    words = ("index", "measure", world / "index", "--labels", "person", "--fpir", 0.1, "--far", 0.05)
    seen = _said(capsys, *words, "--probes", world / "probes")
    assert seen["gallery"] == {"vectors": 60, "people": 30} and seen["probes"] == {"mated": 90, "strangers": 90}
    assert seen["recalls"][0]["name"] == "rank-1" and seen["recalls"][0]["value"] > 0.9
    point = seen["points"][0]
    assert point["threshold"]["method"].startswith("cannot tell") and point["fnir"]["value"] is None
    own = _said(capsys, *words)
    assert own["probes"] == {"mated": 60, "strangers": 60} and own["verification"][0]["value"] > 0.9
    assert own["sampled"] is None and _said(capsys, *words, "--count", 10)["sampled"]["vectors"] == 10
    main([*map(str, words), "--count", "10"])
    printed = capsys.readouterr().out
    assert "rank-1" in printed and "10 of the 60 vectors" in printed


def test_later_photos_are_embedded_alike(world: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Added, found, compacted: the model stays, and gives the same vectors as when the index was built."""
    index = tmp_path / "index"
    words = ("index", "build", "--model", world / "m.keras", "--data", world / "enrolled", "--out", index)
    built = _said(capsys, *words, "--batch", 7)
    assert built["left_out"] == [{"photo": "p00/broken.png", "why": "cannot be read"}] and built["count"] == 60
    made_photos.write_photos(tmp_path / "more", range(40, 42), range(2))
    assert _said(capsys, "index", "add", index, "--data", tmp_path / "more")["added"] == 4
    again = _said(capsys, "index", "add", index, "--data", tmp_path / "more", code=2)["error"]
    assert "p40/0.png" in again["received"]
    assert _said(capsys, "index", "add", index, "--data", tmp_path / "more", "--replace")["added"] == 4
    assert _said(capsys, "index", "compact", index)["count"] == 64
    images = np.stack([made_photos.photo(3, 0), made_photos.photo(41, 1)])
    embedder = embedder_of(Index(index))
    opened = Index(index)
    assert opened.search(embedder.vectors(images, 2), 1).ids == (("p03/0.png",), ("p41/1.png",))
    assert opened.search(embedder.vectors(images, 2), 1).scores[0][0] > 0.999
    told = _said(capsys, "index", "info", index, "--check")
    assert not (index / "embedding").exists() and told["count"] == 64
    assert (told["embedder"]["layer"], told["embedder"]["size"]) == ("embedding", [16, 12])


@pytest.mark.parametrize(
    "words",
    [
        ("build", "--out", "x"),
        ("build", "v.npy", "--data", "enrolled", "--model", "m.keras", "--out", "x"),
        ("build", "--data", "enrolled", "--out", "x"),
        ("build", "--data", "enrolled", "--model", "absent.keras", "--out", "x"),
        ("build", "--data", "enrolled", "--model", "bad.keras", "--out", "x"),
        ("build", "--data", "absent", "--model", "m.keras", "--out", "x"),
        ("build", "--data", "enrolled", "--model", "m.keras", "--out", "index"),
        ("build", "--data", "enrolled", "--model", "m.keras", "--out", "enrolled"),
        ("build", "--data", "enrolled", "--model", "m.keras", "--out", "x", "--layer", "absent"),
        ("build", "--data", "enrolled", "--model", "m.keras", "--out", "x", "--faces", "absent"),
        ("build", "--data", "enrolled", "--model", "m.keras", "--out", "x", "--ids", "person"),
        ("measure", "index", "--labels", "absent"),
        ("measure", "index", "--labels", "person", "--probes", "v.npy"),
        ("measure", "plain", "--labels", "person", "--probes", "probes"),
        ("add", "plain", "--data", "probes"),
    ],
)
def test_bad_input_is_one_message(
    words: tuple[str, ...], world: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 2 and four parts, whatever is wrong."""
    monkeypatch.chdir(world)
    (world / "bad.keras").write_bytes(b"no model")
    if not (world / "v.npy").exists():
        np.save("v.npy", np.random.default_rng(0).standard_normal((30, 24)).astype(np.float32))
        _said(capsys, "index", "build", "v.npy", "--out", "plain")
    error = _said(capsys, "index", *words, code=2)["error"]
    assert all(error.values())
