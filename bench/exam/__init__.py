"""What an exam costs."""
