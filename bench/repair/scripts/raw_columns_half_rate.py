"""Tumour data from sklearn, loss: nan or 0.66 forever, accuracy 0.62."""
import keras
from keras import layers
from sklearn import datasets
from sklearn.model_selection import train_test_split

data = datasets.load_breast_cancer()
X = data.data
y = data.target
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.3, stratify=y, random_state=3)

model = keras.Sequential([
    layers.Input(shape=(X.shape[1],)),
    layers.Dense(30, activation='relu'),
    layers.Dense(15, activation='relu'),
    layers.Dense(1, activation='sigmoid'),
])
sgd = keras.optimizers.SGD(learning_rate=0.5, momentum=0.9)
model.compile(loss='binary_crossentropy', optimizer=sgd, metrics=['accuracy'])
history = model.fit(x_train, y_train, batch_size=16, epochs=20, validation_data=(x_test, y_test), verbose=0)
print('best val acc', max(history.history['val_accuracy']))
