# With ReduceLROnPlateau my net gets WORSE than without. verbose=1 shows that it reduces in nearly every epoch
# although val_accuracy is still going up.
from keras import Sequential
from keras.callbacks import ReduceLROnPlateau
from keras.layers import Dense, Input
from sklearn.datasets import make_gaussian_quantiles
from sklearn.model_selection import train_test_split

X, y = make_gaussian_quantiles(n_samples=2000, n_features=4, n_classes=4, random_state=8)
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=8)
x_train, x_val, y_train, y_val = train_test_split(x_train, y_train, test_size=0.2, random_state=8)

model = Sequential(
    [
        Input((4,)),
        Dense(64, activation="relu"),
        Dense(64, activation="relu"),
        Dense(4, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
plateau = ReduceLROnPlateau(monitor="val_accuracy", mode="min", factor=0.2, patience=1, min_lr=1e-7)
model.fit(
    x_train, y_train, validation_data=(x_val, y_val), epochs=18, batch_size=32, callbacks=[plateau], verbose=0
)
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print(f"test accuracy {acc:.3f}")
