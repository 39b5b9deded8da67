"""Judge every stored member again with the rules as they are, and print detection, names, places and false alarms.

    python bench/zoo/judge.py --out ZOO                        the development half
    python bench/zoo/judge.py --out ZOO --alarms               with every false alarm and every miss
    python bench/zoo/judge.py --out ZOO --half both --write    both halves, and write RESULTS.md

The test half is judged only where it is asked for, and each look at it is entered in LOOKS.md: what was changed after a
look was not measured on unseen members.

*Alarm*: a finding of severity issue that no other issue explains; tips count nowhere. *Detected*: a sick member with an
alarm, whatever it says. *Named*: its first alarm about a cause has one of the fault's acceptable names; a symptom is no
name, except where the truth says that it is the fault itself. *Placed*: that alarm's layer, line or (for faults of data
and fit) component is right.

A sick member counts only where it is worse than its twin: paired over seeds, one-sided t-test at 5 %, by at least two
points, or because it crashes of itself. Crashes are counted apart, since any traceback shows them. A healthy plan
counts only where it learnt: within `NEAR` of the best plan of its data set and network, `LEAST_SKILL` above a constant
answer, and without a rise of the validation loss above `RISE`. Nothing of this looks at what the rules said, and the
alarms on plans that are left out are printed as well. Every alarm on a healed script counts, however well it learnt.

Intervals are Wilson's at 95 %, and, because runs of one member and of one data set are alike, Korn and Graubard's,
clustered by data set (each hand-written script is one); "at most" is claimed of the clustered, one-sided bound alone.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "numpy")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from zoo.counted import Cohort, cohort
from zoo.judged import Judged, judged
from zoo.stored import read_scores
from zoo.tables import alarms, page

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--half", choices=["development", "test", "both"], default="development")
    parser.add_argument("--alarms", action="store_true", help="list false alarms, misses and wrong names")
    parser.add_argument("--write", nargs="?", const="RESULTS.md", help="write RESULTS.md, or a file beside it")
    parser.add_argument("--full-voice", action="store_true", help="let rules on trial raise issues, too")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    halves = ["development", "test"] if arguments.half == "both" else [arguments.half]
    began = time.perf_counter()
    cohorts = {half: _judge(arguments.out / half, arguments.processes, arguments.full_voice) for half in halves}
    seconds = time.perf_counter() - began
    command = f"python bench/zoo/judge.py --out ZOO --half {arguments.half} --write {arguments.write or ''}".rstrip()
    text = page({half: item for half, item in cohorts.items() if item.members}, seconds, command)
    print(text)
    if "test" in cohorts and cohorts["test"].members:
        _enter(len(cohorts["test"].members), arguments.alarms)
    if arguments.alarms:
        print("\n".join(line for item in cohorts.values() for line in alarms(item)))
    if arguments.write:
        (HERE / arguments.write).write_text(text + "\n", encoding="utf-8")


def _enter(runs: int, alarms: bool) -> None:
    """Enter a look at the test half in the ledger."""
    moment = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    with (HERE / "LOOKS.md").open("a", encoding="utf-8") as ledger:
        ledger.write(f"| {moment} | {runs} | {'each alarm and miss' if alarms else 'tables'} |\n")


def _judge(folder: Path, processes: int, full_voice: bool) -> Cohort:
    paths = sorted(folder.glob("*.npz"))
    with ProcessPoolExecutor(processes) as pool:
        members: list[Judged] = list(pool.map(partial(judged, full_voice=full_voice), paths, chunksize=32))
    return cohort(members, read_scores(folder))


if __name__ == "__main__":
    main()
