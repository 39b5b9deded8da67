"""The evidence of a finding, drawn: the signal that its rule read, with the threshold that it was compared with."""
