"""Looking ahead: what the coming days bring, kept and later held against what happened."""
