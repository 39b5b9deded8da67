"""Two products, each with 8 properties -> how different do customers find them (a number).
Shared encoder for both, then the difference of the two codes. Every pair gets the same
answer from the trained model, the loss equals the variance of the target."""
import numpy as np
import keras
from keras import layers, ops
from sklearn.metrics import r2_score


def pairs(n, seed):
    rng = np.random.default_rng(seed)
    a = rng.normal(0, 1, (n, 8)).astype("float32")
    b = (a + rng.normal(0, 1, (n, 8)) * rng.uniform(0.1, 1.5, (n, 1))).astype("float32")
    importance = np.array([2, 1.5, 1, 1, 0.5, 0.5, 0.2, 0.1])
    y = np.sqrt(((a - b) ** 2 * importance).mean(axis=1)) + rng.normal(0, 0.05, n)
    return a, b, y.astype("float32")


def build():
    in_a = keras.Input((8,), name="product_a")
    in_b = keras.Input((8,), name="product_b")
    encoder = keras.Sequential([
        layers.Dense(32, activation="relu"),
        layers.Dense(16),
    ], name="encoder")
    code_a = encoder(in_a)
    code_b = encoder(in_b)
    diff = ops.abs(layers.Subtract()([code_a, code_a]))
    h = layers.Dense(32, activation="relu")(diff)
    out = layers.Dense(1)(h)
    m = keras.Model(inputs=[in_a, in_b], outputs=out)
    m.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
    return m


a_train, b_train, y_train = pairs(1100, seed=1)
a_test, b_test, y_test = pairs(400, seed=2)

model = build()
model.fit([a_train, b_train], y_train, epochs=16, batch_size=32, verbose=0,
          validation_data=([a_test, b_test], y_test))
pred = model.predict([a_test, b_test], verbose=0).ravel()
print("predictions:", pred[:6].round(3))
print("truth:      ", y_test[:6].round(3))
print("R2:", r2_score(y_test, pred))
