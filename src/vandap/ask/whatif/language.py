"""The what-if language: its grammar, form by form.

A what-if is one form, or several joined by commas. White space around signs does not matter, nor do capitals.
"""

from __future__ import annotations

from vandap.ask.whatif import meanings, predictions
from vandap.ask.whatif.form import NUMBER, Form
from vandap.ask.whatif.meanings import plain
from vandap.ask.whatif.predictions import (
    always,
    directed,
    dropout_rate,
    of_optimiser,
    optimiser_setting,
    smoothing,
    towards,
)
from vandap.repair.changes.optimisation import EarlyStopping, NoClip, OptimiserSetting, Shuffle
from vandap.repair.changes.output import FromLogits

SEED_ONLY = "seed only"
"""Changes nothing but the seeds: how much of any difference is chance."""
_WORD = r"([a-z_0-9]+)"
_SIGNED = rf"([*/=]){NUMBER}"

FORMS = (
    Form(rf"lr{_SIGNED}", ("lr*10", "lr/10", "lr=0.001"), "the learning rate", meanings.rate,
         of_optimiser(directed("rate", lambda subject: subject.case.rate, "rate"))),
    Form("decay", ("decay",), "the learning rate falls along a cosine to 0", meanings.decay, always("decay")),
    Form(rf"batch{_SIGNED}", ("batch=512", "batch*4", "batch/2"), "the batch size", meanings.batch,
         directed("batch", lambda subject: subject.program.fit.batch_size)),
    Form(rf"epochs{_SIGNED}", ("epochs*3", "epochs=50"), "the number of epochs", meanings.epochs,
         directed("epochs", lambda subject: subject.program.fit.epochs)),
    Form(rf"optimi[sz]er={_WORD}(?:\({NUMBER}\))?", ("optimizer=sgd", "optimizer=sgd(0.1)"),
         "the optimiser, with a usual rate where none is given", meanings.optimiser, predictions.optimiser),
    Form(rf"momentum={NUMBER}", ("momentum=0.9",), "the momentum of SGD",
         plain(lambda caught: OptimiserSetting("momentum", meanings.share(caught[0], "Momentum"))),
         towards("momentum up", "momentum down", optimiser_setting("momentum"))),
    Form(rf"weight[_ ]decay={NUMBER}", ("weight_decay=0.01",), "the weight decay of the optimiser",
         plain(lambda caught: OptimiserSetting("weight_decay", meanings.number(caught[0], "Weight decay"))),
         towards("weight decay up", "weight decay down", optimiser_setting("weight_decay"))),
    Form(rf"clip={NUMBER}", ("clip=1",), "a bound on the norm of each weight's gradient", meanings.clip,
         of_optimiser(always("clip"))),
    Form("no clip", ("no clip",), "no bound on the gradient", plain(lambda caught: NoClip()),
         of_optimiser(always("no clip"))),
    Form(r"early[_ ]stopping(?:=(\d+))?", ("early stopping", "early stopping=5"),
         "the end where the validation loss stands still, with the best weights",
         plain(lambda caught: EarlyStopping(int(caught[0] or 5))), always("early stopping")),
    Form("no shuffle|shuffle=false", ("no shuffle",), "the examples in their own order each epoch",
         plain(lambda caught: Shuffle(False)), always("no shuffle")),
    Form("shuffle|shuffle=true", ("shuffle",), "another order of the examples each epoch",
         plain(lambda caught: Shuffle(True)), always("shuffle")),
    Form("no (batchnorm|layernorm|dropout|augmentation)", ("no batchnorm", "no dropout", "no augmentation"),
         "all such layers taken out", meanings.without, predictions.removed),
    Form(r"\+batchnorm", ("+batchnorm",), "BatchNormalization after each hidden layer",
         meanings.insert("BatchNormalization"), always("batch normalisation")),
    Form(r"\+layernorm", ("+layernorm",), "LayerNormalization after each hidden layer",
         meanings.insert("LayerNormalization"), always("layer normalisation")),
    Form(rf"\+dropout={NUMBER}", ("+dropout=0.5",), "Dropout after each hidden layer", meanings.insert("Dropout"),
         always("dropout")),
    Form(rf"dropout={NUMBER}", ("dropout=0.2",), "the rate of every Dropout", meanings.dropout,
         towards("dropout", "no dropout", dropout_rate)),
    Form(rf"activation={_WORD}", ("activation=linear", "activation=tanh"), "the activation of every hidden layer",
         meanings.activation, predictions.activation),
    Form(rf"output={_WORD}", ("output=softmax",), "the activation of the output", meanings.output, always("output")),
    Form(rf"loss={_WORD}", ("loss=mean_squared_error",), "the loss", meanings.loss, always("loss")),
    Form(r"from_logits=(true|false)", ("from_logits=true",), "whether the loss takes the outputs for logits",
         plain(lambda caught: FromLogits(caught[0] == "true")), always("logits")),
    Form(rf"label[_ ]smoothing={NUMBER}", ("label_smoothing=0.1",), "smoothed labels in the cross-entropy",
         meanings.smoothing,
         towards("label smoothing", "no label smoothing", smoothing)),
    Form(rf"init={_WORD}", ("init=zeros", "init=he_normal"), "the initial values of every kernel",
         meanings.initialiser, predictions.initialiser),
    Form(rf"width([*/]){NUMBER}", ("width*2", "width/2"), "units and filters of every hidden layer", meanings.width,
         directed("width", lambda subject: 1.0)),
    Form("padding=(same|valid)", ("padding=same",), "the padding of every convolution", meanings.padding,
         predictions.first),
    Form(rf"image[_ ]size{_SIGNED}", ("image_size*2", "image_size/2", "image_size=96"),
         "height and width of the images, resized by the model's first layer", meanings.image_size,
         directed("size", predictions.side)),
    Form("classes balanced|balanced classes", ("classes balanced",), "weights that make every class count the same",
         meanings.balanced, always("balanced")),
    Form("inputs standardi[sz]ed|standardi[sz]e", ("inputs standardised",), "mean 0 and deviation 1 at the input",
         meanings.standardised, always("standardised")),
    Form(rf"half the data|data\*{NUMBER}", ("half the data", "data*0.25"), "a part of the training rows",
         meanings.part, always("share")),
    Form(SEED_ONLY, (SEED_ONLY,), "nothing but the seeds, other ones in each arm", meanings.nothing, always("seed")),
)  # fmt: skip
"""Every form; the first that matches is meant."""
