"""Faces in photos: found by a detector that an installed package ships, and turned upright to one frame."""
