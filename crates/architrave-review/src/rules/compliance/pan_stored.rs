//! CMP-08: numbers and codes of payment cards.

use architrave_model::graph::{Column, ColumnKind, Graph, Known, Operation, PayloadField, Table};

use super::regimes;
use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, column, decided, field, members},
    words::{self, CardPart},
};

pub(super) const RULE: Rule = Rule {
    id: "CMP-08",
    name: "pan-stored",
    family: Family::Compliance,
    title: "the number or the code of a payment card is stored",
    impact: 4,
    likelihood: 4,
    reads: &[Input::Blueprint, Input::Sql, Input::OpenApi],
    sources: &[
        Source {
            title: "PCI DSS 4.0.1, requirements 3.3.1 (no codes after authorisation) and 3.5.1 (numbers unreadable)",
            url: "https://www.pcisecuritystandards.org/document_library/",
        },
        Source {
            title: "Stripe: integration security guide (tokens in place of card numbers)",
            url: "https://docs.stripe.com/security/guide",
        },
    ],
    maps: &[("PCI DSS", "3.3.1"), ("PCI DSS", "3.5.1"), ("CWE", "311")],
    reads_names: true,
    page: include_str!("pan_stored.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        let names: Vec<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
        for it in table.columns.iter().filter(|it| may_hold_digits(&it.kind)) {
            if let Some(part) = words::card_part(&it.name, names.iter().copied()) {
                stored(graph, table, it, part, say);
            }
        }
    }
    // A blueprint's bodies are made from its entities, which have been judged.
    for operation in decided(graph).filter(|_| !graph.is_closed) {
        bodies(operation, say);
    }
}

/// A number may be stored encrypted by those who keep to all of PCI DSS; a code by nobody.
fn stored(graph: &Graph, table: &Table, it: &Column, part: CardPart, say: &mut Verdicts) {
    let node = column(table, it);
    let keeps_to_all = regimes::declared(&graph.needs)
        .iter()
        .any(|it| regimes::known(it).is_some_and(|it| it.name == "pci_dss"));
    if part == CardPart::Number && it.is_encrypted.value() == Some(&true) && keeps_to_all {
        return say.pass(&node);
    }
    let (what, law) = match part {
        CardPart::Number => (
            "the number of a payment card",
            "PCI DSS 3.5.1: stored numbers are unreadable wherever they lie",
        ),
        CardPart::Code => (
            "the code of a payment card",
            "PCI DSS 3.3.1: codes are not kept after authorisation, not even encrypted",
        ),
    };
    say.fail(&node, format!("`{}` holds {what}", node.name))
        .at(it.origin.span, "a card in your database")
        .help("let the payment provider's form take the card, and store the token that it gives you, with the last four digits where people must recognise it")
        .because(law)
        .because("judged by its name");
}

fn bodies(operation: &Operation, say: &mut Verdicts) {
    for (body, payload) in [("request", &operation.request), ("response", &operation.response)] {
        let names: Vec<&str> = members(payload).map(|it| it.path.as_str()).collect();
        for it in members(payload).filter(|it| may_hold_digits(&it.kind)) {
            let Some(part) = words::card_part(&it.path, names.iter().copied()) else { continue };
            shown(operation, body, it, part, say);
        }
    }
}

/// What is answered has been stored; what is taken may be passed on and forgotten.
fn shown(operation: &Operation, body: &str, it: &PayloadField, part: CardPart, say: &mut Verdicts) {
    let node = field(operation, body, it);
    if body == "request" {
        return say
            .cannot_tell(&node, "whether the card is kept or passed on to the payment provider");
    }
    if it.is_write_only.value() == Some(&true) || part == CardPart::Number && is_short(it) {
        return;
    }
    say.fail(&node, format!("`{}` answers with `{}`, so it is stored", called(operation), it.path))
        .help("answer with the last four digits and the brand; keep the provider's token in place of the card")
        .because("judged by its name");
}

/// Four digits are not a number of a card, whatever the member is called.
fn is_short(it: &PayloadField) -> bool {
    it.length_max.value().is_some_and(|it| *it < 12)
}

fn may_hold_digits(kind: &Known<ColumnKind>) -> bool {
    match kind {
        Known::Is(kind, _) => matches!(
            kind,
            ColumnKind::Text
                | ColumnKind::Integer
                | ColumnKind::SmallInteger
                | ColumnKind::Decimal
                | ColumnKind::Binary
        ),
        Known::Unknown | Known::Absent(_) => true,
    }
}
