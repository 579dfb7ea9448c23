"""Which permission each class of message needs on each channel, copied by hand from rules.md."""

# Row | class | channels | permission | lawful basis | months it lasts | bound
CONSENT = """
house.marketing | marketing | sms phone | express | express_consent | | all
house.unsaid.care | care_direct | sms phone email portal | contact_given | contact_given_by_patient | | unsaid
house.unsaid.service |service_info |sms phone email portal |contact_given |contact_given_by_patient | | unsaid
house.unsaid.survey | survey | sms phone email portal | express | express_consent | | unsaid
house.unsaid.research | research_invite | sms phone email portal letter | express | express_consent | | unsaid
house.unsaid.marketing | marketing | sms phone email portal | express | express_consent | | unsaid
house.unsaid.letters | care_direct | letter | none | treatment_communication | | unsaid
house.unsaid.service_letters | service_info | letter | none | treatment_communication | | unsaid
house.unsaid.survey_letters | survey | letter | none | legitimate_interest | | unsaid
house.unsaid.marketing_letters | marketing | letter | none | commercial_with_opt_out | | unsaid
us.care_direct.sms | care_direct | sms | contact_given | prior_express_consent | | all
us.care_direct.auto_call | care_direct | phone | contact_given | prior_express_consent | | machine
us.care_direct.call | care_direct | phone | none | manual_dial | | all
us.care_direct.email+letter+portal |care_direct |email letter portal |none |treatment_communication | | all
us.service_info.sms | service_info | sms | contact_given | prior_express_consent | | all
us.service_info.auto_call | service_info | phone | contact_given | prior_express_consent | | machine
us.service_info.call | service_info | phone | none | manual_dial | | all
us.service_info.email+letter+portal |service_info |email letter portal |none |treatment_communication | | all
us.marketing.sms | marketing | sms | written | prior_express_written_consent | | all
us.marketing.auto_call | marketing | phone | written | prior_express_written_consent | | machine
us.marketing.call | marketing | phone | implied | manual_dial | 18 | all
us.marketing.email | marketing | email | none | commercial_with_opt_out | | all
us-fl.marketing@2023-05-25 | marketing | sms phone | written | prior_express_written_consent | | machine
us-ok.marketing@2022-11-01 | marketing | sms phone | written | prior_express_written_consent | | machine
us-ct.marketing | marketing | sms phone | written | prior_express_written_consent | | all
ca.care | care_direct | sms phone email letter portal | implied | phipa_implied_consent | | all
ca.service | service_info | sms email portal | none | casl_ongoing_service | | all
ca.marketing | marketing | sms email portal | implied | casl_implied_consent | 24 | all
ca.marketing.calls | marketing | phone | implied | existing_business_relationship | 24 | all
ca-on.marketing | marketing | sms phone email letter portal | express | phipa_express_consent | | all
ca-on.survey | survey | sms phone email letter portal | express | phipa_express_consent | | all
gb.care | care_direct | sms phone email letter portal | none | gdpr_6_1_e_or_f_and_9_2_h | | all
gb.service | service_info | sms phone email letter portal | none | gdpr_6_1_e_or_f_and_9_2_h | | all
gb.survey | survey | sms phone email letter portal | none | gdpr_6_1_e_or_f_and_9_2_h | | all
gb.marketing | marketing | sms email portal | soft_opt_in | pecr_soft_opt_in | | all
gb.marketing.calls | marketing | phone | soft_opt_in | pecr_soft_opt_in | | all
eu.care | care_direct | sms phone email letter portal | none | gdpr_9_2_h | | all
eu.marketing | marketing | sms email portal | soft_opt_in | soft_opt_in | | all
eu.marketing.health_data | marketing | sms email letter portal | express | gdpr_9_2_a | | all
eu.marketing.calls | marketing | phone | never | gdpr_9_2_a | | all
ie.marketing.calls | marketing | phone | never | gdpr_9_2_a | | all
fr.marketing.calls | marketing | phone | never | gdpr_9_2_a | | all
de.marketing.calls | marketing | phone | never | gdpr_9_2_a | | all
es.marketing.calls | marketing | phone | never | gdpr_9_2_a | | all
it.marketing.calls | marketing | phone | never | gdpr_9_2_a | | all
nl.marketing.calls | marketing | phone | never | gdpr_9_2_a | | all
gr.marketing.calls | marketing | phone | never | gdpr_9_2_a | | all
pl.marketing.calls | marketing | phone | never | gdpr_9_2_a | | all
se.marketing.calls | marketing | phone | never | gdpr_9_2_a | | all
gr.care.texts | care_direct | sms | express | gdpr_9_2_a | | all
au.care | care_direct | sms phone email letter portal | none | factual_message | | all
au.service | service_info | sms phone email letter portal | none | factual_message | | all
au.marketing | marketing | sms email | implied | inferred_consent | | all
au.marketing.health_data | marketing | sms phone email letter portal | express | express_consent | | all
"""

# What counts in the end, the strictest of every row of the place and of the house: place, class, channel
# ("call" is dialled by hand), the permission that is asked for.
STRICTEST = """
us-ny  | care_direct  | sms    | contact_given
us-ny  | care_direct  | call   | none
us-ny  | care_direct  | phone  | contact_given
us-ny  | marketing    | sms    | written
us-ny  | marketing    | call   | implied
us-ct  | marketing    | call   | written
us-ny  | marketing    | email  | none
us-ny  | survey       | sms    | express
us-ny  | survey       | letter | none
ca-on  | care_direct  | sms    | implied
ca-on  | marketing    | email  | express
ca-bc  | marketing    | email  | express
ca     | marketing    | email  | implied
ca-on  | survey       | email  | express
gb-eng | care_direct  | sms    | none
gb-eng | survey       | email  | none
gb-eng | marketing    | email  | soft_opt_in
gb-eng | research_invite | letter | express
fr     | care_direct  | sms    | none
gr     | care_direct  | sms    | express
fr     | marketing    | phone  | never
fr     | marketing    | call   | never
fr     | marketing    | email  | express
pt     | care_direct  | sms    | express
au-wa  | care_direct  | sms    | none
au-wa  | marketing    | email  | express
"""
