"""First loss is 3500 instead of 2.3. Then it falls, but the accuracy is stuck way below what others report."""

import keras
from keras.initializers import RandomUniform
from keras.layers import Dense, Input
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x / 16.0, y, test_size=0.3, stratify=y, random_state=9)

init = RandomUniform(minval=0.0, maxval=1.0)

model = keras.Sequential(name="three_hidden")
model.add(Input((64,)))
model.add(Dense(80, kernel_initializer=init, activation="relu"))
model.add(Dense(80, kernel_initializer=init, activation="relu"))
model.add(Dense(40, kernel_initializer=init, activation="relu"))
model.add(Dense(10, kernel_initializer=init, activation="softmax"))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=32, epochs=12, validation_split=0.1, verbose=0)
for epoch, (a, b) in enumerate(zip(history.history["loss"], history.history["val_accuracy"])):
    print(epoch, round(a, 2), round(b, 3))
