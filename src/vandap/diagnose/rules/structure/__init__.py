"""Rules about the structure of the network and the settings of the training; they decide before any training."""
