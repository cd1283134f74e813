//! REL-18: backups that are further apart than what may be lost.

use architrave_model::{
    Change, Proposal,
    graph::{Graph, Known},
};

use crate::measure::words::time;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-18",
    name: "backup-gap",
    family: Family::Reliability,
    title: "more may be lost than anybody accepted",
    impact: 4,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Data integrity (Site Reliability Engineering)",
        url: "https://sre.google/sre-book/data-integrity/",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("backup_gap.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    if graph.tables.is_empty() {
        return;
    }
    match (&graph.needs.rpo_us, &graph.needs.backup_every_us) {
        (Known::Is(rpo, _), Known::Is(every, _)) if every <= rpo => say.pass(&graph.system),
        (Known::Is(rpo, _), Known::Is(every, origin)) => {
            say.fail(&graph.system, format!(
                "{} may be lost, but backups are {} apart", time(*rpo), time(*every)))
                .at(origin.span, "what was written since the last one is gone")
                .also(graph.needs.rpo_us.span(), "what may be lost")
                .help(if *rpo == 0 {
                    "nothing may be lost: say `backup = \"0s\"` once every write reaches a second place before it is answered, or accept an `rpo`"
                } else {
                    "take backups at least as often as `rpo` says, or accept a longer one"
                })
                .because(format!("`rpo` {} and `backup` {} (both declared)", time(*rpo), time(*every)));
        }
        (Known::Is(rpo, origin), Known::Absent(_)) => {
            let failure = say
                .fail(&graph.system, format!("{} may be lost, but nobody says how it is backed up", time(*rpo)))
                .at(origin.span, "no `backup` here")
                .help("say how often the data folder is copied to another place: `backup = \"1h\"`; `\"0s\"` where each write reaches a second place before it is answered")
                .because(format!("`rpo` {} (declared); a durable write survives a crash, not the loss of its disk", time(*rpo)));
            if let (true, Some(block), true) = (graph.is_closed, origin.span, *rpo > 0) {
                failure.propose(Proposal {
                    title: "write down the backups that `rpo` asks for".to_owned(),
                    is_unambiguous: false,
                    changes: vec![Change::Set {
                        block,
                        name: "backup".to_owned(),
                        value: format!("\"{}s\"", (*rpo / 1_000_000).max(1)),
                    }],
                });
            }
        }
        (Known::Unknown | Known::Absent(_), _) => {
            say.cannot_tell(&graph.system, "how much may be lost (`rpo` in `recovery`)")
        }
        (_, Known::Unknown) => say.cannot_tell(&graph.system, "how often it is backed up"),
    }
}
