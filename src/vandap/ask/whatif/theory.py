"""What theory predicts of each what-if, and the sentence for an interview."""

from __future__ import annotations

from collections.abc import Mapping

THEORY: Mapping[str, tuple[str, str]] = {
    "rate": (
        "A gradient step goes downhill only while the rate stays below 2 over the sharpest curvature: above it the "
        "loss jumps or diverges. Below it a larger rate trains faster and tends to flatter minima, a smaller may not "
        "arrive within the epochs given.",
        "Too large diverges, too small does not arrive; the best rate is usually just below the largest stable one.",
    ),
    "decay": (
        "At a constant rate the weights keep jumping around the minimum by an amount that grows with the rate. A rate "
        "that falls to 0 removes that noise at the end, so the final loss is lower if the first part was long enough.",
        "Decay trades exploration early for precision late.",
    ),
    "batch": (
        "The mean gradient's noise falls with the square root of the batch size, and with the epochs fixed a larger "
        "batch makes fewer steps. So a larger batch at the same rate usually trains less in the same epochs, unless "
        "the rate grows with it (linearly for SGD, about by the square root for Adam).",
        "A larger batch gives fewer, cleaner steps: raise the rate with it, up to the critical batch size.",
    ),
    "epochs": (
        "More passes lower the training loss as long as it still falls. The held-out score follows until the network "
        "begins to fit the noise of its training rows, and then turns.",
        "Train until the held-out loss stops falling, then stop.",
    ),
    "optimiser": (
        "Adaptive optimisers scale each weight's step by the size of its recent gradients, so they mind badly scaled "
        "layers less; plain SGD steps by the gradient itself and depends on rate and momentum. With well-chosen rates "
        "the final scores are often close, the way there is not.",
        "Adam for a safe start; tuned SGD with momentum can match or beat it on images.",
    ),
    "momentum": (
        "Momentum averages gradients over about 1 / (1 - m) steps, which damps oscillation across a valley and speeds "
        "up progress along it. The effective rate grows by the same factor, so a rate near the limit becomes unstable.",
        "Momentum 0.9 acts like a ten times larger, smoothed step.",
    ),
    "weight decay": (
        "Weight decay draws weights to 0 in proportion to their size and so prefers simpler functions. It helps where "
        "the gap between training and held-out score is large, and hurts where the network underfits already.",
        "Decay trades a little bias for less variance.",
    ),
    "clip": (
        "A bound on the gradient's norm matters only in steps that exceed it: rare spikes are tamed, and nothing else "
        "changes. A bound that nearly every step exceeds turns the step size into the rate times the bound.",
        "Clip to survive spikes, not to replace a proper learning rate.",
    ),
    "early stopping": (
        "Stopping where the validation loss turns limits how far weights travel from their start, which acts like a "
        "penalty on their size. It helps a network that overfits in its last epochs and changes little otherwise.",
        "Early stopping is the cheapest regulariser; keep the best weights.",
    ),
    "no shuffle": (
        "In a fixed order the batches of an epoch are not independent draws: ordered classes pull the weights from one "
        "class to the next. If the rows are in random order already, little changes.",
        "Without shuffling, order becomes part of the lesson.",
    ),
    "shuffle": (
        "Another order in each epoch makes batches nearly independent draws, as gradient descent on samples assumes. "
        "It helps where rows are sorted by class or time and changes little where they are mixed already.",
        "Shuffle the training rows, never the time order of a split.",
    ),
    "without": (
        "Without normalisation the scale of activations drifts with depth and the largest usable rate falls; without "
        "dropout or augmentation the network fits its training rows more closely. Shallow networks on little noise "
        "hardly miss either.",
        "Take it out and see: what is not missed was only cost.",
    ),
    "batch normalisation": (
        "Batch normalisation keeps each unit's mean and deviation fixed over a batch, which smooths the loss and makes "
        "larger rates usable. Gains are largest in deep networks at high rates, and small batches make it noisy.",
        "It makes training less sensitive to rate and initial values, at the price of depending on the batch.",
    ),
    "layer normalisation": (
        "Layer normalisation fixes mean and deviation over the units of one example, so it does not depend on the "
        "batch. It steadies deep networks and recurrent ones, and takes the overall size of an example away.",
        "Like batch normalisation without the batch.",
    ),
    "dropout": (
        "Dropout leaves units out by chance in each step, so that none can rely on another: an average over many "
        "thinner networks. It narrows the gap between training and held-out score, and starves a network that is too "
        "small already.",
        "Dropout helps overfitting networks and hurts underfitting ones.",
    ),
    "activation": (
        "A chain of linear layers is one linear layer: without bends depth adds nothing. Saturating bends (sigmoid, "
        "tanh) shrink the gradient in every layer, ReLU and its kin pass it on.",
        "The activation decides whether depth can be used and whether gradients reach the first layer.",
    ),
    "output": (
        "The output's activation and the loss are one model of the target: softmax with cross-entropy for classes, "
        "sigmoid with binary cross-entropy for yes or no, linear with squared error for numbers. Another pair bounds "
        "the outputs wrongly or flattens the gradient.",
        "Choose the output by what the target can be.",
    ),
    "loss": (
        "The loss says what an error costs: cross-entropy punishes sure mistakes without bound, squared error flattens "
        "where the output saturates. For classes cross-entropy usually trains faster and gives better probabilities.",
        "The loss is the likelihood one assumes.",
    ),
    "logits": (
        "A loss that takes probabilities for logits applies softmax twice, which bounds the confidence and shrinks "
        "gradients; one that takes logits for probabilities clips them and learns little or nothing. The answer's "
        "largest class may survive the first mistake, hardly the second.",
        "Exactly one softmax between the last layer and the loss.",
    ),
    "label smoothing": (
        "Smoothed labels ask for less than certainty, which keeps logits small and probabilities closer to calibrated. "
        "Accuracy changes little; log loss improves where the network was overconfident.",
        "It trades confidence for calibration.",
    ),
    "init": (
        "Initial values must break the symmetry of units and keep the size of signals from layer to layer. Zeros or "
        "constants make all units of a layer alike, and then they stay alike: the network has one unit a layer.",
        "Random with variance about 2 over the inputs for ReLU, 1 over the mean of inputs and outputs for tanh.",
    ),
    "width": (
        "A wider layer can represent more and is easier to optimise; its parameters grow with the square of the width. "
        "Held-out scores usually rise, with falling gains, until data or noise limit them.",
        "Width helps until the data do not; cost grows with its square.",
    ),
    "padding": (
        "Valid padding reads border pixels less often than inner ones and shrinks the maps with each layer; same "
        "padding keeps the size by adding zeros. It matters where borders carry information or maps become small.",
        "Same keeps size and corners, valid avoids invented zeros.",
    ),
    "balanced": (
        "Weights inverse to the class shares move the decision boundary towards the common class: recall of rare "
        "classes rises, their precision falls. Accuracy usually drops a little, balanced measures rise.",
        "Weights change which mistakes are cheap; they add no information.",
    ),
    "standardised": (
        "With features of very different scales the loss is a narrow valley, and one rate cannot suit all of them. "
        "Mean 0 and deviation 1 make the valley rounder, so larger rates work and units start in their middle.",
        "Scale inputs: gradient descent is not invariant to units.",
    ),
    "share": (
        "The part of the error that comes from too little data falls about like a power of the number of rows. If half "
        "the rows cost little, twice as many would bring little; if they cost much, collecting more pays.",
        "A learning curve tells whether more data would help.",
    ),
    "seed": (
        "Nothing but the seed differs, so the true difference is 0. What the arms differ by is the noise that any "
        "other comparison has to beat.",
        "If a gain is not larger than the seeds' scatter, it is not known to be a gain.",
    ),
}
"""(two sentences of theory, one for an interview) by name."""
