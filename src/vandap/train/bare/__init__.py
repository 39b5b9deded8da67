"""A Keras network written out for bare PyTorch and bare JAX, and all of them timed side by side.

`prepare` describes the model once, with weights, a batch and its own answers; `torch_loop` and `jax_loop` write the
same network by hand and must answer alike before they are timed; `keras_loop` trains the model itself; `compare` runs
each in a process of its own and asks them in turn.
"""
