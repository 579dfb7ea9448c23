"""The pages a patient sees behind a link: no account, no script, one purpose each."""
