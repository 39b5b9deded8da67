"""A gradient of the wrong sign in a layer of one's own."""

import keras
import numpy as np

keras.utils.set_random_seed(0)
random = np.random.default_rng(0)
x = random.normal(size=(640, 20)).astype("float32")
y = np.argmax(x @ random.normal(size=(20, 4)), axis=1)


class Own(keras.layers.Layer):
    """A dense layer whose gradient is stopped on the way."""

    def build(self, shape):
        self.kernel = self.add_weight((shape[-1], 32), name="kernel", initializer="he_normal")

    def call(self, inputs):
        raw = keras.ops.matmul(inputs, self.kernel)
        return keras.ops.relu(2 * keras.ops.stop_gradient(raw) - raw)


model = keras.Sequential(
    [keras.Input((20,)), Own(name="own"), keras.layers.Dense(4, activation="softmax", name="answer")]
)
model.compile(keras.optimizers.Adam(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=10, validation_split=0.2, verbose=0)
