"""Iris with labels 1, 2, 3 as in the csv file. It works on my colleague's machine but one class is never right."""

import keras
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

iris = load_iris()
X = (iris.data - iris.data.mean(axis=0)) / iris.data.std(axis=0)
labels = iris.target + 1
x_train, x_test, y_train, y_test = train_test_split(X, labels, test_size=0.3, random_state=4, stratify=labels)

model = keras.Sequential(
    [
        keras.Input((4,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=40, batch_size=16, verbose=0)
