"""I want to optimise F1 directly. The custom loss is constant over all epochs, weights never change. Keras bug?"""

import keras
from keras import ops
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def f1_loss(y_true, y_pred):
    y_true = ops.cast(y_true, "float32")
    y_pred = ops.round(y_pred)
    tp = ops.sum(y_true * y_pred)
    fp = ops.sum((1 - y_true) * y_pred)
    fn = ops.sum(y_true * (1 - y_pred))
    return 1 - 2 * tp / (2 * tp + fp + fn + keras.config.epsilon())


X, y = make_classification(1600, 14, n_informative=7, weights=[0.65, 0.35], class_sep=1.1, random_state=6)
X = StandardScaler().fit_transform(X)
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=6)

model = keras.Sequential(
    [
        keras.Input((14,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=f1_loss, metrics=["accuracy"])
model.fit(x_train, y_train, epochs=12, batch_size=64, validation_data=(x_test, y_test), verbose=0)
