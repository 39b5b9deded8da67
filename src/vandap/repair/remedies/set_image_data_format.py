"""Set image data format."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class SetImageDataFormat(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "give the layers data_format as the images have it"
