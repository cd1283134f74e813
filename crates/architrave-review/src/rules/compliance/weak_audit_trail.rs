//! CMP-07: a trail that ends before the law looks at it.

use architrave_model::{
    Change, Proposal,
    graph::{Graph, Known},
};

use super::regimes;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "CMP-07",
    name: "weak-audit-trail",
    family: Family::Compliance,
    title: "the audit trail is kept too short",
    impact: 3,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[
        Source {
            title: "45 CFR 164.316(b)(2)(i): retain for six years (HIPAA)",
            url: "https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-C/part-164/subpart-C/section-164.316",
        },
        Source {
            title: "PCI DSS 4.0.1, requirement 10.5.1",
            url: "https://www.pcisecuritystandards.org/document_library/",
        },
        Source {
            title: "SEC: retention of records of audits, seven years (Sarbanes-Oxley, section 802)",
            url: "https://www.sec.gov/rules/2003/01/retention-records-relevant-audits-and-reviews",
        },
    ],
    maps: &[("STRIDE", "Repudiation")],
    reads_names: false,
    page: include_str!("weak_audit_trail.md"),
    judge,
};

const DAY_US: i64 = 86_400_000_000;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let demands = regimes::declared(&graph.needs).iter().filter_map(|declared| {
        let (days, source) = regimes::known(declared)?.trail?;
        Some((declared, days, source))
    });
    let Some((regime, days, source)) = demands.max_by_key(|it| it.1) else { return };
    match &graph.needs.audit_retention_us {
        Known::Unknown => say.cannot_tell(&graph.system, "how long the audit trail is kept"),
        Known::Is(kept, _) if *kept >= days.saturating_mul(DAY_US) => say.pass(&graph.system),
        kept => {
            let years = days / 365;
            let unit = if years == 1 { "year" } else { "years" };
            let failure = say
                .fail(
                    &graph.system,
                    format!("`{regime}` asks for an audit trail of {years} {unit}"),
                )
                .at_fact(kept, "`audit_retention` is missing or shorter")
                .help(format!("set `audit_retention = \"{years}y\"`, or longer"))
                .because(source)
                .because(match kept.value() {
                    Some(kept) => format!("kept: {} days", kept / DAY_US),
                    None => "no `audit_retention` is set".to_owned(),
                });
            // Of the block itself, where it stands alone.
            if let Some(block) = graph.needs.regimes.span() {
                failure.propose(Proposal {
                    title: format!("keep the trail for {years} {unit}"),
                    is_unambiguous: true,
                    changes: vec![Change::Set {
                        block,
                        name: "audit_retention".to_owned(),
                        value: format!("\"{years}y\""),
                    }],
                });
            }
        }
    }
}
