"""Digit recognition for my course. After all epochs I only get something like
10 % accuracy, but the book says a simple MLP should be above 90 %.
No error message, the loss just creeps down very slowly."""
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from keras.models import Sequential
from keras.layers import Dense, Dropout, Input
from keras.utils import to_categorical

batch_size = 32
num_classes = 10
epochs = 15

digits = load_digits()
x = digits.data.astype("float32") / 16.0
y = to_categorical(digits.target, num_classes)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=1)
print(x_train.shape[0], "train samples")
print(x_test.shape[0], "test samples")

model = Sequential()
model.add(Input(shape=(64,)))
model.add(Dense(64, activation="relu"))
model.add(Dropout(0.2))
model.add(Dense(64, activation="relu"))
model.add(Dropout(0.2))
model.add(Dense(num_classes, activation="softmax"))

model.compile(loss="categorical_crossentropy",
              optimizer="adadelta",
              metrics=["accuracy"])

model.fit(x_train, y_train, batch_size=batch_size, epochs=epochs, verbose=0,
          validation_data=(x_test, y_test))
score = model.evaluate(x_test, y_test, verbose=0)
print("Test loss:", score[0])
print("Test accuracy:", score[1])
