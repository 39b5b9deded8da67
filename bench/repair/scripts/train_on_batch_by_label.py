"""My own epoch loop with train_on_batch. In the end the network only knows the last class of the file."""

import keras
import pandas as pd
from sklearn.datasets import make_blobs

FEATURES = [f"f{i}" for i in range(8)]
X, y = make_blobs(n_samples=1500, n_features=8, centers=5, cluster_std=5.0, random_state=12)
frame = pd.DataFrame(X / 6.0, columns=FEATURES)
frame["label"] = y

test = frame.iloc[1100:]
train = frame.iloc[:1100].sort_values("label")

x_train, y_train = train[FEATURES].to_numpy("float32"), train["label"].to_numpy()
x_test, y_test = test[FEATURES].to_numpy("float32"), test["label"].to_numpy()

model = keras.Sequential(
    [keras.Input((8,)), keras.layers.Dense(48, activation="relu"), keras.layers.Dense(5, activation="softmax")]
)
model.compile(optimizer=keras.optimizers.SGD(0.05, momentum=0.9), loss="sparse_categorical_crossentropy")

batch = 32
for epoch in range(10):
    total = 0.0
    for start in range(0, len(x_train), batch):
        total += float(model.train_on_batch(x_train[start : start + batch], y_train[start : start + batch]))
    print(epoch, total)
