"""The numbered questions: each answered from what one run measured, or plainly not yet."""
