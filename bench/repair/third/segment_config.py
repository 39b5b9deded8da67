"""Customer segments (4 groups). Ported from an old TensorFlow 1 script to Keras 3.
The old one had about 90 %, the new one is much worse, with the same settings."""
import keras
from keras import layers
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

config = {
    "hidden": [64, 32],
    "keep_prob": 0.9,
    "learning_rate": 0.002,
    "batch_size": 32,
    "epochs": 20,
}


def load():
    X, y = make_classification(n_samples=2000, n_features=20, n_informative=10, n_redundant=4,
                               n_classes=4, n_clusters_per_class=2, class_sep=1.6,
                               flip_y=0.01, random_state=3)
    Xa, Xb, ya, yb = train_test_split(X, y, test_size=0.25, random_state=3)
    sc = StandardScaler().fit(Xa)
    return sc.transform(Xa), sc.transform(Xb), ya, yb


def build_model(cfg, n_features, n_classes):
    inputs = keras.Input(shape=(n_features,))
    x = inputs
    for units in cfg["hidden"]:
        x = layers.Dense(units, activation="relu")(x)
        x = layers.Dropout(cfg["keep_prob"])(x)
    outputs = layers.Dense(n_classes, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(cfg["learning_rate"]),
                  loss=keras.losses.SparseCategoricalCrossentropy(),
                  metrics=["accuracy"])
    return model


if __name__ == "__main__":
    X_train, X_test, y_train, y_test = load()
    model = build_model(config, X_train.shape[1], 4)
    model.fit(X_train, y_train, validation_data=(X_test, y_test), verbose=0,
              epochs=config["epochs"], batch_size=config["batch_size"])
    print("accuracy", model.evaluate(X_test, y_test, verbose=0)[1])
