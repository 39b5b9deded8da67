"""The remedies: one file each, named after its slug; each turns a finding into changes, or says what to do by hand."""
