"""The text library, the editor, and the pages for letters."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rebook.accounts.models import AuditEvent
from rebook.channels.letter import letter_code
from rebook.flow.outreach import approvals
from rebook.flow.outreach.library import template_library
from rebook.packs.templates import templates
from rebook.records.models import Letter, TemplateText
from support.clinic import make_clinic

pytestmark = pytest.mark.django_db

SMS = "/setup/texts/due_visit/sms/en/"
MAIL = "/setup/texts/due_visit/email/en/"
GOOD = "{{ practice_name }}: it is time for a visit. Pick a time: {{ link }} Reply STOP to end"


@pytest.fixture
def writer(clinic, signed_in):
    return signed_in(clinic, "writer")


def typed(body=GOOD, act="save", **more):
    return {"body": body, "act": act, "review": "draft", **more}


def shown(answer):
    return answer.content.decode()


def found(clinic, key="due_visit", channel="sms", language="en", variant=""):
    return template_library(organisation_id=clinic.organisation.pk).find(key, channel, language, variant)


def test_the_library_shows_every_text_and_what_is_missing(clinic, writer):
    clinic.patient(0, language="fr", external_id="french")
    page = shown(writer.get("/setup/texts/"))
    assert "1 patient reads French, in which there is no text" in page
    for key, channel, language in templates():
        if key not in ("safety", "safety_crisis", "opt_out_confirmation"):
            assert f'href="/setup/texts/{key}/{channel}/{language}/"' in page
    assert 'href="/setup/texts/due_visit/letter/fr/"' in page
    assert re.search(r"\+&nbsp;</span>French<span class=\"visually-hidden\">: missing", page)
    assert "French" not in re.sub(
        r"<option.*?</option>|<section class=\"banner.*?</section>",
        "",
        shown(writer.get("/setup/texts/?language=es")),
        flags=re.DOTALL,
    )


def test_what_is_complete_says_so(clinic, writer):
    page = shown(writer.get("/setup/texts/?language=es&missing=1"))
    assert "Nothing is missing" in page


def test_a_draft_changes_nothing_until_it_is_published(clinic, writer):
    before = found(clinic)
    answer = writer.post(SMS, typed(note="shorter"), follow=True)
    assert "Saved as a draft" in shown(answer)
    assert found(clinic) == before
    assert (TemplateText.objects.get().state, TemplateText.objects.get().note) == ("draft", "shorter")
    assert "Draft, version 1" in shown(answer)
    published = writer.post(SMS, typed(act="publish"), follow=True)
    assert "It takes its place once it is approved" in shown(published)
    assert found(clinic).body == GOOD
    assert found(clinic).content_hash != before.content_hash
    assert "Waits to be approved, does not go out" in shown(published)
    approvals.approve_all_in_use(organisation_id=clinic.organisation.pk, now=clinic.now, actor="user:1")
    assert "Yours, in use" in shown(writer.get(SMS))
    assert AuditEvent.objects.filter(action="text.published").count() == 1


def test_withdrawing_brings_the_shipped_text_back(clinic, writer):
    before = found(clinic)
    writer.post(SMS, typed(act="publish"))
    answer = writer.post(f"{SMS}withdraw/", follow=True)
    assert "is in use again" in shown(answer)
    assert found(clinic) == before
    assert TemplateText.objects.get().state == "withdrawn"
    again = writer.post(f"{SMS}withdraw/", follow=True)
    assert "No text of your own is in use here" in shown(again)


def test_what_speaks_against_a_text_is_said_and_it_is_not_published(clinic, writer):
    before = found(clinic)
    answer = writer.post(SMS, typed("{{ practice_name }}: hurry! {{ link }}", act="publish"), follow=True)
    assert "This cannot go out yet" in shown(answer)
    assert found(clinic) == before
    # What was typed is kept as a draft.
    assert TemplateText.objects.get().body.endswith("hurry! {{ link }}")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{{ nickname }}", "There is no field &#39;nickname&#39;"),
        ("{% if link %}", "Line 1"),
        (
            "{{ practice_name }}: {{ visit_words }} {{ link }} Reply STOP to end",
            "may not go where others read",
        ),
        ("{{ practice_name }}: come {{ link }}", "how to end"),
        ("", "There is no text"),
    ],
)
def test_checks_stand_beside_the_words_as_they_are_typed(writer, body, says):
    answer = writer.post(SMS, typed(body, act=""), headers={"HX-Request": "true"})
    page = shown(answer)
    assert "<html" not in page
    assert says in page
    assert "Cannot go out yet" in page
    assert not TemplateText.objects.exists()


def test_without_script_the_check_is_a_whole_page_with_what_was_typed(writer):
    page = shown(writer.post(SMS, typed("{{ practice_name }} so far", act="check")))
    assert "<html" in page
    assert "{{ practice_name }} so far</textarea>" in page


def test_a_preview_names_nobody(clinic, writer):
    page = shown(writer.get(SMS))
    assert "As patients get it" in page
    for patient in clinic.patients:
        assert patient.family_name not in page
        if len(patient.given_name) > 2:
            assert patient.given_name not in page
    assert re.search(r"Hi [A-Z]\*+,", page)


def test_a_spanish_text_is_shown_for_those_who_read_spanish(clinic, signed_in):
    page = shown(signed_in(clinic, "writer").get("/setup/texts/due_visit/sms/es/"))
    (patient,) = [one for one in clinic.patients if one.language == "es"]
    assert f"Hola {patient.given_name[0]}" in page


def test_an_email_is_shown_in_a_frame_without_any_rights(writer):
    page = shown(writer.get(MAIL))
    assert re.search(r'<iframe class="mail" sandbox title="[^"]+" srcdoc="&lt;!doctype html&gt;', page)


def test_a_letter_is_shown_as_it_is_printed(writer):
    page = shown(writer.get("/setup/texts/due_visit/letter/en/"))
    assert 'src="data:image/png;base64,' in page
    answer = writer.get("/setup/texts/due_visit/letter/en/sample.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert writer.get("/setup/texts/due_visit/sms/en/sample.pdf").status_code == 404


def test_a_text_in_a_new_language_may_be_begun(clinic, writer):
    answer = writer.post(
        "/setup/texts/begin/", {"key": "due_visit", "channel": "sms", "language": " AR "}, follow=True
    )
    assert "There are no words yet" in shown(answer)
    assert 'dir="rtl"' in shown(answer)
    body = "{{ practice_name }}: حان موعد زيارتك {{ link }} STOP"
    writer.post("/setup/texts/due_visit/sms/ar/", typed(body, review="machine"))
    assert TemplateText.objects.get().review == "machine"
    page = shown(writer.get("/setup/texts/"))
    assert re.search(r"Arabic<span class=\"visually-hidden\">: missing</span>, draft", page)
    # The words for an emergency exist in two languages; no third is claimed.
    fixed = page[page.index('id="safety"') :].partition("</tr>")[0]
    assert "English" in fixed
    assert "Arabic" not in fixed


@pytest.mark.parametrize(
    "address",
    [
        "/setup/texts/no_such/sms/en/",
        "/setup/texts/due_visit/fax/en/",
        "/setup/texts/due_visit/sms/en/?variant=z",
        "/setup/texts/safety/sms/en/",
        "/setup/texts/due_visit/sms/english/",
    ],
)
def test_no_page_for_a_place_that_no_text_can_have(writer, address):
    assert writer.get(address).status_code == 404


def test_a_test_wording_has_words_of_its_own(clinic, writer):
    writer.post(f"{SMS}?variant=b", typed(act="publish"))
    assert found(clinic, variant="b").body == GOOD
    assert found(clinic).body != GOOD
    assert template_library(organisation_id=clinic.organisation.pk).variants("due_visit", "sms", "en") == (
        "b",
    )


def test_versions_are_counted_and_keep_what_was_said(clinic, writer):
    writer.post(SMS, typed(act="publish"))
    writer.post(SMS, typed(GOOD.replace("it is time", "time"), act="publish"))
    page = shown(writer.get(SMS))
    assert "Version 2" in page
    assert re.search(r"<del>\s*it is\s*</del>", page)
    assert list(TemplateText.objects.order_by("version").values_list("version", "body")) == [
        (1, GOOD),
        (2, GOOD.replace("it is time", "time")),
    ]


def test_an_earlier_version_may_be_taken_again(clinic, writer):
    second = GOOD.replace("it is time", "time")
    writer.post(SMS, typed(act="publish"))
    writer.post(SMS, typed(second, act="publish"))
    assert f"{SMS}?version=1" in shown(writer.get(SMS))
    page = shown(writer.get(f"{SMS}?version=1"))
    typed_in = page.partition("<textarea")[2].partition("</textarea>")[0]
    assert "it is time" in typed_in
    # Looking is not doing: the second one stays until it is published again.
    assert found(clinic).body == second
    writer.post(SMS, typed(act="publish"))
    assert found(clinic).body == GOOD
    assert list(TemplateText.objects.order_by("version").values_list("version", flat=True)) == [1, 2, 3]
    assert shown(writer.get(f"{SMS}?version=99")).count("it is time")


def test_only_those_who_write_may_write(clinic, signed_in):
    reader = signed_in(clinic, "front_desk")
    assert "Publish</button>" not in shown(reader.get(SMS))
    assert reader.post(SMS, typed(act="publish")).status_code == 403
    assert reader.post(f"{SMS}discard/").status_code == 403
    assert not TemplateText.objects.exists()


def test_what_speaks_against_a_text_is_said_in_its_own_words(writer):
    """What was typed stands in the finding, and what to write instead; never the pattern that found it."""
    body = "{{ practice_name }}: you missed your visit, hurry! {{ link }} Reply STOP to end"
    page = shown(writer.post(SMS, typed(body, act="check")))
    assert "“you missed”" in page
    assert "“hurry”" in page
    assert page.count("Does not go out") >= 2
    assert "skipped" not in page
    assert "R-E5" in page


def test_a_second_look_is_shown_to_the_writer_apart_from_blocks_and_advice(writer):
    """It forbids nothing: the text may be published, and the writer knows what the signer will be asked."""
    body = "{{ practice_name }}: your seat stayed empty twice. A visit is due. {{ link }} Reply STOP to end"
    page = shown(writer.post(SMS, typed(body, act="check")))
    assert "May be published" in page
    look = page.partition('class="second-look"')[2].partition("</section>")[0]
    assert "seat stayed empty twice" in look
    assert "whoever signs the text then says in a sentence why" in look
    assert "Does not go out" not in look
    both = shown(writer.post(SMS, typed(body.replace("A visit", "Hurry! A visit"), act="check")))
    blocks, _, look = both.partition('class="second-look"')
    assert "“Hurry”" in blocks
    assert "stayed empty" not in blocks.partition('id="checked"')[2]
    assert "stayed empty" in look
    assert "second-look" not in shown(writer.post(SMS, typed(act="check")))


def test_right_to_left_the_preview_the_letter_and_the_number_follow_the_language(clinic, writer):
    end = "{{ practice_name }}\n{{ postal_address }}"
    words = "حان موعد زيارتك القادمة. اتصل بنا على {{ practice_phone }}.\n\n" + end
    place = "/setup/texts/due_visit/letter/ar/"
    page = shown(writer.post(place, typed(words, act="check")))
    # Nobody reads Arabic here: the page is printed to a person who does not exist.
    assert 'src="data:image/png;base64,' in page
    assert "Nobody who exists" in page
    assert "617-555-0100" in page
    assert "(617) 555-0100" not in page
    sms = shown(
        writer.post("/setup/texts/due_visit/sms/ar/", typed("مرحبا {{ practice_name }}", act="check"))
    )
    assert re.search(r'class="bubble" lang="ar" dir="rtl"', sms)
    # There are no cheaper letters in Arabic: none is blamed.
    assert "Dear letters" not in sms


def test_a_place_that_had_no_words_says_when_its_first_go_out(writer):
    body = "{{ practice_name }}: {{ link }} STOP"
    writer.post("/setup/texts/due_visit/sms/fr/", typed(body))
    page = shown(writer.post("/setup/texts/due_visit/sms/fr/", typed(body, act="publish"), follow=True))
    assert "the text before goes on" not in page


def test_a_draft_may_be_thrown_away(writer):
    writer.post(SMS, typed())
    assert "Draft thrown away" in shown(writer.post(f"{SMS}discard/", follow=True))
    assert not TemplateText.objects.exists()


def test_another_practice_sees_none_of_it(clinic, writer, signed_in):
    writer.post(SMS, typed(act="publish"))
    other = make_clinic("oak-street")
    assert found(other).body != GOOD
    assert "Yours, in use" not in shown(signed_in(other, "writer").get(SMS))


PNG = b"\x89PNG\r\n\x1a\n" + b"rest of a picture"


def test_the_look_of_emails_is_chosen_by_a_manager(clinic, signed_in):
    manager = signed_in(clinic, "manager")
    assert 'srcdoc="&lt;!doctype' in shown(manager.get("/setup/texts/look/"))
    page = shown(manager.post("/setup/texts/look/", {"colour": "#0b6270"}, follow=True))
    assert "Saved." in page
    assert "need approving again" not in page
    logo = SimpleUploadedFile("logo.png", PNG, content_type="image/png")
    page = shown(manager.post("/setup/texts/look/", {"colour": "#0b6270", "logo": logo}, follow=True))
    assert "they need approving again" in page
    assert "data:image/png;base64," in page
    assert "data:image/png;base64," in shown(manager.get(MAIL))


@pytest.mark.parametrize(
    ("posted", "says"),
    [
        ({"colour": "#ffee00"}, "Choose a darker one"),
        ({"colour": "red"}, "A colour is written like"),
        ({"colour": "#333333", "logo": SimpleUploadedFile("x.svg", b"<svg/>")}, "PNG, JPEG or GIF"),
        ({"colour": "#333333", "logo": SimpleUploadedFile("x.png", PNG + bytes(30_000))}, "make it smaller"),
    ],
)
def test_a_look_that_cannot_be_used_says_why(clinic, signed_in, posted, says):
    page = shown(signed_in(clinic, "manager").post("/setup/texts/look/", posted, follow=True))
    assert says.lower() in page.lower()
    clinic.organisation.refresh_from_db()
    assert "look" not in clinic.organisation.settings


def test_the_front_desk_changes_no_look(clinic, signed_in):
    answer = signed_in(clinic, "front_desk").post("/setup/texts/look/", {"colour": "#333333"})
    assert answer.status_code == 403


def test_call_scripts_are_shown_with_what_to_answer(writer):
    page = shown(writer.get("/setup/texts/scripts/?language=es"))
    assert "Dental" in page
    assert '<th scope="row" lang="es">' in page


def test_letters_are_switched_on_by_a_manager(clinic, signed_in):
    manager = signed_in(clinic, "manager")
    assert "Letters are switched off" in shown(manager.get("/letters/"))
    page = shown(
        manager.post("/letters/switch/", {"on": "yes", "form": "letter", "paper": "a4"}, follow=True)
    )
    assert "From now on campaigns write letters" in page
    clinic.organisation.refresh_from_db()
    assert clinic.organisation.settings["channels"]["letter"] == "letter"
    assert 'href="/letters/"' in shown(manager.get("/setup/"))
    assert signed_in(clinic, "front_desk").post("/letters/switch/", {"on": "no"}).status_code == 403


def test_without_an_address_to_return_to_there_are_no_letters(clinic, signed_in):
    clinic.organisation.postal_address = ""
    clinic.organisation.save()
    page = shown(signed_in(clinic, "manager").post("/letters/switch/", {"on": "yes"}, follow=True))
    assert "Give the practice a postal address first" in page


def test_a_letter_is_printed_posted_and_comes_back_through_the_pages(clinic, signed_in, tmp_path, settings):
    settings.HOME = tmp_path
    desk = signed_in(clinic, "front_desk")
    signed_in(clinic, "manager").post("/letters/switch/", {"on": "yes", "form": "letter"})
    patient = clinic.patient(
        3, external_id="posted", address_line="12 Main Street", city="Chicago", state="IL"
    )
    approvals.approve_all_in_use(organisation_id=clinic.organisation.pk, now=clinic.now, actor="user:1")
    case = clinic.case(patient)
    clinic.attempt(
        case,
        channel="letter",
        adapter="letter",
        reference="r1",
        to_value="Aisha Rahman\n12 Main Street\nChicago, IL 60601",
        provider_message_id=letter_code("r1"),
        template_hash=template_library(organisation_id=clinic.organisation.pk)
        .find("due_visit", "letter", "en")
        .content_hash,
        expires_at=clinic.now + dt.timedelta(days=5),
    )
    assert "Make the file to print" in shown(desk.get("/letters/"))
    page = shown(desk.post("/letters/print/", follow=True))
    if "left out" in page:
        pytest.fail(str(list(case.attempts.values_list("reasons", flat=True))))
    assert "Ready to print: batch 1." in page
    assert desk.get("/letters/1/file.pdf").content.startswith(b"%PDF-")
    assert b"Aisha Rahman" in desk.get("/letters/1/file.csv").content
    assert AuditEvent.objects.filter(action="patients.listed", subject_id="letters").count() == 2
    assert desk.get("/letters/2/file.pdf").status_code == 404
    assert desk.get("/letters/1/file.exe").status_code == 404
    assert "Batch 1 is in the post: 1 sent." in shown(desk.post("/letters/1/posted/", follow=True))
    code = Letter.objects.get().code
    page = shown(desk.get(f"/letters/?code={code.lower()}"))
    assert f'href="/patients/{patient.pk}/"' in page
    assert "Aisha" not in page
    assert "No more letters go to that address" in shown(
        desk.post("/letters/returned/", {"code": code, "reason": "moved"}, follow=True)
    )
    assert "Came back" in shown(desk.get(f"/letters/?code={code}"))
    assert "No letter of this practice has this number" in shown(desk.get("/letters/?code=nonsense"))
