"""The edit of what is trained: `trainable=False` where a layer is made, or set afterwards."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from vandap.repair.changes.structure import Unfreeze
from vandap.repair.source.document import Document, Edit, RefusalError
from vandap.repair.source.edits import edit_of
from vandap.repair.source.find import argument
from vandap.repair.source.own import own_layer_call
from vandap.repair.source.places import each_call, layer_calls
from vandap.repair.source.project import Project
from vandap.repair.source.write import set_argument


@edit_of.register
def _unfreeze(change: Unfreeze, project: Project) -> Project:
    """By the arguments of the layers' calls; for those that have none, by every statement that freezes something."""
    written = tuple(path for path in change.layers if _has_argument(project, path))
    for path in each_call(project, written):
        document, call = own_layer_call(project, path)
        project = project.edited(document, set_argument(document, call, "trainable", "True"))
    if len(written) == len(change.layers):
        return project
    statements = list(_statements(project))
    if not statements:
        raise RefusalError("What freezes the layer is not written where it is made, nor as `trainable = False`.")
    first, value = statements[0]
    if len(project.program.fits) > 1:
        reason = "The script trains several times: what is frozen in which of them is for a person to say."
        raise RefusalError(reason, value.lineno, first.path)
    for path in dict.fromkeys(document.path for document, _ in statements):
        document = project.open(path)
        edits = [Edit(*document.span(value), "True") for own, value in statements if own.path == path]
        project = project.edited(document, *edits)
    return project


def _has_argument(project: Project, path: str) -> bool:
    try:
        _, call, _ = layer_calls(project, path)
    except RefusalError:  # a layer that the script did not make itself, such as that of a pretrained network
        return False
    return argument(call, "trainable") is not None


def _statements(project: Project) -> Iterator[tuple[Document, ast.expr]]:
    """(file, what is assigned) of each `something.trainable = False` in the files that make and train the model.

    Raises:
        RefusalError: One of them is computed, so that its layers cannot be told.
    """
    program = project.program
    sites = [*(layer.site for layer in program.layers), program.compile.site, program.fit.site]
    for file in dict.fromkeys(site.file for site in sites):
        try:
            document = project.open(file)
        except RefusalError:  # a library's
            continue
        for node in ast.walk(document.tree):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if not any(isinstance(target, ast.Attribute) and target.attr == "trainable" for target in targets):
                continue
            assert isinstance(node, ast.Assign)
            if not isinstance(node.value, ast.Constant):
                reason = "What is frozen is computed at this line."
                raise RefusalError(reason, node.lineno, document.path)
            if node.value.value is False:
                yield document, node.value
