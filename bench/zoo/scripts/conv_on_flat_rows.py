"""Input 0 of layer "conv2d" is incompatible with the layer: expected min_ndim=4, found ndim=3"""

import keras
from sklearn.datasets import load_digits

digits = load_digits()
images = digits.images / 16.0
x_train, x_test, y_train, y_test = images[:1300], images[1300:], digits.target[:1300], digits.target[1300:]
model = keras.Sequential(
    [
        keras.layers.Conv2D(16, 3, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=8, batch_size=32, verbose=0)
