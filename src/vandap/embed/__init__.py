"""Photos to vectors to an index, and how well people are found in it.

>>> from vandap.embed import build_from_photos, embed_queries, measure_identification  # doctest: +SKIP
>>> index = build_from_photos("photos/", "faces.keras", "index").index  # doctest: +SKIP
>>> index.search(embed_queries(index, "who.jpg").vectors, k=5).ids  # doctest: +SKIP
"""

from vandap.embed.build import add_photos as add_photos
from vandap.embed.build import build_from_photos as build_from_photos
from vandap.embed.embedder import Embedder as Embedder
from vandap.embed.embedder import Options as Options
from vandap.embed.identify import measure_identification as measure_identification
from vandap.embed.queries import embed_queries as embed_queries
