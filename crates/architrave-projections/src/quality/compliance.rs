//! `quality/compliance.md`: what the declared regimes ask of a backend, and what here is evidence for each.

use architrave_model::{Outcome, System, Verdict, words};
use architrave_plan::pending;

use crate::{
    Document, Material, Projection, Room,
    operation::runbook_path,
    page::{Page, code, escape, link},
};

/// `quality/compliance.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "compliance", room: Room::Quality, write };

pub(crate) const PATH: &str = "quality/compliance.md";

/// Something that a regime asks for, as far as a backend can answer it.
struct Control {
    /// Where it is written, e.g. `Art. 17`.
    clause: &'static str,
    /// What is asked, in short.
    asks: &'static str,
    /// Rules of the review that look after it.
    rules: &'static [&'static str],
    /// What here answers it.
    evidence: fn(&Material<'_>) -> String,
}

/// GDPR, with those that follow it: UK GDPR, LGPD, and for consumers CCPA.
const PRIVACY: &[Control] = &[
    Control {
        clause: "Art. 5(1)(e): storage limitation",
        asks: "personal data goes when its purpose has ended",
        rules: &["CMP-02"],
        evidence: retention,
    },
    Control {
        clause: "Art. 15, 20: access, portability",
        asks: "people get what is held about them, readable by machines",
        rules: &["CMP-11"],
        evidence: access,
    },
    Control {
        clause: "Art. 17: erasure",
        asks: "people can have their data erased",
        rules: &["CMP-04"],
        evidence: erasure,
    },
    Control {
        clause: "Art. 25, 32: by design, security",
        asks: "data is protected as its risk demands",
        rules: &["CMP-01", "SEC-08", "CMP-05"],
        evidence: encryption,
    },
    Control {
        clause: "Art. 28: processors",
        asks: "who processes data for you is bound by contract",
        rules: &["CMP-06"],
        evidence: processors,
    },
    Control {
        clause: "Art. 30: records",
        asks: "it is written down what is processed, and why",
        rules: &[],
        evidence: records,
    },
    Control {
        clause: "Art. 33: breach",
        asks: "a breach is told within 72 hours",
        rules: &[],
        evidence: breach,
    },
    Control {
        clause: "Art. 44: transfers",
        asks: "data does not leave without a ground",
        rules: &["CMP-03"],
        evidence: place,
    },
];

/// PCI DSS 4.0, questionnaire A: cards never pass through.
const CARDS: &[Control] = &[
    Control {
        clause: "3: stored account data",
        asks: "no card number or code is stored",
        rules: &["CMP-08"],
        evidence: cards,
    },
    Control {
        clause: "12.8: service providers",
        asks: "it is known who handles cards, with their own attestation",
        rules: &["CMP-06"],
        evidence: providers,
    },
    Control {
        clause: "6.4.3, 11.6.1: payment page",
        asks: "scripts of the payment page are known and watched",
        rules: &[],
        evidence: payment_page,
    },
    Control {
        clause: "8: identification",
        asks: "everybody who has access has an account of their own",
        rules: &["SEC-01", "SEC-02", "SEC-09"],
        evidence: accounts,
    },
];

/// Trails for years: HIPAA 164.312, SOX, PCI DSS in full.
const TRAIL: &[Control] = &[
    Control {
        clause: "audit controls",
        asks: "who did what is kept for years",
        rules: &["CMP-07"],
        evidence: trail,
    },
    Control {
        clause: "access control",
        asks: "access by need alone",
        rules: &["CMP-09", "SEC-01"],
        evidence: accounts,
    },
    Control {
        clause: "integrity",
        asks: "a change behind the system's back is found",
        rules: &[],
        evidence: integrity,
    },
    Control {
        clause: "protection at rest",
        asks: "sensitive data is not readable from a disk",
        rules: &["CMP-09", "SEC-08"],
        evidence: encryption,
    },
];

fn controls(regime: &str) -> &'static [Control] {
    match regime {
        "gdpr" | "uk_gdpr" | "lgpd" | "ccpa" => PRIVACY,
        "pci_dss_saq_a" => CARDS,
        _ if regime.starts_with("hipaa")
            || regime.starts_with("sox")
            || regime.starts_with("pci_dss") =>
        {
            TRAIL
        }
        _ => &[],
    }
}

fn write(material: &Material<'_>) -> Vec<Document> {
    let Some(compliance) = &material.plan.system.compliance else { return Vec::new() };
    if compliance.regimes.is_empty() {
        return Vec::new();
    }
    let mut page = Page::new("Compliance");
    page.paragraph(
        "What each declared regime asks of a backend, and what here is evidence for it. \"Holds\" means that the named rules of the review pass; \
         what only people can do (contracts, training, telling people) is said as such.",
    );
    for regime in &compliance.regimes {
        let name = regime.text.to_lowercase();
        page.heading(2, &regime.text);
        let controls = controls(&name);
        if controls.is_empty() {
            page.paragraph("No rule knows this regime: nothing here is evidence for it.");
        }
        let row = |it: &Control| {
            vec![
                it.clause.to_owned(),
                it.asks.to_owned(),
                outcome(material, it.rules),
                (it.evidence)(material),
            ]
        };
        page.table(
            &["Clause", "Asks that", "Judged", "Evidence"],
            &controls.iter().map(row).collect::<Vec<_>>(),
        );
    }
    not_yet(&mut page, &material.plan.system);
    vec![Document {
        path: PATH.to_owned(),
        title: "Compliance".to_owned(),
        summary: "What each declared regime asks of a backend, and the rule, setting or page that is evidence for it.".to_owned(),
        text: page.finish(),
    }]
}

/// What the rules say, the worst first.
fn outcome(material: &Material<'_>, rules: &[&str]) -> String {
    if rules.is_empty() {
        return "by people".to_owned();
    }
    let of = |outcome: Outcome| -> Vec<&Verdict> {
        let all = material.assessment.verdicts.iter();
        all.filter(|it| rules.contains(&it.rule) && it.outcome == outcome).collect()
    };
    let names = |verdicts: &[&Verdict]| {
        let mut names: Vec<&str> = verdicts.iter().map(|it| it.rule).collect();
        names.dedup();
        words::list(&names)
    };
    let (failed, waived, open, passed) =
        (of(Outcome::Fail), of(Outcome::Waived), of(Outcome::CannotTell), of(Outcome::Pass));
    let mut said = Vec::new();
    if !failed.is_empty() {
        said.push(format!("**broken**: {}", names(&failed)));
    }
    if !waived.is_empty() {
        said.push(format!("accepted: {}", names(&waived)));
    }
    if !open.is_empty() {
        said.push(format!("not known: {}", names(&open)));
    }
    if said.is_empty() && !passed.is_empty() {
        said.push(format!("holds: {}", names(&passed)));
    }
    if said.is_empty() {
        said.push("nothing here that it is about".to_owned());
    }
    said.join("; ")
}

fn not_yet(page: &mut Page, system: &System) {
    if !pending(system).iter().any(|it| it.kind == "privacy") {
        return;
    }
    page.heading(2, "Declared, and not done by this version");
    page.paragraph(
        "Retention and erasure are read, checked and planned, but nothing is deleted and no key is destroyed yet. Until then both are done by hand, and \
         nobody may rely on the blocks `privacy` as evidence that they happen.",
    );
}

fn retention(material: &Material<'_>) -> String {
    let system = &material.plan.system;
    let periods: Vec<String> = material
        .plan
        .tables
        .iter()
        .filter_map(|it| {
            let entity = &system[it.entity];
            let us = entity.privacy.as_ref()?.retain_for_us?;
            Some(format!("{} {}", code(&system.entity_path(it.entity)), crate::speech::period(us)))
        })
        .collect();
    if periods.is_empty() {
        "no period is declared".to_owned()
    } else {
        format!("`retain_for`: {}", periods.join(", "))
    }
}

fn access(_: &Material<'_>) -> String {
    format!(
        "people read their own rows by the API, as JSON; {}",
        link("who may do what", PATH, "quality/access.md")
    )
}

fn erasure(material: &Material<'_>) -> String {
    let system = &material.plan.system;
    let subjects: Vec<String> = system
        .entity_ids()
        .filter(|it| system[*it].privacy.is_some())
        .map(|it| code(&system.entity_path(it)))
        .collect();
    if subjects.is_empty() {
        "nobody says whose data it is".to_owned()
    } else {
        format!("`privacy` names whose data {} are", subjects.join(", "))
    }
}

fn encryption(material: &Material<'_>) -> String {
    let fields = crate::operation::encrypted_fields(material.plan);
    if fields.is_empty() {
        return "no field is encrypted".to_owned();
    }
    format!(
        "encrypted each by itself (AES-256-GCM), keys apart from the data: {}",
        words::list(&fields)
    )
}

fn processors(material: &Material<'_>) -> String {
    let system = &material.plan.system;
    let mut verdicts = material.assessment.verdicts.iter();
    let is_missing = verdicts.any(|it| it.rule == "CMP-06" && it.outcome == Outcome::Fail);
    let none = if is_missing {
        "no agreement named"
    } else {
        "no agreement named, and given no personal data that would ask for one (CMP-06)"
    };
    let channels = system.channels.iter().map(|it| (&it.name.text, &it.terms));
    let integrations = system.integrations.iter().map(|it| (&it.name.text, &it.terms));
    let named: Vec<String> = integrations
        .chain(channels)
        .map(|(name, terms)| {
            let agreement = terms.processing_agreement.as_ref();
            let agreement = agreement.map_or_else(|| none.to_owned(), |it| escape(&it.text));
            format!("{}: {agreement}", code(name))
        })
        .collect();
    if named.is_empty() { "no integration and no channel".to_owned() } else { named.join("; ") }
}

fn records(_: &Material<'_>) -> String {
    format!(
        "{}: every field with its class, and where it goes",
        link("data governance", PATH, "quality/governance.md")
    )
}

fn breach(material: &Material<'_>) -> String {
    let log = "the journal has every change with its actor, the log every request with its tenant";
    if material.plan.system.identity.api_key.is_some() {
        return format!(
            "{log}; {}",
            link("when an API key leaks", PATH, &runbook_path("api-key-leaked"))
        );
    }
    log.to_owned()
}

fn place(material: &Material<'_>) -> String {
    let system = &material.plan.system;
    let residency = system.compliance.as_ref().map_or(&[][..], |it| &it.residency);
    let names: Vec<&str> = if residency.is_empty() {
        system.regions.iter().map(String::as_str).collect()
    } else {
        residency.iter().map(|it| it.text.as_str()).collect()
    };
    if names.is_empty() {
        "no region is declared".to_owned()
    } else {
        format!("runs in {} (declared)", words::list(&names))
    }
}

fn cards(_: &Material<'_>) -> String {
    "no field is named like a card number or its code".to_owned()
}

fn providers(material: &Material<'_>) -> String {
    format!("{}. Keep their attestation of compliance beside the contract", processors(material))
}

fn payment_page(_: &Material<'_>) -> String {
    "not this backend: it serves no page to customers; whoever serves the page answers for it"
        .to_owned()
}

fn accounts(material: &Material<'_>) -> String {
    let identity = &material.plan.system.identity;
    let mut said = Vec::new();
    if identity.oidc.is_some() {
        said.push(
            "people sign in at the issuer (OpenID Connect); there are no passwords here".to_owned(),
        );
    }
    if let Some(keys) = &identity.api_key {
        said.push(format!("API keys are bound to a tenant and to {}", words::list(&keys.roles)));
    }
    said.push(link("who may do what", PATH, "quality/access.md"));
    said.join("; ")
}

fn trail(material: &Material<'_>) -> String {
    let kept = material.plan.system.compliance.as_ref().and_then(|it| it.audit_retention_us);
    let kept = kept.map_or_else(
        || "no `audit_retention` is declared".to_owned(),
        |it| format!("`audit_retention` {}", crate::speech::period(it)),
    );
    format!(
        "every change leaves with its journal record (who, when, the row afterwards) in one transaction; {kept}"
    )
}

fn integrity(_: &Material<'_>) -> String {
    "`architrave verify` replays the journal and compares it with every row; the journal itself is not signed by this version".to_owned()
}
