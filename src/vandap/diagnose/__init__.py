"""The exam's rules: functions from the signals of a run to verdicts. Never imports keras."""
