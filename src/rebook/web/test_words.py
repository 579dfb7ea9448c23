"""The clinic's words for tests that staff send to themselves."""

TEST_STATE_WORDS: dict[str, dict[str, str]] = {
    "sent_test": {
        "refused": "Not sent",
        "claimed": "On its way",
        "held": "Held back by a stop",
        "accepted": "Sent",
        "sent": "Sent",
        "delivered": "Arrived",
        "read": "Read",
        "failed": "Did not arrive",
        "unknown": "Nobody can tell",
    },
    # What to do about each refusal; what is not named says itself.
    "test_refusal": {
        "test_only_to_staff": "Confirm your own number or address first: tests go nowhere else.",
        "contact_missing": "You have not kept a number or address for this yet.",
        "stopped": "A stop is in force. It holds tests back too: end it first.",
        "opted_out": "This number said stop. Text START from it to the practice's number, then try again.",
        "blocked_number": "This number is marked as never to be contacted.",
        "not_a_member": "Only people of this practice send tests.",
        "not_their_role": "Your role does not send tests.",
        "do_not_contact": "Somebody with this number asked for no contact at all.",
    },
}
