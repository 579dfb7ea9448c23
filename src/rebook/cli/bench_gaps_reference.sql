-- The reference of "bench gaps": the shipped packs and the event gaps, written by hand for DuckDB.
-- Reads the views of a snapshot; the day is the variable as_of. What the rules mean is said in core/gaps.
CREATE OR REPLACE TEMP TABLE reference_people AS
WITH kept AS (
    SELECT patient_id, visit_type,
        CASE WHEN status IN ('fulfilled', 'arrived', 'checked-in') AND starts_on <= getvariable('as_of') THEN starts_on END AS seen_on,
        starts_on >= getvariable('as_of')
            AND (booked_on IS NULL OR booked_on <= getvariable('as_of') OR starts_on <= getvariable('as_of'))
            AND (status IN ('proposed', 'pending', 'booked')
                OR (status IN ('fulfilled', 'arrived', 'checked-in', 'noshow') AND starts_on > getvariable('as_of'))
                OR (status = 'cancelled' AND coalesce(cancelled_on > getvariable('as_of'), false))) AS coming,
        CASE WHEN least(booked_on, starts_on) <= getvariable('as_of') AND status <> 'entered-in-error'
            THEN least(booked_on, starts_on) END AS made_on
    FROM appointments
), booked AS (
    SELECT patient_id, max(seen_on) AS last_on, min(seen_on) AS first_on, min(made_on) AS made_on,
        bool_or(coming) AS coming,
        bool_or(coming AND visit_type IN ('', 'annual_visit')) AS c_annual,
        bool_or(coming AND visit_type IN ('', 'well_child', 'annual_visit')) AS c_child,
        bool_or(coming AND visit_type IN ('', 'mammogram')) AS c_mammogram,
        bool_or(coming AND visit_type IN ('', 'diabetes_visit')) AS c_diabetes,
        bool_or(coming AND visit_type IN ('', 'chronic_follow_up', 'annual_visit')) AS c_chronic,
        bool_or(coming AND visit_type IN ('', 'hygiene', 'periodontal_maintenance')) AS c_hygiene,
        bool_or(coming AND visit_type IN ('', 'periodontal_maintenance')) AS c_gum,
        bool_or(coming AND visit_type IN ('', 'dental_exam')) AS c_exam,
        max(seen_on) FILTER (visit_type = 'annual_visit') AS annual,
        max(seen_on) FILTER (visit_type = 'well_child') AS child,
        max(seen_on) FILTER (visit_type = 'mammogram') AS mammogram,
        max(seen_on) FILTER (visit_type = 'diabetes_visit') AS diabetes,
        max(seen_on) FILTER (visit_type = 'chronic_follow_up') AS chronic,
        max(seen_on) FILTER (visit_type = 'hygiene') AS hygiene,
        max(seen_on) FILTER (visit_type = 'periodontal_maintenance') AS gum,
        max(seen_on) FILTER (visit_type = 'dental_exam') AS exam
    FROM kept WHERE seen_on IS NOT NULL OR coming OR made_on IS NOT NULL GROUP BY patient_id
), visited AS (
    SELECT patient_id, max(visited_on) AS v_last, min(visited_on) AS v_first,
        max(visited_on) FILTER (visit_type = 'annual_visit') AS v_annual,
        max(visited_on) FILTER (visit_type = 'well_child') AS v_child,
        max(visited_on) FILTER (visit_type = 'mammogram') AS v_mammogram,
        max(visited_on) FILTER (visit_type = 'diabetes_visit') AS v_diabetes,
        max(visited_on) FILTER (visit_type = 'chronic_follow_up') AS v_chronic,
        max(visited_on) FILTER (visit_type = 'hygiene') AS v_hygiene,
        max(visited_on) FILTER (visit_type = 'periodontal_maintenance') AS v_gum,
        max(visited_on) FILTER (visit_type = 'dental_exam') AS v_exam
    FROM visits WHERE visited_on <= getvariable('as_of') GROUP BY patient_id
), done AS (
    SELECT patient_id, max(performed_on) FILTER (kind = 'mammogram') AS p_mammogram,
        max(performed_on) FILTER (kind = 'fit_test') AS fit, max(performed_on) FILTER (kind = 'colonoscopy') AS scope,
        max(performed_on) FILTER (kind = 'hygiene') AS p_hygiene,
        max(performed_on) FILTER (kind = 'periodontal_maintenance') AS p_gum,
        bool_or(kind = 'bilateral_mastectomy') AS mastectomy, bool_or(kind = 'total_colectomy') AS colectomy
    FROM procedures WHERE performed_on <= getvariable('as_of') GROUP BY patient_id
), charted AS (
    SELECT patient_id,
        bool_or(kind = 'diabetes' AND runs) AS has_diabetes, bool_or(kind = 'hypertension' AND runs) AS has_pressure,
        bool_or(kind = 'periodontitis' AND runs) AS has_gum, bool_or(kind = 'edentulous') AS edentulous,
        bool_or(kind = 'bilateral_mastectomy') AS c_mastectomy,
        min(onset_on) FILTER (kind = 'diabetes' AND runs) AS o_diabetes,
        min(onset_on) FILTER (kind = 'hypertension' AND runs) AS o_pressure,
        min(onset_on) FILTER (kind = 'periodontitis' AND runs) AS o_gum
    FROM (SELECT *, abated_on IS NULL OR abated_on > getvariable('as_of') AS runs FROM conditions
        WHERE onset_on IS NULL OR onset_on <= getvariable('as_of')) GROUP BY patient_id
), advised AS (
    SELECT patient_id,
        arg_max(f, k) FILTER (visit_type = 'annual_visit') AS f_annual,
        arg_max(f, k) FILTER (visit_type = 'well_child') AS f_child,
        arg_max(f, k) FILTER (visit_type = 'mammogram') AS f_mammogram,
        arg_max(f, k) FILTER (visit_type = 'diabetes_visit') AS f_diabetes,
        arg_max(f, k) FILTER (visit_type = 'chronic_follow_up') AS f_chronic,
        arg_max(f, k) FILTER (visit_type = 'hygiene') AS f_hygiene,
        arg_max(f, k) FILTER (visit_type = 'periodontal_maintenance') AS f_gum,
        arg_max(f, k) FILTER (visit_type = 'dental_exam') AS f_exam
    FROM (SELECT patient_id, visit_type, {'on': recommended_on, 'due': due_on, 'id': follow_up_id} AS f,
            {'on': recommended_on, 'id': follow_up_id} AS k
        FROM follow_ups WHERE recommended_on <= getvariable('as_of')) GROUP BY patient_id
)
SELECT p.patient_id, p.birth_on, p.sex, p.exclusions, p.home_location_id AS home, p.value_cents AS worth,
    CASE WHEN p.is_deceased AND (p.deceased_on IS NULL OR p.deceased_on <= getvariable('as_of')) THEN false
        WHEN p.merged_into_id IS NOT NULL OR p.left_practice_on <= getvariable('as_of') THEN false
        ELSE NOT regexp_matches(p.exclusions, '\|(hospice|palliative|inpatient|skilled_nursing|nursing_facility|incarcerated|dismissed|legal_hold|litigation|transferred|transferred_care|complaint|staff|vip|moved|moved_away|no_contact|do_not_recall|no_recall|pregnancy_loss|possible_duplicate|inactive_record)\|') END AS well,
    greatest(last_on, v_last) AS last_on, coalesce(least(first_on, v_first), made_on) AS first_on, coalesce(coming, false) AS coming,
    coalesce(c_annual, false) AS c_annual, coalesce(c_child, false) AS c_child,
    coalesce(c_mammogram, false) AS c_mammogram, coalesce(c_diabetes, false) AS c_diabetes,
    coalesce(c_chronic, false) AS c_chronic, coalesce(c_hygiene, false) AS c_hygiene,
    coalesce(c_gum, false) AS c_gum, coalesce(c_exam, false) AS c_exam,
    greatest(annual, v_annual) AS annual, greatest(child, v_child, annual, v_annual) AS child,
    greatest(mammogram, v_mammogram, p_mammogram) AS mammogram, fit, scope,
    greatest(diabetes, v_diabetes) AS diabetes, greatest(chronic, v_chronic, annual, v_annual) AS chronic,
    greatest(hygiene, v_hygiene, p_hygiene, gum, v_gum, p_gum) AS hygiene, greatest(gum, v_gum, p_gum) AS gum,
    greatest(exam, v_exam) AS exam,
    coalesce(mastectomy, false) OR coalesce(c_mastectomy, false) AS mastectomy, coalesce(colectomy, false) AS colectomy,
    coalesce(has_diabetes, false) AS has_diabetes, coalesce(has_pressure, false) AS has_pressure,
    coalesce(has_gum, false) AS has_gum, coalesce(edentulous, false) OR contains(p.exclusions, '|edentulous|') AS edentulous,
    o_diabetes, o_pressure, o_gum,
    f_annual, f_child, f_mammogram, f_diabetes, f_chronic, f_hygiene, f_gum, f_exam
FROM patients p LEFT JOIN booked USING (patient_id) LEFT JOIN visited USING (patient_id)
    LEFT JOIN done USING (patient_id) LEFT JOIN charted USING (patient_id) LEFT JOIN advised USING (patient_id);

CREATE OR REPLACE TEMP MACRO tier_of(last_on) AS CASE
    WHEN last_on IS NULL THEN 'never'
    WHEN getvariable('as_of') < last_on + INTERVAL 6 MONTH THEN 'active'
    WHEN getvariable('as_of') < last_on + INTERVAL 12 MONTH THEN 'slipping'
    WHEN getvariable('as_of') < last_on + INTERVAL 24 MONTH THEN 'dormant'
    WHEN getvariable('as_of') <= last_on + INTERVAL 36 MONTH THEN 'long_lapsed' ELSE 'lost' END;

CREATE OR REPLACE TEMP TABLE reference AS
WITH due AS (
    SELECT patient_id, last_on, home, worth, 'primary_care.annual_visit' AS key, 'annual_visit' AS type, 1 AS class,
        60 AS grace, 12 AS months, c_annual AS is_booked, f_annual AS f, annual AS anchor_on,
        annual + INTERVAL 12 MONTH AS next_on, CASE WHEN first_on IS NOT NULL THEN greatest(birth_on + INTERVAL 216 MONTH, first_on) END AS first_due
    FROM reference_people
    WHERE well AND getvariable('as_of') >= birth_on + INTERVAL 216 MONTH
        AND getvariable('as_of') < birth_on + INTERVAL 780 MONTH
    UNION ALL
    SELECT patient_id, last_on, home, worth, 'primary_care.well_child', 'well_child', 1, 60, 12, c_child, f_child,
        child, child + INTERVAL 12 MONTH, CASE WHEN first_on IS NOT NULL THEN greatest(birth_on + INTERVAL 36 MONTH, first_on) END
    FROM reference_people
    WHERE well AND getvariable('as_of') >= birth_on + INTERVAL 36 MONTH
        AND getvariable('as_of') < birth_on + INTERVAL 216 MONTH
    UNION ALL
    SELECT patient_id, last_on, home, worth, 'primary_care.mammogram', 'mammogram', 1, 90, 24, c_mammogram,
        f_mammogram, mammogram, mammogram + INTERVAL 24 MONTH, CASE WHEN first_on IS NOT NULL THEN greatest(birth_on + INTERVAL 480 MONTH, first_on) END
    FROM reference_people
    WHERE well AND sex = 'female' AND NOT mastectomy AND NOT contains(exclusions, '|limited_life_expectancy|')
        AND getvariable('as_of') >= birth_on + INTERVAL 480 MONTH
        AND getvariable('as_of') < birth_on + INTERVAL 900 MONTH
    UNION ALL
    SELECT patient_id, last_on, home, worth, 'primary_care.colorectal_screening', 'annual_visit', 1, 60, 12,
        c_annual, NULL, CASE WHEN later_scope THEN scope ELSE fit END,
        CASE WHEN later_scope THEN scope + INTERVAL 120 MONTH ELSE fit + INTERVAL 12 MONTH END,
        CASE WHEN first_on IS NOT NULL THEN greatest(birth_on + INTERVAL 540 MONTH, first_on) END
    FROM (
        SELECT *, scope IS NOT NULL AND (fit IS NULL OR scope + INTERVAL 120 MONTH > fit + INTERVAL 12 MONTH
            OR (scope + INTERVAL 120 MONTH = fit + INTERVAL 12 MONTH AND scope > fit)) AS later_scope
        FROM reference_people)
    WHERE well AND NOT colectomy AND NOT contains(exclusions, '|limited_life_expectancy|')
        AND getvariable('as_of') >= birth_on + INTERVAL 540 MONTH
        AND getvariable('as_of') < birth_on + INTERVAL 912 MONTH
    UNION ALL
    SELECT patient_id, last_on, home, worth, 'primary_care.diabetes_visit', 'diabetes_visit', 2, 30, 6, c_diabetes,
        f_diabetes, diabetes, diabetes + INTERVAL 6 MONTH, CASE WHEN first_on IS NOT NULL THEN greatest(o_diabetes, first_on) END + INTERVAL 6 MONTH
    FROM reference_people WHERE well AND has_diabetes
    UNION ALL
    SELECT patient_id, last_on, home, worth, 'primary_care.hypertension_visit', 'chronic_follow_up', 2, 30, 6,
        c_chronic, f_chronic, chronic, chronic + INTERVAL 6 MONTH, CASE WHEN first_on IS NOT NULL THEN greatest(o_pressure, first_on) END + INTERVAL 6 MONTH
    FROM reference_people WHERE well AND has_pressure AND NOT has_diabetes
    UNION ALL
    SELECT patient_id, last_on, home, worth, 'dental.hygiene', 'hygiene', 1, 45, 6, c_hygiene, f_hygiene,
        hygiene, hygiene + INTERVAL 6 MONTH,
        CASE WHEN birth_on IS NOT NULL THEN CASE WHEN first_on IS NOT NULL THEN greatest(birth_on + INTERVAL 12 MONTH, first_on) END END
    FROM reference_people WHERE well AND NOT has_gum AND NOT edentulous
    UNION ALL
    SELECT patient_id, last_on, home, worth, 'dental.periodontal_maintenance', 'periodontal_maintenance', 2, 21, 3,
        c_gum, f_gum, gum, gum + INTERVAL 3 MONTH, CASE WHEN first_on IS NOT NULL THEN greatest(o_gum, first_on) END + INTERVAL 3 MONTH
    FROM reference_people WHERE well AND has_gum AND NOT edentulous
    UNION ALL
    SELECT patient_id, last_on, home, worth, 'dental.dental_exam', 'dental_exam', 1, 60, 12, c_exam, f_exam,
        exam, exam + INTERVAL 12 MONTH,
        CASE WHEN birth_on IS NOT NULL THEN CASE WHEN first_on IS NOT NULL THEN greatest(birth_on + INTERVAL 12 MONTH, first_on) END END
    FROM reference_people WHERE well
), dated AS (
    SELECT *, CASE WHEN beats THEN f.on ELSE anchor_on END AS from_on,
        CASE WHEN beats THEN f.due ELSE coalesce(next_on, first_due)::DATE END AS due_on
    FROM (SELECT *, f IS NOT NULL AND (anchor_on IS NULL OR f.on >= anchor_on) AS beats FROM due)
)
SELECT patient_id, key AS definition_key, 'interval' AS kind, CASE WHEN is_booked THEN 'booked' ELSE 'open' END AS verdict,
    tier_of(last_on) AS tier, class AS risk_class, type AS visit_type, false AS is_sensitive, from_on AS anchor_on,
    due_on, (due_on + grace)::DATE AS overdue_on,
    CASE WHEN beats THEN greatest(due_on - from_on, 1) WHEN from_on IS NULL
        THEN date_diff('day', due_on, due_on + to_months(months)) ELSE due_on - from_on END AS interval_days,
    home AS location_id, CASE WHEN beats THEN f.id END AS follow_up_id, NULL::BIGINT AS appointment_id,
    worth AS value_cents
FROM dated WHERE due_on + grace <= getvariable('as_of');

INSERT INTO reference
WITH newest AS (
    SELECT *, row_number() OVER (
        PARTITION BY patient_id, visit_type ORDER BY recommended_on DESC, follow_up_id DESC) AS place
    FROM follow_ups WHERE recommended_on <= getvariable('as_of')
), waiting AS (
    SELECT f.*, p.last_on, p.coming, p.home, p.worth, least(f.due_on, f.recommended_on + 7) AS book_by,
        least(f.due_on + 14, f.recommended_on + 7) AS late_on
    FROM newest f JOIN reference_people p USING (patient_id)
    WHERE place = 1 AND p.well AND (p.last_on IS NULL OR p.last_on <= f.recommended_on)
        AND f.follow_up_id NOT IN (
            SELECT follow_up_id FROM reference WHERE verdict = 'open' AND follow_up_id IS NOT NULL)
)
SELECT patient_id, 'follow_up_not_booked:' || follow_up_id, 'follow_up_not_booked',
    CASE WHEN coming THEN 'booked' ELSE 'open' END, tier_of(last_on),
    CASE WHEN visit_type IN ('annual_visit', 'well_child', 'mammogram', 'hygiene', 'dental_exam') THEN 1 ELSE 2 END,
    visit_type, false, recommended_on, book_by, late_on, greatest(due_on - recommended_on, 1), home, follow_up_id,
    NULL, worth
FROM waiting WHERE late_on <= getvariable('as_of');

INSERT INTO reference
WITH broken AS (
    SELECT appointment_id, patient_id, visit_type, status, cancelled_by, location_id,
        CASE WHEN status = 'noshow' THEN starts_on ELSE coalesce(cancelled_on, starts_on) END AS broken_on
    FROM appointments WHERE status IN ('noshow', 'cancelled')
        AND (booked_on IS NULL OR booked_on <= getvariable('as_of') OR starts_on <= getvariable('as_of'))
), live AS (
    SELECT b.*, p.last_on, p.coming, p.home, p.worth, row_number() OVER (
            PARTITION BY b.patient_id, visit_type ORDER BY broken_on DESC, appointment_id DESC) AS place,
        CASE WHEN status = 'noshow' THEN 1 WHEN cancelled_by = 'clinic' THEN 0 ELSE 2 END AS grace,
        CASE WHEN visit_type IN ('diabetes_visit', 'chronic_follow_up', 'periodontal_maintenance')
            THEN 2 ELSE 1 END AS base,
        CASE WHEN status = 'noshow' THEN 'no_show_not_rebooked' ELSE 'cancelled_not_rebooked' END AS kind
    FROM broken b JOIN reference_people p USING (patient_id)
    WHERE broken_on <= getvariable('as_of') AND p.well
        AND (p.last_on IS NULL OR (p.last_on < broken_on AND broken_on >= getvariable('as_of') - 365))
)
SELECT patient_id, kind || ':' || appointment_id, kind, CASE WHEN coming THEN 'booked' ELSE 'open' END,
    tier_of(last_on),
    base + CASE WHEN status = 'noshow' THEN (base >= 2)::INT ELSE (cancelled_by = 'clinic')::INT END,
    visit_type, false, broken_on, broken_on, broken_on + grace, NULL, coalesce(home, location_id), NULL,
    appointment_id, worth
FROM live WHERE place = 1 AND broken_on + grace <= getvariable('as_of');

INSERT INTO reference
SELECT patient_id, 'inactive', 'inactive', CASE WHEN coming THEN 'booked' ELSE 'open' END, tier_of(last_on), 0, '',
    false, last_on, away_on, away_on, away_on - last_on, home, NULL, NULL, worth
FROM (SELECT *, (last_on + INTERVAL 12 MONTH)::DATE AS away_on FROM reference_people)
WHERE well AND away_on <= getvariable('as_of')
    AND patient_id NOT IN (SELECT patient_id FROM reference WHERE verdict = 'open');
