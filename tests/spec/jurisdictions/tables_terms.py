"""What else each place's rules say, copied by hand from rules.md: one entry for each row of data."""

from datetime import date

HOUSE_LIMITS = {
    "house.closing_margin_minutes": 10,  # R-A35
    "house.max_per_day": 1,  # R-A25
    "house.max_per_week": 3,  # R-A25
    "house.max_per_case": 6,  # R-A190
    "house.max_calls_per_case": 3,  # R-D55
    "house.min_hours_between": 48,  # R-A190
    "house.min_hours_between_urgent": 20,  # R-C146
    "house.marketing_gap_days": 14,  # R-A190
    "house.recent_visit_days": 14,  # R-A192
    "house.stale_after_hours": 72,  # R-A34
    "house.reply_session_minutes": 15,  # R-A38
    "house.opt_out_confirmation_minutes": 5,  # R-A45
    "house.recheck_minutes": 60,
}

# R-A157, with the words of R-C147.
EXCLUSIONS = """
hospice palliative inpatient skilled_nursing nursing_facility incarcerated dismissed legal_hold litigation
transferred transferred_care complaint staff vip moved moved_away no_contact do_not_recall no_recall
pregnancy_loss possible_duplicate inactive_record
"""

TERMS = {
    # --- the house
    "house.age": {"age_of_majority": 18},
    "house.transition": {"figures": {"transition_task_days": 90}},
    "house.opt_out": {"opt_out_days": 0, "duties": ("opt_out_ends_all_automated_texts_and_calls",)},
    "house.identification": {
        "identification": ("practice_name", "phone"),
        "duties": ("no_one_way_senders",),
    },
    "house.sensitive": {
        "sensitive": (
            *("substance_use", "mental_health", "psychotherapy_notes", "hiv", "sti", "reproductive"),
            *("gender_affirming", "genetic", "domestic_violence", "minor_confidential", "oncology"),
            "addiction_medication",
        )
    },
    "house.never_in_the_data": {
        "duties": ("no_psychotherapy_or_counselling_notes", "no_inferred_condition_in_targeting")
    },
    "house.sensitive_recall": {
        "duties": ("sensitive_recall_never_in_bulk_texts", "sensitive_recall_needs_two_signatures")
    },
    "house.machine_text": {"ai_allowed_scopes": ("administrative",)},
    "house.numbers_check": {"figures": {"number_check_after_days": 45, "number_unverified_after_months": 18}},
    "house.log": {"retention_years": {"outreach_log": 6}},
    "house.zone": {
        "zone_rule": "IANA zones with summer time, at the instant of dispatch, on every plausible clock"
    },
    # --- United States
    "us.legal_bases": {
        "legal_bases": (
            *("prior_express_consent", "prior_express_written_consent", "fteu_healthcare_exemption"),
            *("residential_hipaa_exemption", "emergency", "manual_dial"),
        )
    },
    "us.prerecorded": {"duties": ("business_named_at_the_start", "call_back_number_in_business_hours")},
    "us.prerecorded_opt_out": {"duties": ("keypress_opt_out_during_call", "toll_free_opt_out_on_voicemail")},
    "us.never_dial": {"duties": ("never_emergency_lines", "never_patient_room_lines")},
    "us.identification": {"identification": ("practice_name", "phone", "reply_stop")},
    "us.exempt_purposes": {"duties": ("exempt_texts_carry_no_marketing_or_billing",)},
    "us.exempt_length": {"figures": {"exempt_text_characters": 160, "exempt_call_seconds": 60}},
    "us.exempt_caps": {"figures": {"exempt_per_day": 1, "exempt_per_week": 3}},
    "us.exempt_route": {"duties": ("exemption_only_on_free_to_end_user_routes",)},
    "us.relationship": {
        "relationship_months": 18,
        "inquiry_months": 3,
        "do_not_call_lists": ("National Do Not Call Registry",),
    },
    # Five years and a leap day.
    "us.own_list@2025-04-11": {"do_not_call_request_days": 10, "do_not_call_keep_days": 5 * 365 + 1},
    "us.opt_out@2025-04-11": {
        "opt_out_days": 10,
        "opt_out_in_business_days": True,
        "opt_out_mechanism_days": 30,
        "duties": ("opt_out_by_any_reasonable_means",),
    },
    "us.email": {
        "identification": ("postal_address", "unsubscribe"),
        "duties": ("unsubscribe_within_two_days",),
    },
    "us.opt_out_words@2025-04-11": {
        "opt_out_keywords": ("STOP", "QUIT", "END", "REVOKE", "OPT OUT", "CANCEL", "UNSUBSCRIBE")
    },
    "us.confirmation@2024-04-04": {
        "figures": {"confirmation_minutes": 5},
        "duties": ("one_confirmation_without_marketing", "no_answer_means_everything"),
    },
    "us.revoke_all": {"duties": ("revocation_binds_the_kind_of_message",)},
    "us.revoke_all@2027-01-31": {
        "revoke_all_from": date(2027, 1, 31),
        "duties": ("revocation_binds_every_automated_message",),
    },
    "us.reassigned": {"figures": {"number_aging_days": 45}},
    "us.gifts": {
        "figures": {"offer_item_dollars": 15, "offer_year_dollars": 75},
        "duties": ("never_cash_or_general_gift_cards", "no_offer_to_federal_or_unknown_payers"),
    },
    "us.offers_apart": {"duties": ("offers_are_marketing", "offer_and_recall_apart")},
    "us.part_2@2026-02-16": {
        "duties": (
            *("part_2_written_consent", "part_2_neutral_sender"),
            "part_2_no_voicemail_unless_consented",
        ),
        "sensitive": ("substance_use",),
    },
    "us.minors": {"duties": ("minor_through_representative", "confidential_care_never_to_parent")},
    "us.breach": {"breach_clock": "60 days"},
    "us.access": {"access_request_days": 30},
    "us.retention": {"retention_years": {"outreach_log": 6}},
    "us.numbers": {"emergency_numbers": ("911",), "crisis_lines": ("988",)},
    "us-fl.cap@2023-05-25": {"max_per_day": 3},
    "us-ok.cap@2022-11-01": {"max_per_day": 3},
    "us-md.cap": {"max_per_day": 3},
    "us-nj.cap": {"max_per_day": 3},
    "us-fl.residence": {"duties": ("area_code_presumes_residence",)},
    "us-ok.residence@2022-11-01": {"duties": ("area_code_presumes_residence",)},
    "us-fl.stop_replies": {"figures": {"text_opt_out_days": 15}},
    "us-fl.offers": {
        "offer_disclaimer": "72-hour refusal statement for free or discounted services (456.062)"
    },
    "us-tx.marketing_mail": {
        "duties": ("marketing_mail_in_plain_envelope", "marketing_mail_names_removal"),
        "figures": {"marketing_mail_removal_days": 45},
    },
    "us-tx.registration@2025-09-01": {
        "duties": ("telemarketer_registration_unless_exempt", "texts_are_solicitations")
    },
    "us-az.list": {"duties": ("do_not_call_covers_texts",)},
    "us-ca.machine_text": {
        "ai_disclosure": "disclaimer and how to reach a person, with every clinical text a machine wrote "
        "that no licensed person read",
        "ai_allowed_scopes": ("administrative",),
    },
    **{
        f"us-{state}.machine_text": {
            "ai_allowed_scopes": ("administrative",),
            "duties": ("ai_in_care_disclosure_law",),
        }
        for state in ("tx", "ut", "il")
    },
    **{
        f"us-{state}.sensitive_services": {
            "sensitive_service_rules": ("not_to_policyholder_address", "kept_from_out_of_state_exchange"),
            "sensitive": ("reproductive",),
        }
        for state in ("ca", "wa", "va")
    },
    "us-al.age": {"age_of_majority": 19},
    "us-ne.age": {"age_of_majority": 19},
    # --- Canada
    "ca.legal_bases": {
        "legal_bases": (
            *("express_consent", "casl_implied_consent", "casl_ongoing_service", "phipa_implied_consent"),
            "manual_dial",
        )
    },
    "ca.relationship": {"relationship_months": 24, "inquiry_months": 6},
    "ca.asking": {"duties": ("no_request_for_consent_by_electronic_message",)},
    "ca.identification": {
        "identification": (
            *("practice_name", "on_whose_behalf", "postal_address", "phone", "unsubscribe", "reply_stop"),
        ),
        "duties": ("contact_details_valid_60_days",),
    },
    "ca.opt_out": {
        "opt_out_days": 10,
        "opt_out_in_business_days": True,
        "opt_out_mechanism_days": 60,
        "duties": ("unsubscribe_free_without_login", "stop_reply_and_web_link"),
    },
    # Three years, a leap day and 14 days.
    "ca.list": {
        "do_not_call_lists": ("National Do Not Call List",),
        "do_not_call_copy_days": 31,
        "do_not_call_request_days": 14,
        "do_not_call_keep_days": 3 * 365 + 1 + 14,
    },
    "ca.opt_out_words": {
        "opt_out_keywords": ("ARRET", "ARRÊT", "TD"),
        "duties": ("reply_in_language_of_keyword",),
    },
    "ca.breach": {"breach_clock": "the first reasonable opportunity", "duties": ("log_of_every_view",)},
    "ca.numbers": {"emergency_numbers": ("911",), "crisis_lines": ("988",)},
    "ca-on.lock_box": {"duties": ("lock_box_instructions_bind",)},
    "ca-on.letters": {"duties": ("letters_hold_nothing_clinical",)},
    # Children: ten years after eighteen.
    "ca-on.retention": {"retention_years": {"adult": 10, "child": 28, "outreach_log": 10}},
    "ca-qc.law_25": {
        "languages_required": ("fr",),
        "duties": ("privacy_by_default", "profiling_disclosed"),
    },
    **{
        f"ca-{province}.stands_in": {"follows": ("ca-on",)}
        for province in ("qc", "bc", "ab", "mb", "nb", "nl", "ns", "nt", "nu", "pe", "sk", "yt")
    },
    # --- United Kingdom
    "gb.legal_bases": {
        "legal_bases": (
            *("public_task_and_care", "legitimate_interest_and_care", "contract_and_care", "consent"),
            "soft_opt_in",
        )
    },
    "gb.register": {"do_not_call_lists": ("Telephone Preference Service",)},
    "gb.private": {"duties": ("no_public_task_for_private_clinics",)},
    "gb.opt_out": {
        "opt_out_days": 0,
        "duties": ("refusal_offered_each_time", "objection_to_marketing_is_absolute"),
    },
    "gb.accessible_information": {
        "duties": ("information_needs_recorded_and_met", "unusable_format_is_blocked")
    },
    "gb.breach": {"breach_clock": "72 hours"},
    "gb.access": {"access_request_days": 30},
    "gb.age": {
        "age_of_majority": 18,
        "duties": ("competent_minor_decides", "confidential_care_never_to_parent"),
    },
    "gb.retention": {
        "retention_years": {
            "adult": 8,
            "child": 25,
            "child_seen_at_17": 26,
            "mental_health": 20,
            "maternity": 25,
            "after_death": 10,
            "outreach_log": 8,
        }
    },
    "gb.data_opt_out": {"duties": ("national_data_opt_out_binds_research_exports",)},
    "gb.numbers": {"emergency_numbers": ("999",), "crisis_lines": ("116 123", "111")},
    "gb-sct.age": {"age_of_majority": 16, "mature_minor_age": 16},
    # --- European Union
    "eu.legal_bases": {"legal_bases": ("gdpr_9_2_h", "gdpr_9_2_a", "soft_opt_in")},
    "eu.profiling": {"duties": ("consent_for_profiling_beyond_care", "no_solely_automated_decision")},
    # The clinic and the time, nothing of a specialty (R-B51), and the first name (R-A196).
    "eu.content": {
        "open_fields": (
            *("practice_name", "first_name", "link", "unsubscribe_url", "practice_phone", "postal_address"),
            *(
                "visit_on",
                "opening_hours",
                "emergency_number",
                "crisis_number",
                "crisis_text_number",
                "site_name",
                "site_phone",
            ),
        ),
        "duties": ("details_behind_secure_link",),
    },
    "eu.opt_out": {
        "opt_out_days": 0,
        "duties": ("refusal_offered_each_time", "withdrawal_as_easy_as_giving"),
    },
    "eu.access": {"access_request_days": 30, "duties": ("access_rectify_erase_restrict_object",)},
    "eu.residency": {"duties": ("processing_region_per_practice", "processor_contract", "impact_assessment")},
    "eu.breach": {"breach_clock": "72 hours"},
    "eu.accessibility@2025-06-28": {"duties": ("booking_meets_wcag_2_1_aa",)},
    "eu.numbers": {"emergency_numbers": ("112",)},
    "fr.register": {"do_not_call_lists": ("Bloctel",)},
    # --- Australia
    "au.legal_bases": {"legal_bases": ("express_consent", "inferred_consent", "factual_message")},
    "au.identification": {
        "identification": ("practice_name", "phone"),
        "duties": ("sender_accurate_30_days",),
    },
    "au.opt_out": {
        "opt_out_days": 5,
        "opt_out_in_business_days": True,
        "opt_out_mechanism_days": 30,
        "identification": ("unsubscribe",),
        "duties": ("no_premium_number",),
    },
    "au.calls": {"duties": ("end_call_on_request",)},
    "au.advertising": {
        "duties": ("no_testimonials", "no_inducement_without_terms", "no_unreasonable_expectation")
    },
    "au.retention": {"retention_years": {"adult": 7, "outreach_log": 7}},
    "au.breach": {"breach_clock": "30 days to assess, then as soon as practicable"},
    "au.numbers": {"emergency_numbers": ("000",), "crisis_lines": ("13 11 14",)},
    "au-nsw.retention": {"retention_years": {"child": 25}},
    "au-vic.retention": {"retention_years": {"child": 25}},
    "au-act.retention": {"retention_years": {"child": 25}},
    **{f"au-{state}.stands_in": {"follows": ("au-nsw",)} for state in ("qld", "sa", "wa", "tas", "nt")},
}

# From, to (inclusive); every other row holds on any day.
DATES = {
    "us-fl.hours": (date(2023, 5, 25), None),
    "us-fl.marketing": (date(2023, 5, 25), None),
    "us-fl.cap": (date(2023, 5, 25), None),
    "us-ok.hours": (date(2022, 11, 1), None),
    "us-ok.marketing": (date(2022, 11, 1), None),
    "us-ok.cap": (date(2022, 11, 1), None),
    "us-ok.residence": (date(2022, 11, 1), None),
    "us-tx.hours": (date(2025, 9, 1), None),
    "us-tx.registration": (date(2025, 9, 1), None),
    "us.own_list": (date(2025, 4, 11), None),
    "us.opt_out": (date(2025, 4, 11), None),
    "us.opt_out_words": (date(2025, 4, 11), None),
    "us.confirmation": (date(2024, 4, 4), None),
    "us.part_2": (date(2026, 2, 16), None),
    "us.revoke_all": (None, date(2027, 1, 30)),
    "us.revoke_all@2027-01-31": (date(2027, 1, 31), None),
    "eu.accessibility": (date(2025, 6, 28), None),
}

# Rows of which rules.md says "from general knowledge, unverified", or where its sources disagree (R-G3).
UNVERIFIED = """
house.age
us-ct.hours us-il.hours us-ms.hours us-pa.hours us-ri.hours us-ut.hours
us.care_direct.call us.service_info.call us.marketing.sms us.marketing.auto_call us.prerecorded
us.exempt_purposes us.breach us.access us.numbers us-fl.offers us-tx.marketing_mail us-al.age us-ne.age
ca.hours.auto_call ca.care ca.breach ca.numbers ca-on.retention ca-qc.law_25
gb.marketing gb.opt_out gb.access gb.age gb.data_opt_out gb.numbers gb-sct.age
eu.marketing eu.marketing.health_data eu.marketing.calls ie.marketing.calls fr.marketing.calls
de.marketing.calls es.marketing.calls it.marketing.calls nl.marketing.calls gr.marketing.calls
pl.marketing.calls se.marketing.calls eu.profiling eu.opt_out eu.access eu.residency eu.breach
eu.accessibility eu.numbers fr.register
au.marketing.health_data au.advertising au.retention au.breach au.numbers
au-nsw.retention au-vic.retention au-act.retention
"""
