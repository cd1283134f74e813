//! API-12: what goes away without a day, or has outlived it.

use architrave_model::graph::{Graph, Known, Operation};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, decided},
};

pub(super) const RULE: Rule = Rule {
    id: "API-12",
    name: "deprecation-window",
    family: Family::Api,
    title: "a deprecated operation has no last day, or is past it",
    impact: 2,
    likelihood: 1,
    reads: &[Input::OpenApi],
    sources: &[
        Source {
            title: "RFC 8594 The Sunset HTTP Header Field",
            url: "https://www.rfc-editor.org/rfc/rfc8594",
        },
        Source {
            title: "oasdiff: deprecating APIs and resources",
            url: "https://github.com/oasdiff/oasdiff/blob/main/docs/DEPRECATION.md",
        },
    ],
    maps: &[("OWASP API", "API9:2023")],
    reads_names: false,
    page: include_str!("deprecation_window.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in decided(graph).filter(|it| it.is_deprecated) {
        match &operation.sunset_day {
            Known::Unknown => say.cannot_tell(&operation.node, "until when it is served"),
            Known::Absent(origin) => {
                no_day(operation, say, origin.span);
            }
            Known::Is(day, origin) if *day < graph.as_of_day => {
                let late = graph.as_of_day - *day;
                say.fail(&operation.node, format!("`{}` should have been gone for {late} days", called(operation)))
                    .at(origin.span, "this day has passed")
                    .help("look whether anybody still calls it; then remove it, or write a later day and tell them")
                    .because("an operation that nobody looks after is still one that can be attacked (OWASP API9)");
            }
            Known::Is(..) => say.pass(&operation.node),
        }
    }
}

fn no_day(operation: &Operation, say: &mut Verdicts, place: Option<architrave_model::Span>) {
    say.fail(
        &operation.node,
        format!("`{}` is deprecated, and nobody knows until when it works", called(operation)),
    )
    .at(place, "no last day")
    .help("add `x-sunset: 2027-06-30` (or a later day) and send it as the `Sunset` header")
    .because("without a day, clients put the change off, and the operation is served for ever");
}
