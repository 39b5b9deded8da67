"""Real faces: metric learning, photos to vectors, identification."""
