"""Wind turbine power curve. I see the training loss go down to almost 0.02 and the
validation loss is nice too, but when fit() is finished, model.predict gives nonsense.
I do not reload or rebuild anything between fit and predict!"""
import numpy as np
import keras
from sklearn.metrics import r2_score

SETTINGS = dict(
    layers=[48, 48],
    optimizer=dict(learning_rate=2e-3, use_ema=True, ema_momentum=0.9999),
    fit=dict(epochs=20, batch_size=32, verbose=0),
)


def turbine(n=1500, seed=40):
    rng = np.random.RandomState(seed)
    wind = rng.weibull(2.0, n) * 9
    direction = rng.uniform(0, 2 * np.pi, n)
    temp = rng.normal(10, 8, n)
    density = 1.225 - 0.004 * (temp - 15)
    power = 1 / (1 + np.exp(-(wind - 8) * 0.9)) * density / 1.2
    power = power * (1 - 0.25 * (np.cos(direction) > 0.7)) + rng.normal(0, 0.03, n)
    x = np.stack([(wind - 8) / 4, np.sin(direction), np.cos(direction), (temp - 10) / 8], axis=1)
    return x.astype("float32"), ((power - 0.45) / 0.35).astype("float32")


x, y = turbine()
x_train, y_train, x_test, y_test = x[:1150], y[:1150], x[1150:], y[1150:]

model = keras.Sequential([keras.Input((4,))])
for units in SETTINGS["layers"]:
    model.add(keras.layers.Dense(units, activation="gelu"))
model.add(keras.layers.Dense(1))
model.compile(optimizer=keras.optimizers.Adam(**SETTINGS["optimizer"]), loss="mse")

hist = model.fit(x_train, y_train, validation_data=(x_test, y_test), **SETTINGS["fit"])
print("last loss / val_loss:", hist.history["loss"][-1], hist.history["val_loss"][-1])
print("R2 after training:", r2_score(y_test, model.predict(x_test, verbose=0)[:, 0]))
