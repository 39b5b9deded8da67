"""Diabetes progression (25 to 346). All predictions are 1.0, the loss does not move."""

import keras
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

X, y = load_diabetes(return_X_y=True, scaled=False)
X = StandardScaler().fit_transform(X)
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)

model = keras.models.Sequential()
model.add(keras.layers.Dense(32, activation="relu"))
model.add(keras.layers.Dense(1, activation="sigmoid"))
model.compile(loss="mean_squared_error", optimizer=keras.optimizers.Adam(0.05))
model.fit(x_train, y_train, epochs=25, batch_size=16, validation_split=0.15, verbose=0)
