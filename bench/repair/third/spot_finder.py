"""Find the laser spot in a 22x22 image (regression of the x and y position, 0..1).
The net always answers something near the middle of the picture (0.5, 0.5)."""
import numpy as np
import keras
from keras import layers
from sklearn.metrics import r2_score


def laser_images(n, seed, size=22):
    rng = np.random.default_rng(seed)
    pos = rng.uniform(0.25, 0.75, (n, 2))
    grid = (np.arange(size) + 0.5) / size
    gx = np.exp(-((grid[None, :] - pos[:, [0]]) ** 2) / (2 * 0.06 ** 2))
    gy = np.exp(-((grid[None, :] - pos[:, [1]]) ** 2) / (2 * 0.06 ** 2))
    img = gy[:, :, None] * gx[:, None, :] + rng.normal(0, 0.08, (n, size, size))
    return img[..., None].astype("float32"), pos.astype("float32")


class SpotFinder(keras.Model):
    def __init__(self, filters=(8, 16)):
        super().__init__()
        self.convs = [layers.Conv2D(f, 3, activation="relu") for f in filters]
        self.pool = layers.MaxPooling2D(2)
        self.collect = layers.GlobalAveragePooling2D()
        self.hidden = layers.Dense(32, activation="relu")
        self.position = layers.Dense(2)

    def call(self, x):
        for conv in self.convs:
            x = self.pool(conv(x))
        x = self.collect(x)
        x = self.hidden(x)
        return self.position(x)


x_train, y_train = laser_images(900, seed=5)
x_test, y_test = laser_images(300, seed=6)

model = SpotFinder()
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.1, verbose=0)

pred = model.predict(x_test, verbose=0)
print("first predictions:", pred[:4].round(2).tolist())
print("true positions:   ", y_test[:4].round(2).tolist())
print("R2:", r2_score(y_test, pred))
