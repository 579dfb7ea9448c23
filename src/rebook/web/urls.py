"""Staff pages at ``/``, patient pages at ``/p/<token>``."""

from django.urls import URLPattern, URLResolver, include, path

from rebook.web.views import accounts, campaigns, inbox, patients, results, setup, setup_acts, tasks, today

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("tasks/<int:task_id>/outcome/", tasks.record_outcome, name="task_outcome"),
    path("tasks/<int:task_id>/reopen/", tasks.reopen, name="task_reopen"),
    path("tasks/<int:task_id>/book/", tasks.book, name="task_book"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<int:reply_id>/handle/", inbox.handle, name="reply_handle"),
    path("inbox/<int:reply_id>/answer/", inbox.answer, name="reply_answer"),
    path("patients/", patients.patients, name="patients"),
    path("patients/<int:patient_id>/", patients.patient, name="patient"),
    path("patients/<int:patient_id>/opt-out/", patients.opt_out, name="patient_opt_out"),
    path("patients/<int:patient_id>/opt-in/", patients.opt_in, name="patient_opt_in"),
    path("patients/<int:patient_id>/preference/", patients.preference, name="patient_preference"),
    path("patients/<int:patient_id>/write/", patients.write, name="patient_write"),
    path("appointments/<int:appointment_id>/attended/", patients.attended, name="attended"),
    path("holds/<int:hold_id>/release/", patients.release, name="hold_release"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.new, name="campaign_new"),
    path("campaigns/<int:campaign_id>/", campaigns.campaign, name="campaign"),
    path("campaigns/<int:campaign_id>/cases/", campaigns.cases, name="campaign_cases"),
    path("campaigns/<int:campaign_id>/<slug:act>/", campaigns.act, name="campaign_act"),
    path("results/", results.results, name="results"),
    path("results/list/", results.behind, name="results_list"),
    path("setup/", setup.practice, name="setup"),
    path("setup/sources/", setup.sources, name="setup_sources"),
    path("setup/rules/", setup.rules, name="setup_rules"),
    path("setup/rules/sign/", setup_acts.sign_rule, name="rule_sign"),
    path("setup/templates/", setup.templates, name="setup_templates"),
    path("setup/templates/approve/", setup_acts.approve_template, name="template_approve"),
    path("setup/channels/", setup.channels, name="setup_channels"),
    path("setup/people/", setup.people, name="setup_people"),
    path("setup/audit/", setup.audit, name="setup_audit"),
    path("stop/", setup_acts.stop_all, name="stop_all"),
    path("stop/<int:stop_id>/end/", setup_acts.end_stop, name="stop_end"),
    path("practice/", accounts.choose_practice, name="choose_practice"),
    path("", include("rebook.web.sign_in")),
    path("p/", include("rebook.web.patient.urls")),
]
