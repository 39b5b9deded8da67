"""Theory of how the loss is brought down: rate, batch, epochs, optimiser, clipping, order."""

from __future__ import annotations

from collections.abc import Mapping

from vandap.ask.whatif.theory.entry import Theory

_RATE = "Too large diverges, too small does not arrive; the best rate is usually just below the largest stable one."
_BATCH = "A larger batch gives fewer, cleaner steps: raise the rate with it, up to the critical batch size."
_EPOCHS = "Train until the held-out loss stops falling, then stop."
_CLIP = "Clip to survive spikes, not to replace a proper learning rate."
_EDGE = "Cohen et al. 2021, Gradient descent on neural networks typically occurs at the edge of stability, ICLR"
_ADAM = "Kingma and Ba 2015, Adam: a method for stochastic optimization, ICLR"
_ADAPTIVE_EDGE = f"{_ADAM}; Cohen et al. 2022, Adaptive gradient methods at the edge of stability"
_PRECHELT = "Prechelt 1998, Early stopping - but when?, Neural Networks: Tricks of the Trade"
_PASCANU = "Pascanu, Mikolov and Bengio 2013, On the difficulty of training recurrent neural networks, ICML"
_BOTTOU = "Bottou 2012, Stochastic gradient descent tricks, Neural Networks: Tricks of the Trade"

OPTIMISATION: Mapping[str, Theory] = {
    "rate": Theory(
        "Networks tend to train where the rate is about 2 over the sharpest curvature: there the loss jumps and falls "
        "over time all the same. A rate far too large diverges, and one that is too small may not arrive within the "
        "epochs given.",
        _RATE,
        _EDGE,
    ),
    "rate adaptive": Theory(
        "Adam and its kin scale each weight's step to about the rate, whatever the size of the gradient. A rate far "
        "too large makes the loss jump or diverge, and one that is too small may not arrive within the epochs given.",
        _RATE,
        _ADAPTIVE_EDGE,
    ),
    "rate up": Theory(
        "Each step moves the weights further, so the loss falls faster and tends to end in flatter places: at about 2 "
        "over the sharpest curvature it jumps, and falls over time all the same. With a rate far beyond that it may "
        "diverge or units of ReLU die, and the score falls towards that of guessing.",
        _RATE,
        _EDGE,
    ),
    "rate up adaptive": Theory(
        "Adam and its kin scale each weight's step to about the rate, whatever the size of the gradient, so all "
        "weights move further and the loss falls faster. With a rate far too large it may jump or diverge or units of "
        "ReLU die, and the score falls towards that of guessing.",
        _RATE,
        _ADAPTIVE_EDGE,
    ),
    "rate down": Theory(
        "Each step moves the weights less, so training is smoother and slower: with the epochs fixed it may end before "
        "it arrives. A training that jumped or diverged gets better, one that was well tuned gets worse.",
        _RATE,
        "Bengio 2012, Practical recommendations for gradient-based training of deep architectures",
    ),
    "decay": Theory(
        "At a constant rate the weights keep jumping around the minimum by an amount that grows with the rate. A rate "
        "that falls to 0 removes that noise at the end, so the final loss is lower if the first part was long enough.",
        "Decay trades exploration early for precision late.",
        "Loshchilov and Hutter 2017, SGDR: stochastic gradient descent with warm restarts, ICLR",
    ),
    "batch up": Theory(
        "The mean gradient's noise falls with the square root of the batch size, and with the epochs fixed fewer steps "
        "are made. So at the same rate less is trained in the same epochs, unless the rate grows as well (in "
        "proportion for SGD, about by the square root for Adam).",
        _BATCH,
        "Goyal et al. 2017, Accurate, large minibatch SGD; McCandlish et al. 2018, An empirical model of large-batch "
        "training",
    ),
    "batch down": Theory(
        "More steps are made in the same epochs, each with a noisier gradient, and the noise tends to lead to flatter "
        "minima. Held-out scores often rise a little and the time for an epoch rises a lot; a rate near its limit "
        "becomes too large.",
        _BATCH,
        "Keskar et al. 2017, On large-batch training for deep learning: generalization gap and sharp minima, ICLR",
    ),
    "epochs up": Theory(
        "More passes lower the training loss as long as it still falls. The held-out score follows until the network "
        "begins to fit the noise of its training rows, and then turns.",
        _EPOCHS,
        _PRECHELT,
    ),
    "epochs down": Theory(
        "A training that was still improving ends too early and scores lower. One that had begun to fit the noise of "
        "its rows loses nothing, or gains.",
        _EPOCHS,
        _PRECHELT,
    ),
    "adaptive": Theory(
        "Adaptive optimisers scale each weight's step by the size of its recent gradients, so they mind badly scaled "
        "layers and rates less. With well-chosen rates the final scores are often close, the way there is not.",
        "Adam for a safe start; tuned SGD with momentum can match or beat it on images.",
        f"{_ADAM}; Choi et al. 2019, On empirical comparisons of optimizers for deep learning",
    ),
    "sgd": Theory(
        "Plain SGD steps by the gradient itself, so it depends on the rate and on the scale of every layer, and at a "
        "usual rate trains more slowly than Adam. Given time and a tuned rate it often generalises as well or better.",
        "SGD asks for tuning and pays it back; Adam forgives.",
        "Wilson et al. 2017, The marginal value of adaptive gradient methods in machine learning, NeurIPS",
    ),
    "momentum down": Theory(
        "Momentum averages gradients over about 1 / (1 - m) steps, and with less of it steps follow each batch more "
        "closely: progress along a long valley is slower. The effective rate falls by the same factor, so a training "
        "that jumped becomes steadier, and one that was well tuned may end before it arrives.",
        "Less momentum acts like a smaller rate; raise the rate with it to compare like with like.",
        "Sutskever et al. 2013, On the importance of initialization and momentum in deep learning, ICML",
    ),
    "momentum up": Theory(
        "Momentum averages gradients over about 1 / (1 - m) steps, which damps oscillation across a valley and speeds "
        "up progress along it. The effective rate grows by the same factor, so a rate near the limit becomes unstable.",
        "Momentum 0.9 acts like a ten times larger, smoothed step.",
        "Sutskever et al. 2013, On the importance of initialization and momentum in deep learning, ICML",
    ),
    "weight decay down": Theory(
        "Less weight decay lets weights grow further, so the network fits its training rows more closely. It helps "
        "where the network underfits, and widens the gap between training and held-out score where it overfits.",
        "Decay trades a little bias for less variance.",
        "Krogh and Hertz 1991, A simple weight decay can improve generalization, NeurIPS",
    ),
    "weight decay up": Theory(
        "Weight decay draws weights to 0 in proportion to their size and so prefers simpler functions. It helps where "
        "the gap between training and held-out score is large, and hurts where the network underfits already.",
        "Decay trades a little bias for less variance.",
        "Krogh and Hertz 1991, A simple weight decay can improve generalization, NeurIPS",
    ),
    "clip": Theory(
        "A bound on the gradient's norm matters only in steps that exceed it: rare spikes are tamed, and nothing else "
        "changes. A bound that nearly every step exceeds makes the steps of SGD as long as the rate times the bound.",
        _CLIP,
        _PASCANU,
    ),
    "clip adaptive": Theory(
        "Adam and its kin divide each step by the size of recent gradients, so even a bound that every step exceeds "
        "hardly changes how long steps are. What it tames is a rare spike, which would throw one step off its course "
        "and shorten those that follow.",
        _CLIP,
        f"{_ADAM}; {_PASCANU}",
    ),
    "no clip": Theory(
        "Without the bound, steps of SGD are as long as the gradient says: nothing changes unless the bound was "
        "reached. If it was reached in most steps, training becomes faster or unstable.",
        _CLIP,
        _PASCANU,
    ),
    "no clip adaptive": Theory(
        "Adam and its kin divide each step by the size of recent gradients, so steps hardly get longer, even where the "
        "bound was reached in most of them. Only a rare spike is felt again: it throws one step off its course and "
        "shortens those that follow.",
        _CLIP,
        f"{_ADAM}; {_PASCANU}",
    ),
    "early stopping": Theory(
        "Stopping where the validation loss turns limits how far weights travel from their start, which acts like a "
        "penalty on their size. It helps a network that overfits in its last epochs and changes little otherwise.",
        "Early stopping is the cheapest regulariser; keep the best weights.",
        _PRECHELT,
    ),
    "no shuffle": Theory(
        "In a fixed order the batches of an epoch are not independent draws: ordered classes pull the weights from one "
        "class to the next. If the rows are in random order already, little changes.",
        "Without shuffling, order becomes part of the lesson.",
        _BOTTOU,
    ),
    "shuffle": Theory(
        "Another order in each epoch makes batches nearly independent draws, as gradient descent on samples assumes. "
        "It helps where rows are sorted by class or time and changes little where they are mixed already.",
        "Shuffle the training rows, never the time order of a split.",
        _BOTTOU,
    ),
}
