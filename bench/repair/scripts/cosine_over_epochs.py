"""Cosine decay over all my epochs. Without the schedule it trains fine, with it the loss stands still."""
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

BATCH = 32
EPOCHS = 12
PEAK = 2e-3

images = load_digits().images[..., None] / 16.0
labels = load_digits().target
x_train, x_test, y_train, y_test = train_test_split(images, labels, test_size=0.25, random_state=11)

steps = len(x_train) // BATCH
lr = keras.optimizers.schedules.CosineDecay(PEAK, decay_steps=EPOCHS)

inp = keras.Input(shape=(8, 8, 1))
z = layers.Conv2D(16, 3, padding="same", activation="relu")(inp)
z = layers.MaxPooling2D()(z)
z = layers.Flatten()(z)
z = layers.Dense(32, activation="relu")(z)
out = layers.Dense(10, activation="softmax")(z)
model = keras.Model(inp, out, name="digits_cnn")
model.compile(optimizer=keras.optimizers.Adam(lr), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=EPOCHS, batch_size=BATCH, verbose=0)
print(dict(zip(model.metrics_names, model.evaluate(x_test, y_test, verbose=0))))
