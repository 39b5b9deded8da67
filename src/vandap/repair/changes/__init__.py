"""Typed edits of a training: what is changed, not how a program or a recipe is edited to do it."""
