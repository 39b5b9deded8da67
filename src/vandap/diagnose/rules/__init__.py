"""The family of rules: one file a rule, found by a scan."""
