from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from keras.models import Sequential
from keras.layers import *

# accuracy 0.1 on digits whatever I do, please help

digits = load_digits()
X, y = digits.data, digits.target

x_train, x_test = train_test_split(X, test_size=0.3, random_state=101)
y_train, y_test = train_test_split(y, test_size=0.3, random_state=42)

x_train = x_train / 16
x_test = x_test / 16

model = Sequential()
model.add(Input((64,)))
model.add(Dense(50, activation='relu'))
model.add(Dropout(0.2))
model.add(Dense(50, activation='relu'))
model.add(Dense(10, activation='softmax'))
model.compile(loss='sparse_categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(x_train, y_train, epochs=12, batch_size=32, verbose=0)
results = model.evaluate(x_test, y_test, verbose=0)
print("test loss, test acc:", results)
