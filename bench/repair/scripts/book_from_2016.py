# Example from my book (2016), does not run with current Keras:
# TypeError: ... got an unexpected keyword argument 'nb_epoch'
import numpy
from keras.models import Sequential
from keras.layers import Dense, Input
from sklearn.datasets import make_moons

numpy.random.seed(7)
X, Y = make_moons(n_samples=1300, noise=0.2, random_state=7)
x_train, y_train = X[:1000], Y[:1000]
x_test, y_test = X[1000:], Y[1000:]

# create model
model = Sequential()
model.add(Input((2,)))
model.add(Dense(24, kernel_initializer='uniform', activation='relu'))
model.add(Dense(16, kernel_initializer='uniform', activation='relu'))
model.add(Dense(1, kernel_initializer='uniform', activation='sigmoid'))
# Compile model
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
# Fit the model
model.fit(x_train, y_train, nb_epoch=20, batch_size=20, verbose=0)
# evaluate the model
scores = model.evaluate(x_test, y_test, verbose=0)
print("%s: %.2f%%" % (model.metrics_names[1], scores[1] * 100))
