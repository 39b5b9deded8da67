"""Remaining battery capacity from 8 measured values. My real data is too big for memory,
so I use a PyDataset. Training loss gets very small but the test error is huge: overfitting?
With 1600 rows and this little network I did not expect that."""
import math
import numpy as np
import keras
from sklearn.metrics import r2_score


class BatteryData(keras.utils.PyDataset):
    def __init__(self, x, y, batch_size=32, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y = x, y
        self.batch_size = batch_size

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, index):
        low = index
        high = min(low + self.batch_size, len(self.x))
        return self.x[low:high], self.y[low:high]


def measurements(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (n, 8)).astype("float32")
    y = (x[:, 0] * x[:, 1] + np.sin(2 * x[:, 2]) + 0.5 * x[:, 3] ** 2 - x[:, 4]
         + 0.6 * x[:, 5] + rng.normal(0, 0.2, n))
    return x, y.astype("float32")


def main():
    x_train, y_train = measurements(1600, 1)
    x_test, y_test = measurements(400, 2)
    train_gen = BatteryData(x_train, y_train, batch_size=32)
    model = keras.Sequential([
        keras.layers.Input((8,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(1),
    ])
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
    hist = model.fit(train_gen, epochs=20, verbose=0)
    print("last training loss:", hist.history["loss"][-1])
    print("R2 on test data:", r2_score(y_test, model.predict(x_test, verbose=0).ravel()))
    return model, x_test, y_test


if __name__ == "__main__":
    model, x_test, y_test = main()
