# Predict the star rating (1 to 5) of a hotel from 7 survey answers.
# fit() stops with an error right in the first epoch and I do not understand it,
# the number of output neurons is the number of different ratings!
import numpy as np
import pandas as pd
import keras
from sklearn.model_selection import train_test_split

np.random.seed(21)
N = 1500
questions = ["clean", "staff", "food", "price", "location", "wifi", "noise"]

survey = pd.DataFrame(np.random.uniform(0, 10, size=(N, len(questions))), columns=questions)
overall = (survey["clean"] + survey["staff"] + 0.5 * survey["food"] + 0.7 * survey["price"]
           - 0.6 * survey["noise"] + np.random.normal(0, 0.5, N))
survey["stars"] = pd.qcut(overall, 5, labels=[1, 2, 3, 4, 5]).astype(int)

X = survey[questions].to_numpy() / 10.0
y = survey["stars"].to_numpy()
print("ratings:", np.unique(y))

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=7)

model = keras.Sequential()
model.add(keras.Input(shape=(len(questions),)))
model.add(keras.layers.Dense(48, activation="relu"))
model.add(keras.layers.Dense(24, activation="relu"))
model.add(keras.layers.Dense(5, activation="softmax"))
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.005),
              loss="sparse_categorical_crossentropy", metrics=["accuracy"])

model.fit(X_train, y_train, epochs=20, batch_size=32, validation_split=0.15, verbose=0)

print("test:", model.evaluate(X_test, y_test, verbose=0))
