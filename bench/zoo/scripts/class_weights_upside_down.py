"""class_weight does not help, the rare class is found even less often."""

import keras
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

X, y = make_classification(3000, 10, n_informative=5, weights=[0.9], class_sep=1.0, flip_y=0, random_state=12)
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.4, stratify=y, random_state=0)
model = keras.Sequential(
    [
        keras.Input((10,)),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=["accuracy"])
weights = {0: 9.0, 1: 1.0}
model.fit(x_train, y_train, epochs=10, batch_size=32, class_weight=weights, validation_split=0.1, verbose=0)
