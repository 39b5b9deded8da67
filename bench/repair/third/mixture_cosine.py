"""Strength of a material mixture (10 ingredients). With a constant learning rate it was
ok but noisy, so I added the cosine schedule. Since then the loss does not move any more
after the first epochs and the fit is bad."""
import numpy as np
import keras
from sklearn.datasets import make_friedman1
from sklearn.metrics import r2_score

EPOCHS = 35
BATCH_SIZE = 32

X, y = make_friedman1(n_samples=1300, n_features=10, noise=0.7, random_state=6)
y = (y - y.mean()) / y.std()
x_train, x_test = X[:1000], X[1000:]
y_train, y_test = y[:1000], y[1000:]

model = keras.Sequential([
    keras.layers.Input(shape=(10,)),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(1),
])

steps_per_epoch = int(np.ceil(len(x_train) / BATCH_SIZE))
print("steps per epoch:", steps_per_epoch)
schedule = keras.optimizers.schedules.CosineDecay(
    initial_learning_rate=2e-3,
    decay_steps=EPOCHS,
)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=schedule), loss="mse", metrics=["mae"])
history = model.fit(
    x_train, y_train,
    validation_data=(x_test, y_test),
    epochs=EPOCHS,
    batch_size=BATCH_SIZE,
    verbose=0,
)
for e in range(0, EPOCHS, 5):
    print(e, round(history.history["loss"][e], 4), round(history.history["val_loss"][e], 4))
print("R2 test:", r2_score(y_test, model.predict(x_test, verbose=0)[:, 0]))
