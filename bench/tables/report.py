"""Write the table of results as Markdown: `python -m bench.tables.report > bench/tables/RESULTS.md`."""

from __future__ import annotations

import json

from bench.tables.run import RESULTS

HEADS = (
    "table", "rows", "metric", "vandap", "chosen", "best rung", "HistGB", "LightGBM", "FLAML",
    "against HistGB [95 %]", "issues",
)  # fmt: skip
PEERS = ("HistGradientBoosting", "LightGBM", "FLAML")
COMMAND = """OMP_NUM_THREADS=1 taskset -c 0 python -m bench.tables.run --worker 0 --workers 2 &
OMP_NUM_THREADS=1 taskset -c 1 python -m bench.tables.run --worker 1 --workers 2; wait
python -m bench.tables.report > bench/tables/RESULTS.md"""


def main() -> None:
    """Print the results."""
    rows = sorted((json.loads(line) for line in RESULTS.read_text().splitlines()), key=lambda row: row["name"])
    print("# Tables: vandap's recommendation beside its peers\n")
    print(f"{len(rows)} tables, 60 s a run, one core a process, seed 0, the same test rows for all.\n")
    print(f"```\n{COMMAND}\n```\n")
    print("Scores are the run's own headline metric on the test part (rmse: lower is better). Peers are fitted")
    print("on train and validation rows together, at their defaults; FLAML has the same 60 s.\n")
    print("| " + " | ".join(HEADS) + " |")
    print("|---" * len(HEADS) + "|")
    for row in rows:
        print(_line(row))
    _summary(rows)


def _line(row: dict) -> str:
    scores, ours = row["scores"], row["vandap"]
    pair = row["comparisons"]["HistGradientBoosting"]
    best = scores[f"vandap {ours['best_rung']}"]
    issues = " ".join(finding.split()[1] for finding in ours["findings"] if finding.startswith("issue"))
    cells = [
        row["name"], f"{row['rows']:,}", row["metric"],
        f"{scores['vandap ' + ours['recommended']]:.4g}", ours["recommended"],
        f"{best:.4g} ({ours['best_rung']})", *(f"{scores[peer]:.4g}" for peer in PEERS),
        f"{pair['difference']:+.3g} [{pair['low']:+.3g}, {pair['high']:+.3g}] {pair['decision']}", issues or "none",
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _summary(rows: list[dict]) -> None:
    print("\n## Summary\n")
    harmed = [row["name"] for row in rows if row["comparisons"]["best rung"]["decision"] == "harm"]
    print(f"- Surely worse than its own best rung, beyond the margin: {len(harmed)} of {len(rows)} {harmed}.")
    for peer in PEERS:
        inferior = holm({row["name"]: _p(row["comparisons"][peer]) for row in rows})
        near = sum(row["comparisons"][peer]["difference"] >= -row["comparisons"][peer]["margin"] for row in rows)
        better = sum(row["comparisons"][peer]["decision"] == "better" for row in rows)
        print(
            f"- Against {peer}: point difference within the margin or better on {near} of {len(rows)}; "
            f"surely better on {better}; inferior beyond the margin at 5 % after Holm's correction on "
            f"{len(inferior)} {inferior}."
        )
    seconds = sorted(row["vandap"]["seconds"] for row in rows)
    print(f"- Wall clock of a 60 s run: median {seconds[len(seconds) // 2]:.0f} s, longest {seconds[-1]:.0f} s.")


def _p(pair: dict) -> float:
    """One-sided p of inferiority beyond the margin, from the interval read as normal."""
    from scipy.stats import norm

    deviation = (pair["high"] - pair["low"]) / (2 * norm.ppf(0.975))
    if deviation <= 0:
        return 0.0 if pair["difference"] < -pair["margin"] else 1.0
    return float(norm.cdf((pair["difference"] + pair["margin"]) / deviation))


def holm(values: dict[str, float], level: float = 0.05) -> list[str]:
    """Names rejected by Holm's step-down procedure."""
    rejected = []
    for index, (name, p) in enumerate(sorted(values.items(), key=lambda item: item[1])):
        if p > level / (len(values) - index):
            break
        rejected.append(name)
    return rejected


if __name__ == "__main__":
    main()
