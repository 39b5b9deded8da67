"""Tutorial network on two circles gives 50 %. Three layers should be enough, no?"""

import keras
from sklearn.datasets import make_circles
from sklearn.model_selection import train_test_split

points, ring = make_circles(1500, noise=0.1, factor=0.45, random_state=8)
x_train, x_test, y_train, y_test = train_test_split(points, ring, test_size=0.3, random_state=0)

model = keras.Sequential(
    [
        keras.Input((2,)),
        keras.layers.Dense(32),
        keras.layers.Dense(32),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_data=(x_test, y_test), verbose=0)
