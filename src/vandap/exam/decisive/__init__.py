"""The decisive tests: small controlled experiments on the user's own model that settle a suspicion.

One file a test; `vandap.exam.decide` runs those that suspected rules ask for. Every test puts the model back as it was.
"""
