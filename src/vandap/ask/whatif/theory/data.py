"""Theory of what the network is fed: scale, size, weights, how many rows; and of seeds."""

from __future__ import annotations

from collections.abc import Mapping

from vandap.ask.whatif.theory.entry import Theory

_SIZE = "Parameters of convolutions do not depend on the image's size, those behind a Flatten do; time does always."
_TAN = "Tan and Le 2019, EfficientNet: rethinking model scaling for convolutional neural networks, ICML"

DATA: Mapping[str, Theory] = {
    "balanced": Theory(
        "Weights inverse to the class shares move the decision boundary towards the common class: recall of rare "
        "classes rises, their precision falls. Accuracy usually drops a little, balanced measures rise.",
        "Weights change which mistakes are cheap; they add no information.",
        "Elkan 2001, The foundations of cost-sensitive learning, IJCAI",
    ),
    "standardised": Theory(
        "With features of very different scales the loss is a narrow valley, and one rate cannot suit all of them. "
        "Mean 0 and deviation 1 make the valley rounder, so larger rates work and units start in their middle.",
        "Scale inputs: gradient descent is not invariant to units.",
        "LeCun et al. 1998, Efficient BackProp, Neural Networks: Tricks of the Trade",
    ),
    "share": Theory(
        "The part of the error that comes from too little data falls about like a power of the number of rows. If half "
        "the rows cost little, twice as many would bring little; if they cost much, collecting more pays.",
        "A learning curve tells whether more data would help.",
        "Hestness et al. 2017, Deep learning scaling is predictable, empirically",
    ),
    "size up": Theory(
        "Enlarged images hold no new information, but each kernel then covers a smaller part of them and pooling keeps "
        "more detail; work grows with the square of the side, and parameters behind a Flatten as well. It helps where "
        "small maps were pooled away, and else costs time and makes fields of view too narrow.",
        _SIZE,
        _TAN,
    ),
    "size down": Theory(
        "Smaller images lose detail for good and cost less by the square of the side, and each kernel covers more of "
        "them. The score holds until what tells the classes apart is smaller than a pixel.",
        _SIZE,
        _TAN,
    ),
    "seed": Theory(
        "Nothing but the seed differs, so the true difference is 0. What the arms differ by is the noise that any "
        "other comparison has to beat.",
        "If a gain is not larger than the seeds' scatter, it is not known to be a gain.",
        "Bouthillier et al. 2021, Accounting for variance in machine learning benchmarks, MLSys",
    ),
}
