"""What the server has done, in the text format that Prometheus reads."""

from __future__ import annotations

import bisect
from collections import Counter

from vandap.search.sampling import Sampled

_BOUNDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0)


class Metrics:
    """Counters of one server."""

    def __init__(self) -> None:
        self.under_way = 0
        self.sampled: Sampled | None = None
        self._answers: Counter[tuple[str, int]] = Counter()
        self._queries = 0
        self._seconds = 0.0
        self._within = [0] * (len(_BOUNDS) + 1)

    def answered(self, path: str, status: int) -> None:
        """Count an answer."""
        self._answers[path, status] += 1

    def searched(self, queries: int, seconds: float) -> None:
        """Count a search request."""
        self._queries += queries
        self._seconds += seconds
        self._within[bisect.bisect_left(_BOUNDS, seconds)] += 1

    def text(self, count: int, generation: int) -> str:
        """All of them.

        Args:
            count: Vectors in the index.
            generation: The index's generation.
        """
        lines = ["# TYPE vandap_requests_total counter"]
        for (path, status), times in sorted(self._answers.items()):
            lines.append(f'vandap_requests_total{{path="{path}",status="{status}"}} {times}')
        lines += [
            "# TYPE vandap_queries_total counter",
            f"vandap_queries_total {self._queries}",
            "# TYPE vandap_requests_under_way gauge",
            f"vandap_requests_under_way {self.under_way}",
            "# TYPE vandap_index_vectors gauge",
            f"vandap_index_vectors {count}",
            "# TYPE vandap_index_generation gauge",
            f"vandap_index_generation {generation}",
            *self._recall(),
            "# TYPE vandap_search_seconds histogram",
        ]
        total = 0
        for bound, many in zip((*map(str, _BOUNDS), "+Inf"), self._within, strict=True):
            total += many
            lines.append(f'vandap_search_seconds_bucket{{le="{bound}"}} {total}')
        return "\n".join(
            [*lines, f"vandap_search_seconds_sum {self._seconds}", f"vandap_search_seconds_count {total}\n"]
        )

    def _recall(self) -> list[str]:
        """Recall of sampled queries; `vandap_recall_broken` is 1 when it lies below the promise beyond doubt."""
        if self.sampled is None:
            return []
        gauges = {
            "recall_sampled_queries": self.sampled.queries,
            "recall_estimate": self.sampled.estimate,
            "recall_lower95": self.sampled.lower95,
            "recall_target": self.sampled.target,
            "recall_broken": int(self.sampled.broken),
        }
        return [f"# TYPE vandap_{name} gauge\nvandap_{name} {value}" for name, value in gauges.items()]
