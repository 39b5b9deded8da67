"""Metric learning for Keras 3 on any back end: embeddings in which the same identity lies together.

Two ways that share a sampler and serve the same index:

* a margin softmax: `CosineHead` on top of the embedding, trained with `ArcFace` or `CosFace`; the head is dropped when
  the model is used;
* a triplet loss on the embedding itself: `TripletLoss`, with batches from `IdentityBatches`, because a random batch
  holds hardly a pair of one identity.

Example:
    >>> from vandap.metric_learning import ArcFace, CosineHead  # doctest: +SKIP
    >>> head = CosineHead(people, name="head")(embedding)  # doctest: +SKIP
    >>> keras.Model(photo, head).compile("adam", ArcFace(margin=0.5, scale=64))  # doctest: +SKIP
    >>> keras.Model(photo, embedding).save("faces.keras")  # doctest: +SKIP
"""

from vandap.metric_learning.head import CosineHead as CosineHead
from vandap.metric_learning.margins import ArcFace as ArcFace
from vandap.metric_learning.margins import CosFace as CosFace
from vandap.metric_learning.sampler import IdentityBatches as IdentityBatches
from vandap.metric_learning.triplet import TripletLoss as TripletLoss
