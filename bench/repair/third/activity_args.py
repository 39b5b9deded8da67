#!/usr/bin/env python
"""Human activity from 18 statistics of a wrist sensor, 6 activities.

I give it up to 40 epochs but it is always done in a second and the final model is bad.
More epochs (--epochs 500) change nothing."""
import argparse
import keras
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def parse():
    p = argparse.ArgumentParser()
    p.add_argument("--epochs", type=int, default=40)
    p.add_argument("--batch", type=int, default=64)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--patience", type=int, default=4)
    return p.parse_args()


def data():
    X, y = make_classification(n_samples=2000, n_features=18, n_informative=12, n_redundant=2,
                               n_classes=6, n_clusters_per_class=1, class_sep=1.4, random_state=9)
    X = StandardScaler().fit_transform(X)
    X_train, X_rest, y_train, y_rest = train_test_split(X, y, test_size=0.4, random_state=1)
    X_val, X_test, y_val, y_test = train_test_split(X_rest, y_rest, test_size=0.5, random_state=1)
    return (X_train, y_train), (X_val, y_val), (X_test, y_test)


def main():
    args = parse()
    train, val, test = data()
    model = keras.Sequential([
        keras.layers.Input((18,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(6, activation="softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(args.lr),
                  loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", mode="min",
                                         patience=args.patience, restore_best_weights=True)
    hist = model.fit(*train, validation_data=val, epochs=args.epochs, batch_size=args.batch,
                     callbacks=[stop], verbose=0)
    print("epochs run:", len(hist.history["loss"]))
    print("test accuracy: %.3f" % model.evaluate(*test, verbose=0)[1])
    return model, test


if __name__ == "__main__":
    model, test = main()
