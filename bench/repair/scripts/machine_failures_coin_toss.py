"""Predictive maintenance: hundreds of false alarms in one run, no alarm at all in the next.

One row in twenty is a failure. I use a low learning rate to be on the safe side.
"""
import keras
import numpy as np
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(90)
n = 3000
vibration = rng.gamma(2, 1, n)
temperature = rng.normal(60, 8, n)
hours = rng.uniform(0, 5000, n)
load = rng.uniform(0.2, 1, n)
danger = 0.8 * vibration + 0.09 * (temperature - 60) + hours / 1600 * load + rng.normal(0, 0.35, n)
failure = (danger > np.quantile(danger, 0.95)).astype(int)

X = np.stack([vibration, temperature, hours, load], axis=1)
X_train, X_test, y_train, y_test = train_test_split(X, failure, test_size=0.3, stratify=failure, random_state=0)
scaler = StandardScaler().fit(X_train)
x_train, x_test = scaler.transform(X_train), scaler.transform(X_test)

LR = 1e-5
CLASS_WEIGHT = None

model = keras.Sequential(
    [
        keras.layers.Input(shape=(4,)),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(12, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(keras.optimizers.Adam(learning_rate=LR), loss="binary_crossentropy", metrics=["accuracy", "Recall"])
model.fit(x_train, y_train, epochs=12, batch_size=64, class_weight=CLASS_WEIGHT, verbose=0)
pred = (model.predict(x_test, verbose=0) > 0.5).astype(int).ravel()
print(confusion_matrix(y_test, pred))
