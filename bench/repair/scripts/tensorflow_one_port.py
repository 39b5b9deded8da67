# I port an old TF1 model (keep_prob placeholders) to Keras. The old one reached 0.95, this one much less.
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

KEEP_PROB = 0.9
N_HIDDEN_1 = 64
N_HIDDEN_2 = 64
N_CLASSES = 10
TRAINING_EPOCHS = 12

digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(digits.data / 16.0, digits.target, test_size=0.3, random_state=5)


def multilayer_perceptron(n_input):
    x = inputs = layers.Input((n_input,))
    x = layers.Dense(N_HIDDEN_1, activation="relu")(x)
    x = layers.Dropout(KEEP_PROB)(x)
    x = layers.Dense(N_HIDDEN_2, activation="relu")(x)
    x = layers.Dropout(KEEP_PROB)(x)
    x = layers.Dense(N_CLASSES, activation="softmax")(x)
    return keras.Model(inputs, x)


model = multilayer_perceptron(64)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=TRAINING_EPOCHS, validation_data=(x_test, y_test), verbose=0)
