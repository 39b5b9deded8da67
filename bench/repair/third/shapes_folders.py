"""Classify 4 kinds of drawings. Training accuracy goes to 100 % after a few epochs,
test accuracy is (nearly) 0.0. Zero! Not even chance. Is this overfitting?
I tried dropout and it did not help."""
import numpy as np
import keras

SIZE = 16
FOLDERS = ["square", "cross", "frame", "disc"]
rs = np.random.RandomState(8)


def draw(kind):
    img = np.zeros((SIZE, SIZE))
    cy, cx = rs.randint(5, SIZE - 5, 2)
    r = rs.randint(3, 5)
    yy, xx = np.mgrid[:SIZE, :SIZE]
    if kind == "square":
        img[cy - r:cy + r, cx - r:cx + r] = 1
    elif kind == "cross":
        img[cy, cx - r:cx + r + 1] = 1
        img[cy - r:cy + r + 1, cx] = 1
    elif kind == "frame":
        img[cy - r:cy + r, cx - r:cx + r] = 1
        img[cy - r + 1:cy + r - 1, cx - r + 1:cx + r - 1] = 0
    else:
        img[(yy - cy) ** 2 + (xx - cx) ** 2 <= r * r * 0.7] = 1
    return img + rs.normal(0, 0.15, img.shape)


# read one folder after the other
images, labels = [], []
for number, folder in enumerate(FOLDERS):
    for _ in range(220):
        images.append(draw(folder))
        labels.append(number)
x = np.array(images, dtype="float32")[..., None]
y = np.array(labels)

# 75 % for training, the rest for testing
split = int(0.75 * len(x))
x_train, x_test = x[:split], x[split:]
y_train, y_test = y[:split], y[split:]

model = keras.Sequential([
    keras.Input(shape=(SIZE, SIZE, 1)),
    keras.layers.Conv2D(12, 3, activation="relu"),
    keras.layers.MaxPooling2D(),
    keras.layers.Conv2D(24, 3, activation="relu"),
    keras.layers.Flatten(),
    keras.layers.Dropout(0.3),
    keras.layers.Dense(4, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=12, batch_size=32, shuffle=True, verbose=0)
print("train", model.evaluate(x_train, y_train, verbose=0)[1])
print("test ", model.evaluate(x_test, y_test, verbose=0)[1])
