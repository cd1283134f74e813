//! API-05: money that moves twice when an answer is lost.

use architrave_model::graph::{Graph, Known, Operation, OperationEffect, Provenance};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, decided},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "API-05",
    name: "post-without-idempotency",
    family: Family::Api,
    title: "a request that moves money cannot be repeated safely",
    impact: 4,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "The Idempotency-Key HTTP Header Field (Internet-Draft)",
            url: "https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/",
        },
        Source {
            title: "Stripe API: idempotent requests",
            url: "https://docs.stripe.com/api/idempotent_requests",
        },
    ],
    maps: &[],
    reads_names: true,
    page: include_str!("post_without_idempotency.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in decided(graph).filter(|it| moves_money(it)) {
        match &operation.is_idempotent {
            Known::Is(true, _) => say.pass(&operation.node),
            Known::Unknown => {
                say.cannot_tell(&operation.node, "whether a repeated request is recognised")
            }
            Known::Is(false, origin) | Known::Absent(origin) => {
                say.fail(&operation.node, format!("`{}` may happen twice when an answer is lost", called(operation)))
                    .at(origin.span, "takes no key")
                    .help("take an `Idempotency-Key` header, keep key and answer for a day, and answer the same again")
                    .because("it moves money or goods by its path, and the contract takes no key that makes two requests one");
            }
        }
    }
}

/// In a blueprint the flow of money is known; in a contract the path tells.
fn moves_money(operation: &Operation) -> bool {
    let is_change =
        operation.method == "POST" && operation.effect.value() != Some(&OperationEffect::Reads);
    let is_assumed =
        operation.moves_money.origin().is_none_or(|it| it.provenance == Provenance::Assumed);
    let moves = if is_assumed {
        words::moves_money(&operation.path)
    } else {
        operation.moves_money.value() == Some(&true)
    };
    is_change && moves
}
