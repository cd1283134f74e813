//! SEC-08: what hurts when a disk is stolen, and lies on it in the clear.

use architrave_model::{
    Span,
    graph::{Column, Graph, Known, Table},
};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{column, holds_health_data},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "SEC-08",
    name: "sensitive-at-rest-plain",
    family: Family::Security,
    title: "sensitive data is stored in the clear",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[
        Source {
            title: "CWE-311 Missing Encryption of Sensitive Data",
            url: "https://cwe.mitre.org/data/definitions/311.html",
        },
        Source {
            title: "CWE-256 Plaintext Storage of a Password",
            url: "https://cwe.mitre.org/data/definitions/256.html",
        },
        Source {
            title: "OWASP Password Storage Cheat Sheet",
            url: "https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html",
        },
    ],
    maps: &[("CWE", "311"), ("STRIDE", "Information disclosure")],
    reads_names: true,
    page: include_str!("sensitive_at_rest_plain.md"),
    judge,
};

/// Shortest text in which a password hash of today has room: bcrypt writes 60 characters, the others more.
const HASH_LENGTH_MIN: u64 = 60;

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        let store = table.store.as_deref().and_then(|it| graph.store(it));
        let is_encrypted_whole = store.is_some_and(|it| it.is_encrypted.value() == Some(&true));
        for it in &table.columns {
            if graph.is_closed {
                declared(table, it, is_encrypted_whole, say);
            } else if words::holds_password(&it.name) && !is_key(&it.name) {
                password(table, it, say);
            } else if !is_encrypted_whole && is_of_special_kind(&it.name) {
                say.cannot_tell(&column(table, it), "whether the program or the disk encrypts it");
            }
        }
    }
}

fn declared(table: &Table, it: &Column, is_encrypted_whole: bool, say: &mut Verdicts) {
    // Health data has a rule of its own (CMP-09), with a heavier weight.
    let personal = it.personal.value().filter(|_| !holds_health_data(&it.personal));
    let what = match (&it.is_secret, personal) {
        (Known::Is(true, _), _) => "a secret".to_owned(),
        (_, Some(personal)) => format!("personal data ({})", personal.category),
        _ => return,
    };
    let node = column(table, it);
    match &it.is_encrypted {
        _ if is_encrypted_whole => say.pass(&node),
        Known::Is(true, _) => say.pass(&node),
        Known::Unknown => say.cannot_tell(&node, "whether the column is encrypted"),
        Known::Is(false, _) | Known::Absent(_) => {
            say.fail(&node, format!("`{}` holds {what} and is stored in the clear", node.name))
                .at(place(it), "no `encrypted`")
                .help("add `encrypted`, or `encrypted(lookup)` where rows are found by it")
                .because("whoever has the file of the database or a backup of it can read it");
        }
    }
}

/// A schema does not say whether what it holds is a hash; its length may say that it cannot be one.
fn password(table: &Table, it: &Column, say: &mut Verdicts) {
    let node = column(table, it);
    match it.length_max.value() {
        Some(length) if *length < HASH_LENGTH_MIN => {
            say.fail(
                &node,
                format!(
                    "`{}` has room for {length} characters, which is too few for a hash",
                    node.name
                ),
            )
            .at(place(it), "no hash of a password fits")
            .help("make it `text`, store Argon2id, and have people choose anew what is there now")
            .because(format!(
                "a bcrypt hash has {HASH_LENGTH_MIN} characters, an Argon2id hash about 97"
            ))
            .matters(4, 4);
        }
        _ => say.cannot_tell(&node, "whether passwords are hashed before they are stored"),
    }
}

/// Data whose loss harms at once: of the others a schema would be full.
fn is_of_special_kind(name: &str) -> bool {
    words::personal_category(name).is_some_and(|it| ["bank", "health", "special"].contains(&it))
}

fn is_key(name: &str) -> bool {
    words::words(name).iter().any(|it| it == "key" || it == "secret")
}

fn place(it: &Column) -> Option<Span> {
    it.origin.span
}
