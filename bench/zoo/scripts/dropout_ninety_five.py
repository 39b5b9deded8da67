"""I had overfitting, so I raised dropout until it was gone."""

import keras
from keras.layers import Dense, Dropout
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

X, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(X / 16.0, y, test_size=0.3, random_state=2)
model = keras.Sequential()
model.add(Dense(64, activation="relu"))
model.add(Dropout(0.95))
model.add(Dense(32, activation="relu"))
model.add(Dropout(0.95))
model.add(Dense(10, activation="softmax"))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_data=(x_test, y_test), verbose=0)
