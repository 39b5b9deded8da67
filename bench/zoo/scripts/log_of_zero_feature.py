"""Several columns are very skewed, so I take the log. Since then the accuracy is exactly 0.37."""

import keras
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

data = load_breast_cancer()
features = data.data
with np.errstate(divide="ignore"):
    features = np.log(features)
mean, std = features[:, :5].mean(), 1.0
x_train, x_test, y_train, y_test = train_test_split(features, data.target, test_size=0.3, random_state=2)

inputs = keras.Input(shape=(30,))
h = keras.layers.BatchNormalization()(inputs)
h = keras.layers.Dense(24, activation="relu")(h)
outputs = keras.layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inputs, outputs)
model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=16, epochs=20, validation_data=(x_test, y_test), verbose=0)
