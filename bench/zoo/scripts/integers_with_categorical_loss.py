"""Shapes (None, 1) and (None, 3) are incompatible. But I only have three classes!"""

import keras
from sklearn.datasets import load_wine
from sklearn.preprocessing import scale

wine = load_wine()
x_train = x_test = scale(wine.data)
y_train = y_test = wine.target

net_in = keras.Input(shape=(13,))
hidden = keras.layers.Dense(16, activation="relu")(net_in)
net_out = keras.layers.Dense(3, activation="softmax")(hidden)
model = keras.Model(net_in, net_out)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=20, batch_size=16, verbose=0)
