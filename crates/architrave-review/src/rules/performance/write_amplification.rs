//! PRF-15: a table of which each write is many writes.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Table};

pub(super) const RULE: Rule = Rule {
    id: "PRF-15",
    name: "write-amplification",
    family: Family::Performance,
    title: "one write is many",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[Source {
        title: "Indexes: introduction, on the overhead of indexes (PostgreSQL)",
        url: "https://www.postgresql.org/docs/current/indexes-intro.html",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("write_amplification.md"),
    judge,
};

/// Things that one write may have to keep up to date (judgement: beyond it a write is mostly about them).
const MAINTAINED_MAX: usize = 12;

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        let indexes = table.indexes.len();
        let consumers = consumers(graph, table);
        let all = indexes + consumers;
        if all <= MAINTAINED_MAX {
            say.pass(&table.node);
            continue;
        }
        let name = &table.node.name;
        let mut failure = say
            .fail(&table.node, format!("each write to `{name}` keeps {all} other things up to date"))
            .help("drop indexes that no query needs, one that is the beginning of another first; let several numbers come from one projection")
            .because(format!("{indexes} indexes beside the primary key"));
        if consumers > 0 {
            failure = failure.because(format!(
                "{consumers} projections, processes or webhooks that take its events"
            ));
        }
        if let Some(last) = table.indexes.iter().rfind(|it| it.is_declared) {
            failure.also(last.origin.span, "one of them");
        }
    }
}

/// Consumers of the table's own events.
fn consumers(graph: &Graph, table: &Table) -> usize {
    let path = table.node.id.trim_start_matches("table:");
    let own = format!("message:{path}.");
    graph.consumers.iter().filter(|it| it.of.iter().any(|it| it.starts_with(&own))).count()
}
