"""The page."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import report_run
from PIL import Image

from vandap.core.store import Run, write_json
from vandap.report.format import share
from vandap.report.html import page, write_report
from vandap.report.material import gather
from vandap.report.views.operating import OperatingView

NAMES = ("images", "many", "binary", "table", "regression", "failed", "interrupted", "bare")
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Checker(HTMLParser):
    """Collects what a test asks about, and whether tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.crossed: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note a tag that closes itself."""
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        """Close a tag."""
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)


def checked(text: str) -> Checker:
    """Parse a page."""
    checker = Checker()
    checker.feed(text)
    return checker


@pytest.fixture(scope="module")
def pages(runs: Mapping[str, Run]) -> Mapping[str, str]:
    """The page of every run."""
    return {name: page(gather(run)) for name, run in runs.items()}


@pytest.mark.parametrize("name", NAMES)
class TestEveryPage:
    def test_is_well_formed(self, name: str, pages: Mapping[str, str]) -> None:
        """Every tag closes, in order."""
        checker = checked(pages[name])
        assert checker.crossed == []
        assert checker.open == []

    def test_needs_no_network_and_no_script(self, name: str, pages: Mapping[str, str]) -> None:
        """Nothing is fetched and nothing runs: no script, no address but data and anchors."""
        for tag, attributes in checked(pages[name]).tags:
            assert tag not in {"script", "link", "iframe", "object"}
            for key, value in attributes.items():
                assert not key.startswith("on")
                if key in {"src", "href"}:
                    assert (value or "").startswith(("data:image/", "#"))
        assert not re.search(r"url\(|@import", pages[name])

    def test_links_lead_somewhere(self, name: str, pages: Mapping[str, str]) -> None:
        """Every anchor on the page has its place, and no id is used twice."""
        tags = checked(pages[name]).tags
        places = [attributes["id"] for _, attributes in tags if "id" in attributes]
        assert len(set(places)) == len(places)
        assert {attributes["href"] for tag, attributes in tags if tag == "a"} <= {f"#{place}" for place in places}

    def test_every_table_and_drawing_says_what_it_is(self, name: str, pages: Mapping[str, str]) -> None:
        """Tables have captions, drawings have names, pictures have alternatives."""
        text = pages[name]
        assert text.count("<table") == text.count("<caption")
        for tag, attributes in checked(text).tags:
            if tag == "svg":
                assert attributes.get("role") == "img" or attributes.get("aria-hidden") == "true"
            if tag == "img":
                assert attributes["alt"]

    def test_shows_no_nan_and_stays_small(self, name: str, pages: Mapping[str, str]) -> None:
        """What was not measured is a dash, and the page can be mailed."""
        visible = re.sub(r"<style>.*?</style>", "", pages[name], flags=re.DOTALL)
        visible = re.sub(r'src="data:[^"]*"', "", visible)
        assert not re.search(r"\b(nan|inf|None)\b", re.sub(r"<[^>]*>", " ", visible))
        assert len(pages[name].encode()) < 2_000_000

    def test_has_no_empty_heading(self, name: str, pages: Mapping[str, str]) -> None:
        """A heading is followed by what it announces."""
        assert not re.search(r"<h[234]>\s*</h|</h3>\s*<h[23]>|</h2>\s*</section>", pages[name])


def test_verdict_comes_first(pages: Mapping[str, str]) -> None:
    """One sentence says how good, how much better, how surely, and what to fix."""
    sentence = re.search(r'<p class="sentence">(.*?)</p>', pages["images"])
    assert sentence
    assert re.fullmatch(
        r"Macro F1 0\.\d+ \[0\.\d+, 0\.\d+\] on 400 unseen test examples; best simple model \(random forest\) 0\.\d+; "
        r"the difference \+0\.\d+ \[0\.\d+, 0\.\d+\] is sure; 1 thing to fix and 1 tip\.",
        sentence[1],
    )


def test_class_names_are_text(pages: Mapping[str, str]) -> None:
    """A class called <script> is shown and never run."""
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages["images"]
    assert "<script" not in pages["images"]


def test_many_classes_list_confusions_instead_of_a_matrix(pages: Mapping[str, str]) -> None:
    """Forty classes make no readable matrix; their confusions are listed."""
    assert 'class="confusion' in pages["images"]
    assert 'class="confusion' not in pages["many"]
    assert "Most frequent confusions" in pages["many"]


@pytest.mark.parametrize(
    ("name", "word"), [("failed", "failed"), ("interrupted", "interrupted"), ("bare", "still running")]
)
def test_unfinished_runs_say_so(name: str, word: str, pages: Mapping[str, str]) -> None:
    """A banner says that the run is not complete, and sections without data are absent."""
    banner = re.search(r'<p class="banner [a-z]+" role="status">(.*?)</p>', pages[name])
    assert banner
    assert word in banner[1]
    assert 'id="confusion"' not in pages[name]
    assert "is recommended" not in pages[name]


def test_precision_at_rare_cases_stands_beside_the_least_it_may_be(tmp_path: Path) -> None:
    """A binary run: at one case in 100,000 the page shows what the false alarms allow at the least."""
    material = gather(report_run.table(tmp_path / "run"))
    found = OperatingView().build(material)
    assert found is not None and found.prevalences[-1][0] == "1 in 100,000"
    facts = material.evaluation.operating_point
    assert found.prevalences[-1][2] == share(facts["least_precision_at_prevalence/1e-05"])
    assert not any("least" in name.lower() for name, _ in found.rows)
    assert "At least</th>" in page(material)


def test_worst_images_are_inside_the_page(pages: Mapping[str, str]) -> None:
    """At most 24 pictures, each as a data URI; one whose file is missing is said to be."""
    assert pages["images"].count("data:image/png;base64,") == 23
    assert "no picture" in pages["images"]


def test_given_images_go_first_and_large_ones_shrink(tmp_path: Path) -> None:
    """A picture handed in replaces the stored one; a large one is made small."""
    run = report_run.images(tmp_path / "run")
    noise = np.random.default_rng(0).integers(0, 255, (600, 600, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "PNG")
    text = write_report(run, {0: buffer.getvalue(), 1: b"no picture at all"}).read_text()
    found = re.search(r"data:image/jpeg;base64,([^\"]+)", text)
    assert found
    assert len(base64.b64decode(found[1])) < 40_000
    assert text.count("data:image/png;base64,") == 21


def test_images_outside_the_run_are_not_read(tmp_path: Path) -> None:
    """A file name in the record cannot point out of the run folder."""
    run = report_run.images(tmp_path / "run")
    Image.new("RGB", (8, 8)).save(tmp_path / "secret.png")
    write_json(run.path / "worst.json", [{"row": 1, "true": "a", "predicted": "b", "image": "../../secret.png"}])
    assert "data:image" not in page(gather(run))


def test_a_damaged_section_does_not_hide_the_others(tmp_path: Path) -> None:
    """A section that cannot be computed says so; the others are there."""
    run = report_run.images(tmp_path / "run")
    write_json(run.path / "program.json", {"layers": [{"surprise": 1}], "fit": 3})
    text = page(gather(run))
    assert "could not be computed" in text
    assert 'id="confusion"' in text


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """The page is a function of the run."""
    run = report_run.regression(tmp_path / "run")
    assert write_report(run).read_bytes() == write_report(Run(run.path)).read_bytes()
