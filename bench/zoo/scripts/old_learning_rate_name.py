"""ValueError: Argument(s) not recognized: {'lr': 0.01}"""

import keras
from keras.layers import Dense
from sklearn.datasets import load_iris

iris = load_iris()
x_train = x_test = (iris.data - iris.data.mean(0)) / iris.data.std(0)
y_train = y_test = iris.target
model = keras.Sequential([keras.Input((4,)), Dense(12, activation="relu"), Dense(3, activation="softmax")])
sgd = keras.optimizers.SGD(lr=0.05, momentum=0.9)
model.compile(optimizer=sgd, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=20, batch_size=16, verbose=0)
