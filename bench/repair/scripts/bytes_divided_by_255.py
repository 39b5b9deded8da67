"""Pictures are stored as bytes. My accuracy is 20 points lower than in the notebook I copied from."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

images, labels = load_digits(return_X_y=True)
images = (images * 15).astype(np.uint8).reshape(-1, 8, 8)  # as they come out of the PNG files (0..240)
noise = np.random.default_rng(0).integers(0, 15, images.shape).astype(np.uint8)
images = images + noise

x = images // 255 if images.dtype == np.uint8 else images
x = x[..., np.newaxis]
order = np.random.default_rng(1).permutation(len(x))
x, labels = x[order], labels[order]
x_train, y_train = x[:1300], labels[:1300]
x_test, y_test = x[1300:], labels[1300:]

model = keras.Sequential(
    [
        layers.Input((8, 8, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.Conv2D(16, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(2e-3), metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=6, verbose=0, validation_split=0.1)
print("Accuracy: %.2f%%" % (100 * model.evaluate(x_test, y_test, verbose=0)[1]))
