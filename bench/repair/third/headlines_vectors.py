"""News headlines -> 4 topics with pretrained word vectors. I followed the Keras example
for pretrained embeddings. Loss stays at 1.386 and it always predicts the same topic."""
import numpy as np
import keras
from keras import layers

rng = np.random.default_rng(30)
TOPICS = {
    "sports": "Goal Match Coach League Striker Trophy Season Referee Stadium Team".split(),
    "money": "Bank Shares Profit Market Inflation Tax Budget Debt Euro Investor".split(),
    "tech": "Chip Software Robot Startup Phone Data Browser Cloud Laptop Network".split(),
    "weather": "Storm Rain Flood Snow Heat Wind Forecast Thunder Frost Drought".split(),
}
FILLER = "New Big After Says Over Again Today Why How The Of In".split()


def load_vectors(dim=24):
    """stands for the downloaded vector file: word -> vector, all lower case"""
    table = {}
    for words in TOPICS.values():
        centre = rng.normal(0, 1, dim)
        for w in words:
            table[w.lower()] = centre + rng.normal(0, 0.7, dim)
    for w in FILLER:
        table[w.lower()] = rng.normal(0, 0.7, dim)
    return table


def headlines(n):
    text, target = [], []
    for _ in range(n):
        t = int(rng.integers(0, 4))
        words = list(rng.choice(list(TOPICS.values())[t], 3)) + list(rng.choice(FILLER, 3))
        words.append(str(rng.choice(list(TOPICS.values())[int(rng.integers(0, 4))])))
        rng.shuffle(words)
        text.append(" ".join(words))
        target.append(t)
    return text, np.array(target)


vectors = load_vectors()
train_text, y_train = headlines(1200)
test_text, y_test = headlines(300)

word_index = {w: i + 1 for i, w in enumerate(sorted({w for t in train_text for w in t.split()}))}
encode = lambda texts: np.array([[word_index.get(w, 0) for w in t.split()] for t in texts])
x_train, x_test = encode(train_text), encode(test_text)

embedding_matrix = np.zeros((len(word_index) + 1, 24))
for word, i in word_index.items():
    vector = vectors.get(word)
    if vector is not None:
        # words not found stay all-zeros
        embedding_matrix[i] = vector

embedding = layers.Embedding(len(word_index) + 1, 24, trainable=False)
embedding.build((1,))
embedding.set_weights([embedding_matrix])

inp = keras.Input((None,), dtype="int32")
x = layers.GlobalAveragePooling1D()(embedding(inp))
x = layers.Dense(32, activation="relu")(x)
out = layers.Dense(4, activation="softmax")(x)
model = keras.Model(inp, out)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=32, validation_split=0.1, verbose=0)
print(model.evaluate(x_test, y_test, verbose=0))
