"""Search: from vectors to an index that keeps a measured promise.

>>> from vandap.search import Index, Target, build_index  # doctest: +SKIP
>>> build_index("vectors.npy", "faces", target=Target(recall=0.95, k=10), payload="people.csv")  # doctest: +SKIP
>>> Index("faces").search(query, k=10, where="city = 'Hue'")  # doctest: +SKIP
"""

from vandap.search.api import build_index as build_index
from vandap.search.found import Found as Found
from vandap.search.index import Index as Index
from vandap.search.target import Target as Target
