"""Old ways of writing Keras."""

from __future__ import annotations

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.program import Idiom, Program
from vandap.diagnose.reading import listed
from vandap.diagnose.rule import Clear, Outcome, Rule


class OldIdiom(Rule):
    """The program is written for an older Keras.

    ## What it finds
    Names, arguments and modules in the program's source that Keras 3 no longer has, or no longer recommends, each with
    its line and with what is written today. The one that ended the program is told by E5, once.

    ## Why it matters
    Some lines fail as soon as they are reached. Others are ignored without harm to be seen: `decay=` of an optimiser
    does nothing any more, so the schedule that was meant is not there.

    ## What to do
    Write the modern form, which each finding names.

    ## References
    - Keras, Migrating Keras 2 code to multi-backend Keras 3, https://keras.io/guides/migrating_to_keras_3/
    """

    code = "E6"
    severity = Severity.TIP
    status = "stable"
    remedies = ("modernise-call",)
    idioms = Threshold(0, "Keras 3.15 has another form for each of them")

    def check(self, program: Program) -> Outcome:
        """List the old idioms, those that fail first."""
        fatal = program.fatal_idiom
        old = sorted((item for item in program.idioms if item is not fatal), key=lambda idiom: not idiom.breaks)
        if fatal is not None and not old:
            return Clear(f"The only old idiom, {fatal.name}, is what ended the program.")
        if not old:
            return Clear(f"The program's source holds {self.idioms.value:g} old idioms of Keras.")
        failing = sum(idiom.breaks for idiom in old)
        first = old[0].site
        return self.found(
            f"Written for an older Keras: {listed([_told(idiom) for idiom in old])}. "
            f"{failing} of {len(old)} fail on Keras 3 (threshold {self.idioms.value:g}).",
            {"idioms": len(old), "failing": failing},
            confidence=0.95,
            where=Where("model", None, first.file, first.line),
        )


def _told(idiom: Idiom) -> str:
    line = f" in line {idiom.site.line}" if idiom.site.line is not None else ""
    return f"{idiom.name}{line} is written {idiom.modern} today"
