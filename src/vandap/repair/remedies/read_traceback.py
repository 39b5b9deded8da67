"""Read traceback."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class ReadTraceback(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "read the last line of the traceback that is in your own file"
