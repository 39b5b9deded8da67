"""Letters from pen strokes. Sklearn's MLPClassifier gets > 90 % on this, my Keras version less than half."""
import numpy as np
import keras

N_CLASSES = 8
N_FEATURES = 16
BATCH_SIZE = 256
EPOCHS = 2
HIDDEN = 64


def load(n=2000, seed=3):
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 1.0, (N_CLASSES * 2, N_FEATURES))
    which = rng.integers(0, N_CLASSES * 2, n)
    x = centres[which] + rng.normal(0, 0.6, (n, N_FEATURES))
    return x.astype("float32"), which % N_CLASSES


def build():
    inputs = keras.Input((N_FEATURES,))
    x = keras.layers.Dense(HIDDEN, activation="relu")(inputs)
    x = keras.layers.Dense(HIDDEN, activation="relu")(x)
    outputs = keras.layers.Dense(N_CLASSES, activation="softmax")(x)
    m = keras.Model(inputs, outputs)
    m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return m


def main():
    x, y = load()
    split = 1600
    m = build()
    m.fit(x[:split], y[:split], batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)
    loss, acc = m.evaluate(x[split:], y[split:], verbose=0)
    print("loss %.3f  acc %.3f" % (loss, acc))
    return m, x[split:], y[split:]


if __name__ == "__main__":
    model, x_test, y_test = main()
