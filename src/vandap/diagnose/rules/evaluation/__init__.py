"""Rules about held-out predictions (codes D): what the scores of a trained model show."""
