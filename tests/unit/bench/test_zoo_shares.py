"""Intervals of the zoo's shares: against published numbers, and against runs that are alike."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "bench"))

from zoo.shares import Share, cluster


def test_no_hit_is_bounded_as_in_the_protocol() -> None:
    """0 of 99 members is the least that supports "at most 3 %" (goals, experiments)."""
    assert Share((0, 0, 0), (33, 33, 33), 99).upper == pytest.approx(0.0298, abs=1e-4)
    assert Share((0, 0, 0), (33, 33, 33), 98).upper > 0.03


def test_seeds_of_a_member_are_no_new_members() -> None:
    """Without any hit, three seeds bound no better than one."""
    assert Share((0, 0), (150, 147), 99).upper == Share((0, 0), (50, 49), 99).upper


def test_hits_in_one_cluster_widen_the_interval() -> None:
    """Ten hits in one data set tell less than one in each of ten."""
    together = Share((10, *[0] * 9), (30,) * 10, 300)
    apart = Share((1,) * 5 + (2, 0, 1, 1, 1), (30,) * 10, 300)
    assert together.effective < 50 < apart.effective
    assert together.upper > 2 * apart.upper
    low, high = together.clustered
    assert low < together.value < high


def test_nothing_is_unknown() -> None:
    """Of no run at all, every share is possible."""
    empty = Share((), (), 0)
    assert empty.wilson == empty.clustered == (0.0, 1.0)
    assert empty.upper == 1.0


def test_scripts_are_clusters_of_their_own() -> None:
    """A script and its twin share their data; plans share those of their data set."""
    assert cluster("script-a_b-healed") == cluster("script-a_b") != cluster("script-c")
    assert cluster("digits-cnn-plain") == cluster("digits-mlp-plain+one_epoch")
