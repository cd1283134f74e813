//! How much of a system is read. Ids are looked for in plain lists, so that lists have a length: a file that
//! somebody made to be slow is read as far as these numbers, and a finding says so.
//!
//! The largest public systems have some hundred services and a few thousand edges.

use architrave_model::{Finding, Severity, Span, graph::Graph};

use crate::codes;

/// Most services of one compose project.
pub(crate) const SERVICES_MAX: usize = 2_000;

/// Most objects of Kubernetes.
pub(crate) const OBJECTS_MAX: usize = 10_000;

/// Most workloads among them.
pub(crate) const WORKLOADS_MAX: usize = 2_000;

/// Most columns of one table: what MySQL takes; the others take fewer.
pub(crate) const COLUMNS_MAX: usize = 4_096;

/// Most indexes of one table. Every one of them is written with every row.
pub(crate) const INDEXES_MAX: usize = 500;

/// Most elements of each other kind: edges, images, credentials, systems of others, alerts, tables, steps of migrations.
pub(crate) const ELEMENTS_MAX: usize = 5_000;

/// Most ports, powers and the like of one service.
pub(crate) const PARTS_MAX: usize = 100;

/// Longest text after `${…}` has been put in, in bytes.
pub(crate) const TEXT_MAX: usize = 64 << 10;

/// Whether a list may grow.
pub(crate) fn has_room<T>(list: &[T]) -> bool {
    list.len() < ELEMENTS_MAX
}

/// Says that something was left out, if anything was.
pub(crate) fn report(graph: &Graph, findings: &mut Vec<Finding>) {
    let lists = [
        ("connections", graph.edges.len()),
        ("images", graph.images.len()),
        ("credentials", graph.literal_secrets.len()),
        ("systems of others", graph.externals.len()),
        ("alerts", graph.alerts.len()),
        ("tables", graph.tables.len()),
        ("steps of migrations", graph.migrations.len()),
    ];
    for (what, length) in lists {
        if length >= ELEMENTS_MAX {
            let title = format!("more than {ELEMENTS_MAX} {what}; the others are left out");
            findings.push(Finding::new(
                codes::TOO_LARGE,
                Severity::Warning,
                Span::default(),
                title,
                "",
            ));
        }
    }
}
