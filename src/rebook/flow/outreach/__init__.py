"""Stage outreach: campaigns, enrolment, planning, the guard's questions, dispatch, and the stop button."""
