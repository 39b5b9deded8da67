"""The cure: findings become changes, changes become trainings, and only what held-out data confirm is kept."""
