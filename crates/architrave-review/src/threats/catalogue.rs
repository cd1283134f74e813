//! What somebody could do at each kind of crossing: one entry per threat, with the rules whose verdicts answer it.
//!
//! Impact and likelihood are those of Threagile (`pkg/types/model.go`), 1 to 4 each, judged for the case that
//! nothing answers the threat. What is in `served_so` holds for every system that Architrave serves and is promised,
//! with its proofs, in the manual's page on security.

use architrave_model::{CrossingKind, Stride};

/// A threat.
pub(super) struct Entry {
    pub(super) kind: CrossingKind,
    pub(super) category: Stride,
    /// `{from}` and `{to}` are the parties, `{data}` the kinds of personal data.
    pub(super) scenario: &'static str,
    pub(super) impact: u8,
    pub(super) likelihood: u8,
    /// Whether it is one only where personal data crosses.
    pub(super) needs_personal_data: bool,
    pub(super) rules: &'static [&'static str],
    pub(super) served_so: &'static [&'static str],
    /// What is missing where nothing answers it.
    pub(super) unanswered: &'static str,
}

const fn entry(kind: CrossingKind, category: Stride, scenario: &'static str) -> Entry {
    Entry {
        kind,
        category,
        scenario,
        impact: 3,
        likelihood: 2,
        needs_personal_data: false,
        rules: &[],
        served_so: &[],
        unanswered: "no rule judges it here",
    }
}

pub(super) static CATALOGUE: &[Entry] = &[
    Entry {
        impact: 4,
        likelihood: 3,
        rules: &["SEC-01", "SEC-09"],
        served_so: &[
            "signature, algorithm, issuer, audience, type and times of every token are checked",
        ],
        ..entry(
            CrossingKind::Callers,
            Stride::Spoofing,
            "somebody acts as a user or holds a role that is not theirs",
        )
    },
    Entry {
        impact: 3,
        likelihood: 3,
        rules: &["SEC-04", "SEC-21", "API-04"],
        served_so: &["a body with a member that is not asked for is refused"],
        ..entry(
            CrossingKind::Callers,
            Stride::Tampering,
            "somebody writes fields or states that are not theirs to write",
        )
    },
    Entry {
        impact: 2,
        likelihood: 2,
        rules: &["CMP-07"],
        served_so: &[
            "every change has a record with actor and time, in the transaction of the change",
        ],
        ..entry(CrossingKind::Callers, Stride::Repudiation, "somebody denies what they changed")
    },
    Entry {
        impact: 4,
        likelihood: 3,
        rules: &["SEC-03", "SEC-05", "API-08", "DAT-18", "CMP-05"],
        served_so: &["a hidden row or field changes no byte of an answer"],
        ..entry(
            CrossingKind::Callers,
            Stride::InformationDisclosure,
            "somebody reads rows or fields of others",
        )
    },
    Entry {
        impact: 3,
        likelihood: 3,
        rules: &["SEC-10", "SEC-11", "API-09", "REL-15", "DAT-20"],
        served_so: &["slow, large and endless requests are ended by limits of time and size"],
        ..entry(
            CrossingKind::Callers,
            Stride::DenialOfService,
            "somebody asks so often, or for so much, that nobody else is answered",
        )
    },
    Entry {
        impact: 4,
        likelihood: 2,
        rules: &["SEC-02", "SEC-14"],
        served_so: &["what has no rule does not exist"],
        ..entry(
            CrossingKind::Callers,
            Stride::ElevationOfPrivilege,
            "somebody runs what only a role, or the system itself, may run",
        )
    },
    Entry {
        impact: 4,
        likelihood: 1,
        rules: &["OPS-14"],
        served_so: &[
            "the token is in a file that only its owner may read",
            "browsers are refused on this listener",
        ],
        ..entry(
            CrossingKind::Administration,
            Stride::Spoofing,
            "a program on the host, or a page in the operator's browser, passes for {from}",
        )
    },
    Entry {
        impact: 2,
        likelihood: 1,
        served_so: &["what the administrator changes is in the journal, marked as the operator's"],
        ..entry(
            CrossingKind::Administration,
            Stride::Repudiation,
            "{from} denies having changed a row",
        )
    },
    Entry {
        impact: 4,
        likelihood: 1,
        served_so: &[
            "keys are fetched over TLS from the one issuer in the configuration",
            "tokens that bring or point to a key of their own are refused",
        ],
        ..entry(
            CrossingKind::SignIn,
            Stride::Spoofing,
            "somebody answers in place of {to} and signs tokens of their own",
        )
    },
    Entry {
        impact: 3,
        likelihood: 2,
        served_so: &["keys that were fetched once stay in use while {to} does not answer"],
        ..entry(
            CrossingKind::SignIn,
            Stride::DenialOfService,
            "{to} does not answer, and with it everybody's sign-in fails",
        )
    },
    Entry {
        impact: 4,
        likelihood: 1,
        unanswered: "journal and rows are not signed, so that whoever can write the files can rewrite them; keep the \
                     data folder to the account of the process, and compare with a copy kept elsewhere",
        ..entry(
            CrossingKind::Store,
            Stride::Tampering,
            "somebody with access to the files changes rows behind the back of {from}",
        )
    },
    Entry {
        impact: 4,
        likelihood: 2,
        needs_personal_data: true,
        rules: &["SEC-08", "SEC-12"],
        ..entry(
            CrossingKind::Store,
            Stride::InformationDisclosure,
            "somebody reads {data} data from the disk or from a backup",
        )
    },
    Entry {
        impact: 4,
        likelihood: 2,
        rules: &["REL-18", "REL-09"],
        unanswered: "nobody says how it is backed up",
        ..entry(
            CrossingKind::Store,
            Stride::DenialOfService,
            "the disk is lost, and what was stored with it",
        )
    },
    Entry {
        impact: 4,
        likelihood: 2,
        rules: &["SEC-06", "SEC-07", "SEC-09"],
        ..entry(
            CrossingKind::Call,
            Stride::Spoofing,
            "somebody gets at our credentials for {to}, or answers in its place",
        )
    },
    Entry {
        impact: 3,
        likelihood: 3,
        rules: &["REL-03"],
        ..entry(
            CrossingKind::Call,
            Stride::Tampering,
            "an answer of {to} is lost, and repeating the call does it twice",
        )
    },
    Entry {
        impact: 3,
        likelihood: 2,
        needs_personal_data: true,
        rules: &["SEC-07", "CMP-03", "CMP-06"],
        ..entry(
            CrossingKind::Call,
            Stride::InformationDisclosure,
            "{data} data is read on the way to {to}, or there by people with whom nothing was agreed",
        )
    },
    Entry {
        impact: 3,
        likelihood: 3,
        rules: &["REL-01", "REL-04", "REL-05", "REL-06"],
        ..entry(
            CrossingKind::Call,
            Stride::DenialOfService,
            "{to} is slow or down and takes us with it, or we it",
        )
    },
    Entry {
        impact: 4,
        likelihood: 1,
        rules: &["SEC-15"],
        served_so: &["addresses come from the blueprint or the environment, never from a request"],
        ..entry(
            CrossingKind::Call,
            Stride::ElevationOfPrivilege,
            "a user chooses the address that is called, and it leads to the inside",
        )
    },
    Entry {
        impact: 4,
        likelihood: 3,
        rules: &["SEC-16"],
        ..entry(
            CrossingKind::Callback,
            Stride::Spoofing,
            "somebody sends us messages that look like those of {from}, or old ones again",
        )
    },
    Entry {
        impact: 3,
        likelihood: 2,
        rules: &["REL-11"],
        unanswered: "no rule judges whether a repeated message acts twice",
        ..entry(
            CrossingKind::Callback,
            Stride::Tampering,
            "{from} sends a message twice, and it acts twice",
        )
    },
    Entry {
        impact: 3,
        likelihood: 2,
        rules: &["SEC-16"],
        ..entry(
            CrossingKind::Webhook,
            Stride::Spoofing,
            "somebody sends {to} messages that look like ours",
        )
    },
    Entry {
        impact: 3,
        likelihood: 2,
        rules: &["SEC-15"],
        ..entry(
            CrossingKind::Webhook,
            Stride::ElevationOfPrivilege,
            "a subscriber names an address within our own network",
        )
    },
    Entry {
        impact: 2,
        likelihood: 3,
        rules: &["REL-10"],
        ..entry(
            CrossingKind::Webhook,
            Stride::DenialOfService,
            "a subscriber does not answer, and what is queued for them grows or is lost",
        )
    },
    Entry {
        impact: 3,
        likelihood: 2,
        needs_personal_data: true,
        rules: &["CMP-03", "CMP-06"],
        ..entry(
            CrossingKind::Message,
            Stride::InformationDisclosure,
            "{data} data stays with {to}, in a country or with people nobody agreed to",
        )
    },
    Entry {
        impact: 2,
        likelihood: 2,
        rules: &["REL-10"],
        ..entry(
            CrossingKind::Message,
            Stride::DenialOfService,
            "{to} takes no messages, and what was to be told is lost",
        )
    },
];
