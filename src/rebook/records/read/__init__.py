"""Organisation in, core values out. One module per noun; no queryset leaves this package."""
