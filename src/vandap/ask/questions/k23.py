"""K23: the network as a table, and where its graph is drawn."""

from __future__ import annotations

from vandap.ask.network import layer_table, without_network
from vandap.ask.question import Answer, Question, Status
from vandap.core.store import Run


class Visualise(Question):
    """How can the model be seen?"""

    id = "K23"
    question = "How to visualise the model?"
    how = "The table of layers here, the graph in the report; what layers learned is not shown yet."
    status = Status.PARTLY

    def answer(self, run: Run) -> Answer:
        """Show the table."""
        if run.program is None:
            return without_network(run)
        memory = run.program["memory"]
        table = layer_table(run.program)
        text = (
            f"{len(table.rows)} layers, {run.program['parameters']['total']:,} parameters, "
            f"{memory['weights_bytes'] / 1e6:.3g} MB of weights, {memory['activation_bytes_per_example'] / 1e6:.3g} MB "
            f"of outputs for one example. The graph is drawn in {run.path / 'report.html'}. What the layers learned "
            "(filters, Grad-CAM) is not in this version."
        )
        short = (
            "Look at the graph for how layers are joined and at the table for where shapes shrink and parameters sit. "
            "What a layer learned needs its filters and the regions it reacts to."
        )
        return Answer(text, short, (table,), {"parameters": run.program["parameters"], "memory": memory})
