"""I want sparse hidden activity, so I set an activity_regularizer. The net predicts one class only."""

import keras
from keras import regularizers
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import RobustScaler

X, y = make_classification(1500, 12, n_informative=8, n_classes=3, class_sep=1.3, random_state=33)
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=33)
rs = RobustScaler().fit(x_train)
x_train, x_test = rs.transform(x_train), rs.transform(x_test)

sparsity = regularizers.L1(0.5)
inputs = keras.Input(shape=(12,))
h1 = keras.layers.Dense(48, activation="relu", activity_regularizer=sparsity)(inputs)
h2 = keras.layers.Dense(24, activation="relu", activity_regularizer=sparsity)(h1)
outputs = keras.layers.Dense(3, activation="softmax")(h2)
model = keras.Model(inputs=inputs, outputs=outputs)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_data=(x_test, y_test), verbose=0)
