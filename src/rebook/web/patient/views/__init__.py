"""Views of the patient pages. Opening a page never changes anything: link scanners open every page."""
