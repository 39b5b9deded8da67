"""The search engines: one file for each structure that finds near rows without looking at all of them."""
