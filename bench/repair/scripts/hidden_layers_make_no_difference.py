# It doesn't matter how many neurons I use, accuracy is always exactly that of logistic regression.
import keras
import numpy as np
from keras.layers import Dense, Input
from sklearn.linear_model import LogisticRegression

rng = np.random.RandomState(3)
X = rng.randn(1500, 4)
radius = X[:, 0] ** 2 + X[:, 1] ** 2 - 0.5 * X[:, 2]
y = (radius > np.median(radius)).astype(int)
x_train, x_test = X[:1100], X[1100:]
y_train, y_test = y[:1100], y[1100:]

inputs = Input(shape=(4,))
hidden1 = Dense(64, activation="relu")(inputs)
hidden2 = Dense(64, activation="relu")(hidden1)
hidden3 = Dense(32, activation="relu")(hidden2)
outputs = Dense(1, activation="sigmoid")(inputs)

model = keras.Model(inputs=inputs, outputs=outputs)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.1, verbose=0)
print("keras   ", model.evaluate(x_test, y_test, verbose=0)[1])
print("logistic", LogisticRegression().fit(x_train, y_train).score(x_test, y_test))
