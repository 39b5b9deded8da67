"""Install package."""

from __future__ import annotations

from vandap.repair.remedy import Remedy


class InstallPackage(Remedy):
    """Advice: no change of a program or a recipe makes it."""

    words = "install the package that is missing"
