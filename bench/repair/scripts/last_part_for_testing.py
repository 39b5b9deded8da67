"""Four machines, 400 measurements of each, one network that tells which machine it was.

Training accuracy 0.99, test accuracy 0.2 - overfitting? Dropout didn't help.
"""
import keras
import numpy as np

rng = np.random.default_rng(100)
rows, machines = [], []
for machine in range(4):
    tone = 3 + 2 * machine
    t = np.linspace(0, 1, 24)
    start = rng.uniform(0, 2 * np.pi, (400, 1))
    rows.append(np.sin(2 * np.pi * tone * t + start) + rng.normal(0, 0.35, (400, 24)))
    machines.append(np.full(400, machine))
X = np.abs(np.fft.rfft(np.concatenate(rows), axis=1)).astype("float32") / 6
Y = np.concatenate(machines)

cut = int(len(X) * 0.7)
x_train, x_test = X[:cut], X[cut:]
y_train, y_test = Y[:cut], Y[cut:]

model = keras.Sequential(
    [
        keras.Input(X.shape[1:]),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(4, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=12, batch_size=32, verbose=0)
print("train", model.evaluate(x_train, y_train, verbose=0)[1], "test", model.evaluate(x_test, y_test, verbose=0)[1])
