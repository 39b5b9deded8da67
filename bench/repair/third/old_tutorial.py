# Regression example from a blog post (2017). I only changed the data.
# It does not run with my Keras (3.x), the author says it works "with every backend".
import numpy as np
from sklearn.datasets import make_friedman1
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler
from keras.models import Sequential
from keras.layers import Dense, Dropout, Input
from keras.optimizers import Adam

# load dataset
X, Y = make_friedman1(n_samples=1200, n_features=8, noise=0.5, random_state=1)
Y = StandardScaler().fit_transform(Y.reshape(-1, 1))

X_train, X_test = X[:900], X[900:]
Y_train, Y_test = Y[:900], Y[900:]


# define base model
def baseline_model():
    model = Sequential()
    model.add(Input(shape=(8,)))
    model.add(Dense(64, kernel_initializer="normal", activation="relu"))
    model.add(Dropout(0.05))
    model.add(Dense(32, kernel_initializer="normal", activation="relu"))
    model.add(Dense(1, kernel_initializer="normal"))
    optimizer = Adam(lr=0.003, decay=1e-6)
    model.compile(loss="mean_squared_error", optimizer=optimizer)
    return model


# fit
model = baseline_model()
model.fit(X_train, Y_train, epochs=25, batch_size=32, verbose=0, validation_split=0.1)

# result
prediction = model.predict(X_test, verbose=0)
print("Results: R2 = %.2f, MSE = %.3f" % (r2_score(Y_test, prediction),
                                         np.mean((Y_test - prediction) ** 2)))
