//! REL-19: a recovery time that reading the backup alone exceeds.

use architrave_model::graph::Graph;

use crate::measure::{
    recovery,
    words::{bytes, list, time},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-19",
    name: "rto-infeasible",
    family: Family::Reliability,
    title: "bringing the data back takes longer than recovery may",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[
        Source {
            title: "Data integrity (Site Reliability Engineering)",
            url: "https://sre.google/sre-book/data-integrity/",
        },
        Source {
            title: "Amazon EBS General Purpose SSD volumes",
            url: "https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("slow_restore.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let Some(&rto) = graph.needs.rto_us.value() else { return };
    if graph.tables.is_empty() {
        return;
    }
    let (stored, unknown) = recovery::stored_bytes(graph);
    let Some(least) = recovery::restore_us_min(stored) else { return };
    if least > rto {
        say.fail(&graph.system, format!(
            "reading {} back takes {} at least, recovery may take {}", bytes(stored), time(least), time(rto)))
            .at_fact(&graph.needs.rto_us, "promised here")
            .help("keep a standby that already has the data, move what is old to another place, or allow more time")
            .because(format!("{} on disk: declared rows times assumed sizes, indexes and journal included", bytes(stored)))
            .because("125 MB/s (documented: the baseline of a gp3 volume) and 10 s to start (assumed)");
    } else if unknown.len() == graph.tables.len() {
        say.cannot_tell(
            &graph.system,
            format!("how many rows there are in {} (`volume`)", list(&unknown)),
        );
    } else {
        say.pass(&graph.system);
    }
}
