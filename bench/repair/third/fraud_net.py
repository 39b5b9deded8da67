"""
Fraud detection, about 5 % of the transactions are fraud. I read that one must give
class weights with such data, but my network still finds (almost) no fraud at all.
"""
import numpy as np
import keras
from sklearn.datasets import make_classification
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

X, y = make_classification(n_samples=3000, n_features=12, n_informative=6, n_redundant=2,
                           n_clusters_per_class=1, weights=[0.95, 0.05], class_sep=0.9,
                           flip_y=0.0, random_state=17)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, stratify=y, random_state=17)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)


def balance(labels):
    counts = np.bincount(labels)
    return {c: n / len(labels) for c, n in enumerate(counts)}


class_weight = balance(y_train)
print("class weights:", class_weight)

model = keras.Sequential([
    keras.layers.Input((12,)),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(8, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy",
              metrics=[keras.metrics.Recall(name="recall")])
model.fit(X_train, y_train, epochs=12, batch_size=32, class_weight=class_weight, verbose=0)

y_pred = (model.predict(X_test, verbose=0).ravel() > 0.5).astype(int)
print(classification_report(y_test, y_pred, zero_division=0))
