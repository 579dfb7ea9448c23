"""Looking ahead: what the coming days bring, before they do (field note 3.13)."""
