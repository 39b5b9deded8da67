"""Rules about the machine and the program around the training (codes E): time, memory, crashes, old idioms."""
