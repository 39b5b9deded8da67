"""EarlyStopping with restore_best_weights gives me a model that is worse than the last epoch in the log?!"""

import keras
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

X, y = make_classification(
    2400, 18, n_informative=10, n_redundant=4, n_classes=5, n_clusters_per_class=2, class_sep=1.2, random_state=17
)
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=17)
prep = make_pipeline(StandardScaler(), MinMaxScaler((-2, 2)))
x_train = prep.fit_transform(x_train)
x_test = prep.transform(x_test)

model = keras.Sequential(
    [
        keras.layers.Input((18,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(5, activation="softmax"),
    ]
)
model.compile(loss="sparse_categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
callbacks = [
    keras.callbacks.EarlyStopping(
        monitor="val_accuracy",
        mode="min",
        patience=3,
        restore_best_weights=True,
    )
]
hist = model.fit(
    x_train, y_train, batch_size=64, epochs=30, validation_split=0.2, callbacks=callbacks, verbose=0
)
print("epochs:", len(hist.epoch))
print("test:", model.evaluate(x_test, y_test, verbose=0))
