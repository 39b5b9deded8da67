"""Theory of the layers: normalisation, dropout, activations, initial values, width, padding."""

from __future__ import annotations

from collections.abc import Mapping

from vandap.ask.whatif.theory.entry import Theory

_ACTIVATION = "The activation decides whether depth can be used and whether gradients reach the first layer."
_INITIAL = "Random with variance about 2 over the inputs for ReLU, 1 over the mean of inputs and outputs for tanh."
_DROPOUT = "Dropout helps overfitting networks and hurts underfitting ones."
_WIDTH = "Width helps until the data do not; cost grows with its square."
_PADDING = "Same keeps size and more of the corners, valid avoids invented zeros."
_SANTURKAR = "Santurkar et al. 2018, How does batch normalization help optimization?, NeurIPS"
_SRIVASTAVA = "Srivastava et al. 2014, Dropout: a simple way to prevent neural networks from overfitting, JMLR 15"
_GLOROT = "Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward neural networks, AISTATS"
_SPARSE = "Glorot, Bordes and Bengio 2011, Deep sparse rectifier neural networks, AISTATS"
_DOUBLE = "Nakkiran et al. 2020, Deep double descent: where bigger models and more data hurt, ICLR"
_ARITHMETIC = "Dumoulin and Visin 2016, A guide to convolution arithmetic for deep learning"

STRUCTURE: Mapping[str, Theory] = {
    "no batchnorm": Theory(
        "Without it the scale of activations drifts with depth, and the largest rate that trains falls. A shallow "
        "network at a moderate rate hardly misses it; a deep one at a high rate trains slowly or diverges.",
        "It makes training less sensitive to rate and initial values, at the price of depending on the batch.",
        _SANTURKAR,
    ),
    "no layernorm": Theory(
        "Without it the scale of activations follows the weights, and deep or recurrent networks need smaller rates. "
        "Shallow ones hardly miss it.",
        "Like batch normalisation without the batch.",
        "Ba, Kiros and Hinton 2016, Layer normalization",
    ),
    "no dropout": Theory(
        "The network fits its training rows faster and more closely. Where it overfits, the held-out score falls; "
        "where it was starved, it rises.",
        _DROPOUT,
        _SRIVASTAVA,
    ),
    "no augmentation": Theory(
        "The network sees each example as it is, so it fits the training rows faster and learns fewer invariances. On "
        "few examples the held-out score usually falls; where the transforms changed what an example means, it rises.",
        "Augment by what does not change the label.",
        "Shorten and Khoshgoftaar 2019, A survey on image data augmentation for deep learning, Journal of Big Data 6",
    ),
    "batch normalisation": Theory(
        "Batch normalisation keeps each unit's mean and deviation fixed over a batch, which smooths the loss and makes "
        "larger rates usable. Gains are largest in deep networks at high rates, and small batches make it noisy.",
        "It makes training less sensitive to rate and initial values, at the price of depending on the batch.",
        f"Ioffe and Szegedy 2015, Batch normalization, ICML; {_SANTURKAR}",
    ),
    "layer normalisation": Theory(
        "Layer normalisation fixes mean and deviation over the units of one example, so it does not depend on the "
        "batch. It steadies deep networks and recurrent ones, and takes the overall size of an example away.",
        "Like batch normalisation without the batch.",
        "Ba, Kiros and Hinton 2016, Layer normalization",
    ),
    "dropout": Theory(
        "Dropout leaves units out by chance in each step, so that none can rely on another: an average over many "
        "thinner networks. It narrows the gap between training and held-out score, and starves a network that is too "
        "small or trained too briefly.",
        _DROPOUT,
        _SRIVASTAVA,
    ),
    "linear": Theory(
        "A chain of linear layers is one linear layer, so hidden layers without a bend can represent nothing more than "
        "a linear model does. Gradients pass unchanged and training is smooth; the score falls as far as the task is "
        "not linear.",
        _ACTIVATION,
        "Saxe, McClelland and Ganguli 2014, Exact solutions to the nonlinear dynamics of learning in deep linear "
        "neural networks, ICLR",
    ),
    "saturating": Theory(
        "Units with two flat ends pass little gradient where they saturate, so in each layer the gradient shrinks (for "
        "sigmoid to a quarter at the best) and the first layers learn slowest. Shallow networks on scaled inputs "
        "hardly notice; deep ones do.",
        _ACTIVATION,
        _GLOROT,
    ),
    "rectified": Theory(
        "ReLU and its kin pass the gradient about unchanged where they are active, so deep networks train faster "
        "than with bends that saturate. Units that are never active pass nothing and are dead; leaky kinds avoid that.",
        _ACTIVATION,
        _SPARSE,
    ),
    "rounded": Theory(
        "Softplus and squareplus are ReLU with its corner rounded: the slope rises from 0 to 1 and is a half at 0, so "
        "no unit is dead for good. Each layer passes on less of the gradient than with ReLU, and outputs are all above "
        "0, so the inputs of the next layer are not centred.",
        _ACTIVATION,
        _SPARSE,
    ),
    "exponential": Theory(
        "The slope of an exponential is its own output, so large inputs get larger gradients still, and signals and "
        "gradients tend to explode from layer to layer. Only small weights, small rates and few layers train with it; "
        "its use is an output that must be above 0.",
        _ACTIVATION,
        _GLOROT,
    ),
    "constant initial values": Theory(
        "Initial values must break the symmetry of units: with a constant, all units of a layer compute the same and "
        "get the same gradient, so the layer stays one unit wide. With zeros behind a ReLU not even that learns: no "
        "signal passes and only the biases of the output are trained.",
        "Break the symmetry: weights random, biases zero.",
        "Goodfellow, Bengio and Courville 2016, Deep Learning, section 8.4",
    ),
    "initial values": Theory(
        "Initial values must break the symmetry of units and keep the size of signals and gradients from layer to "
        "layer. Between well-scaled random kinds little differs in shallow networks; a wrong scale makes deep ones "
        "vanish or explode.",
        _INITIAL,
        f"{_GLOROT}; He et al. 2015, Delving deep into rectifiers, ICCV",
    ),
    "width up": Theory(
        "A wider layer can represent more and is easier to optimise; its parameters grow with the square of the width. "
        "Held-out scores usually rise, with falling gains, until data or noise limit them.",
        _WIDTH,
        _DOUBLE,
    ),
    "width down": Theory(
        "A narrower layer has fewer parameters and trains faster, and it can represent less. The score holds as long "
        "as the width was more than the task needs, and then falls on training and held-out rows alike.",
        _WIDTH,
        _DOUBLE,
    ),
    "same": Theory(
        "Same padding adds zeros around, so maps keep their size and border pixels are read more often than with valid "
        "padding, if still less than inner ones (a corner 4 of 9 times by one 3 x 3 kernel). It helps where borders "
        "carry information or maps become small; the zeros also tell where the border is.",
        _PADDING,
        "Islam, Jia and Bruce 2020, How much position information do convolutional neural networks encode?, ICLR",
    ),
    "valid": Theory(
        "Valid padding reads border pixels less often than inner ones and shrinks the maps with each layer. Where the "
        "object is in the middle little is lost and time is saved; where maps are small already, information is cut.",
        _PADDING,
        _ARITHMETIC,
    ),
}
