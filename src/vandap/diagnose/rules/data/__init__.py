"""Rules about the data and the labels (codes A): what is wrong before any model is fitted."""
