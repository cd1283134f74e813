//! `workload`, `slo`, `recovery`, `compliance`, `constraints`: what the system must withstand.

use architrave_model::{Compliance, Constraints, Name, Recovery, Slo, Workload};

use crate::codes;
use crate::reader::Reader;
use crate::report::{error, listed};
use crate::resolve::names::Symbol;
use crate::structure::missing;
use crate::syntax::ast::{Block, Expression};
use crate::units;

/// Percentiles by their names, in parts per million.
const PERCENTILES: [(&str, u32); 5] =
    [("p50", 500_000), ("p90", 900_000), ("p95", 950_000), ("p99", 990_000), ("p999", 999_000)];

/// Operations of an entity beside its commands.
const OPERATIONS: [&str; 5] = ["read", "create", "update", "delete", "write"];

fn duration(block: &Block, name: &str) -> Option<i64> {
    block.setting(name).and_then(Expression::text).and_then(units::duration)
}

/// Reads the blocks.
pub(crate) fn read(reader: &mut Reader<'_>) {
    for block in reader.tops("workload").into_iter().take(1) {
        let text = |name: &str| block.setting(name).and_then(Expression::text);
        reader.system.workload = Some(Workload {
            tenants: block.setting("tenants").and_then(Expression::count),
            users: block.setting("users").and_then(Expression::count),
            from: words(block.setting("from")),
            peak_milli_per_s: text("peak").and_then(units::rate_milli_per_s),
            read_share_ppm: text("read_share").and_then(units::percent_ppm),
            growth_ppm_per_month: text("growth").and_then(units::growth_ppm_per_month),
            horizon_us: duration(block, "horizon"),
            spike: block.setting("spike").and_then(Expression::count),
            peak_to_mean: block.setting("peak_to_mean").and_then(Expression::count),
            busy_ppm: text("busy").and_then(units::percent_ppm),
            largest_tenant_ppm: text("largest_tenant").and_then(units::percent_ppm),
            isolation: block.setting("isolation").and_then(word),
            staleness_us: duration(block, "staleness"),
            client_kinds: block.setting("client_kinds").and_then(Expression::count),
            span: block.span,
        });
        check_workload(reader, block);
    }
    for block in reader.tops("slo") {
        slo(reader, block);
    }
    for block in reader.tops("recovery").into_iter().take(1) {
        reader.system.recovery = Some(Recovery {
            rpo_us: duration(block, "rpo"),
            rto_us: duration(block, "rto"),
            backup_every_us: duration(block, "backup"),
            span: block.span,
        });
    }
    for block in reader.tops("compliance").into_iter().take(1) {
        reader.system.compliance = Some(Compliance {
            regimes: words(block.setting("regimes")),
            audit_retention_us: duration(block, "audit_retention"),
            residency: words(block.setting("residency")),
            history: block.setting("history").and_then(word),
            span: block.span,
        });
    }
    for block in reader.tops("constraints").into_iter().take(1) {
        let team = block.setting("team").and_then(Expression::count);
        reader.system.constraints = Some(Constraints {
            team: team.and_then(|it| u32::try_from(it).ok()),
            release_teams: block
                .setting("release_teams")
                .and_then(Expression::count)
                .and_then(|it| u32::try_from(it).ok()),
            domain: block.setting("domain").and_then(word),
            first_release_us: duration(block, "first_release"),
            uses: words(block.setting("uses")),
            avoids: words(block.setting("avoids")),
            on_call: block.setting("on_call").and_then(word),
            budget_per_month: block
                .setting("budget")
                .and_then(Expression::text)
                .and_then(units::budget),
            span: block.span,
        });
    }
}

fn check_workload(reader: &mut Reader<'_>, block: &Block) {
    if let Some(tenants) = block.setting("tenants")
        && tenants.count().is_some_and(|it| it > 1)
        && reader.system.identity.tenant.is_none()
    {
        reader.findings.push(
            error(codes::WORKLOAD, tenants.span, "tenants are expected, but none are declared", "")
                .help("add `tenant = context.Entity` to `identity`, or leave the number out"),
        );
    }
}

fn word(value: &Expression) -> Option<Name> {
    Some(Name { text: value.text()?.to_owned(), span: value.span })
}

fn words(list: Option<&Expression>) -> Vec<Name> {
    list.and_then(Expression::items).unwrap_or_default().iter().filter_map(word).collect()
}

fn slo(reader: &mut Reader<'_>, block: &Block) {
    let name = block.name();
    let known = reader.system.slos.iter().find(|it| it.name.text == name.text);
    if let Some(first) = known
        && !name.text.is_empty()
    {
        let first = first.name.span;
        let title = format!("the objective `{}` is declared twice", name.text);
        reader.findings.push(
            error(codes::NAME_TAKEN, name.span, title, "")
                .because(first, "first declared here")
                .help("give one of them another name"),
        );
    }
    check_covers(reader, block);
    let covers: Vec<Name> = block
        .setting("covers")
        .and_then(Expression::items)
        .filter(|_| !reader.system.contexts.is_empty())
        .unwrap_or_default()
        .iter()
        .filter_map(|it| covered(reader, it))
        .collect();
    let availability = block.setting("availability");
    let availability_ppm = availability.and_then(Expression::text).and_then(units::percent_ppm);
    if let (Some(value), Some(1_000_000)) = (availability, availability_ppm) {
        reader.findings.push(
            error(codes::SLO, value.span, "nothing is always available", "")
                .help(r#"name what may be missed, as in "99.95%""#),
        );
    }
    let latency = latency(reader, block.setting("latency"));
    if availability.is_none() && block.setting("latency").is_none() {
        reader.findings.push(
            error(codes::SLO, block.kind.span, "this objective promises nothing", "")
                .help(r#"add `availability = "99.9%"` or `latency = { p99 = "200ms" }`"#),
        );
    }
    reader.system.slos.push(Slo {
        name,
        doc: block.doc.clone(),
        covers,
        availability_ppm,
        latency,
        window_us: duration(block, "window"),
        span: block.span,
    });
}

/// An objective says what it is about, but where nothing is declared that it could name: beside the files of an existing
/// system it is about all of that.
fn check_covers(reader: &mut Reader<'_>, block: &Block) {
    let has_contexts = !reader.system.contexts.is_empty();
    match block.setting("covers") {
        None if has_contexts => reader.findings.push(missing(&block.kind, "covers", "slo")),
        Some(value) if !has_contexts => reader.findings.push(
            error(codes::SLO, value.span, "there is nothing here that an objective could name", "no `context`")
                .help("leave `covers` out beside an existing system: the objective is about all of it; in a blueprint, declare what it covers in a `context`"),
        ),
        _ => {}
    }
}

/// Latencies in ascending order of percentile; a higher percentile is never faster.
pub(super) fn latency(reader: &mut Reader<'_>, value: Option<&Expression>) -> Vec<(u32, i64)> {
    let Some(value) = value else { return Vec::new() };
    let mut latencies: Vec<(u32, i64)> = Vec::new();
    for (name, ppm) in PERCENTILES {
        let Some(entry) = value.entry(name) else { continue };
        let Some(us) = entry.text().and_then(units::duration) else { continue };
        if latencies.last().is_some_and(|(_, before)| *before > us) {
            let title = format!("`{name}` is faster than a lower percentile");
            reader.findings.push(
                error(codes::SLO, entry.span, title, "")
                    .help("a higher percentile takes at least as long"),
            );
        }
        latencies.push((ppm, us));
    }
    latencies
}

/// An operation: `catalog.Product.read`, `sales.Order.place`, a whole entity, or an integration's.
fn covered(reader: &mut Reader<'_>, value: &Expression) -> Option<Name> {
    let path = value.path()?;
    let name = crate::view::joined(&path);
    let (last, owner) = path.split_last()?;
    let is_operation = OPERATIONS.contains(&last.text.as_str())
        && matches!(reader.names.resolve(owner, None), Ok(Symbol::Entity(_)));
    if is_operation {
        return Some(name);
    }
    match reader.names.resolve(&path, None) {
        Ok(Symbol::Command(_) | Symbol::Operation(..) | Symbol::Entity(_)) => Some(name),
        Ok(symbol) => {
            let finding = crate::resolve::names::wrong_kind(&path, symbol, "an operation");
            reader.findings.push(
                finding.help(format!(
                    "name a command, or one of {} of an entity",
                    listed(&OPERATIONS)
                )),
            );
            None
        }
        Err(finding) => {
            reader.findings.push(finding);
            None
        }
    }
}
