"""The texts of a practice, for whoever writes to patients; see ``flow.common.library``."""

from rebook.flow.common.library import (
    FIXED,
    TemplateLibrary,
    approvals_changed,
    library_of,
    own_text,
    practice_look,
    template_library,
)

__all__ = [
    "FIXED",
    "TemplateLibrary",
    "approvals_changed",
    "library_of",
    "own_text",
    "practice_look",
    "template_library",
]
