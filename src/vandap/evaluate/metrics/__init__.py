"""The family of metrics: one file a member, found by a scan."""
