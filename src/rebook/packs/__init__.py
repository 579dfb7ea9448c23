"""Versioned data: specialty rules, sequences, templates, scripts, jurisdictions, languages.

TOML files, templates and lexicons, and one loader that validates them and says what is wrong and
where. A pack never names a code path; adding a specialty or a language changes no Python.
"""
