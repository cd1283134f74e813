//! Words for what tells of a person.

use super::{has_phrase, has_word, words};

/// The kind of personal data that a field holds by its name, as `pii("…")` would say it. Names that are as
/// often about things (`name`, `city`, `address` alone) are not read: a wrong finding costs more than a missed one.
pub(crate) fn personal_category(name: &str) -> Option<&'static str> {
    let own = words(name);
    if has_word(&own, ABOUT_IT) {
        return None;
    }
    TABLE.iter().find(|(_, phrases)| has_phrase(&own, phrases)).map(|it| it.0)
}

const TABLE: &[(&str, &[&[&str]])] = &[
    (
        "contact",
        &[
            &["email"],
            &["email", "address"],
            &["e", "mail"],
            &["phone"],
            &["phone", "number"],
            &["telephone"],
            &["mobile", "number"],
            &["mobile", "phone"],
            &["cell", "phone"],
            &["phonenumber"],
            &["msisdn"],
        ],
    ),
    (
        "identity",
        &[
            &["first", "name"],
            &["firstname"],
            &["last", "name"],
            &["lastname"],
            &["full", "name"],
            &["fullname"],
            &["given", "name"],
            &["family", "name"],
            &["surname"],
            &["maiden", "name"],
            &["birth", "date"],
            &["date", "of", "birth"],
            &["birthdate"],
            &["birthday"],
            &["dob"],
            &["ssn"],
            &["social", "security", "number"],
            &["national", "id"],
            &["national", "insurance", "number"],
            &["passport", "number"],
            &["passport", "no"],
            &["drivers", "license"],
            &["driving", "licence"],
            &["driver", "license", "number"],
        ],
    ),
    (
        "address",
        &[
            &["street", "address"],
            &["home", "address"],
            &["postal", "address"],
            &["address", "line1"],
            &["address", "line", "1"],
        ],
    ),
    ("bank", &[&["iban"], &["bank", "account", "number"], &["account", "iban"]]),
    ("online", &[&["ip", "address"], &["client", "ip"], &["remote", "ip"]]),
    (
        "health",
        &[
            &["diagnosis"],
            &["blood", "type"],
            &["medical", "history"],
            &["medical", "record", "number"],
            &["allergies"],
            &["prescription"],
            &["patient", "name"],
        ],
    ),
    (
        "special",
        &[&["religion"], &["ethnicity"], &["sexual", "orientation"], &["political", "opinion"]],
    ),
];

/// Words that make it something about the datum, or somebody who is no person.
const ABOUT_IT: &[&str] = &[
    "at",
    "body",
    "bounce",
    "bounced",
    "brand",
    "business",
    "campaign",
    "company",
    "confirmed",
    "count",
    "digest",
    "enabled",
    "encrypted",
    "format",
    "frequency",
    "hash",
    "hashed",
    "host",
    "inbound",
    "is",
    "model",
    "noreply",
    "notification",
    "notifications",
    "opt",
    "optin",
    "os",
    "port",
    "preference",
    "preferences",
    "provider",
    "queue",
    "reply",
    "sender",
    "sent",
    "server",
    "settings",
    "status",
    "subject",
    "subscribed",
    "support",
    "template",
    "templates",
    "token",
    "type",
    "types",
    "unsubscribed",
    "verification",
    "verified",
];

#[cfg(test)]
mod tests {
    use super::personal_category;

    #[test]
    fn what_tells_of_a_person_is_told_from_words_like_it() {
        for (name, expected) in [
            ("email", Some("contact")),
            ("contact_email", Some("contact")),
            ("emailAddress", Some("contact")),
            ("phone_number", Some("contact")),
            ("firstName", Some("identity")),
            ("date_of_birth", Some("identity")),
            ("customer.dob", Some("identity")),
            ("SSN", Some("identity")),
            ("ship_to.street_address", Some("address")),
            ("iban", Some("bank")),
            ("last_login_ip_address", Some("online")),
            ("diagnosis", Some("health")),
            ("email_verified_at", None),
            ("email_template", None),
            ("is_email_public", None),
            ("support_email", None),
            ("phone_model", None),
            ("microphone", None),
            ("headphone_jack", None),
            ("name", None),
            ("last_modified", None),
            ("city", None),
            ("doberman", None),
            ("assignee", None),
            ("email_token", None),
            ("ip_address_type", None),
            ("birthday_campaign", None),
        ] {
            assert_eq!(personal_category(name), expected, "{name}");
        }
    }
}
