//! REL-18: backups that are further apart than what may be lost.

use architrave_model::{
    Change, Proposal,
    graph::{Graph, Known, Store, StoreKind},
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
    reads: &[Input::Blueprint, Input::Compose],
    sources: &[Source {
        title: "Data integrity (Site Reliability Engineering)",
        url: "https://sre.google/sre-book/data-integrity/",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("backup_gap.md"),
    judge,
};

/// What may be lost, where nobody says: a day.
const RPO_ASSUMED_US: i64 = 86_400_000_000;

fn judge(graph: &Graph, say: &mut Verdicts) {
    if !graph.is_closed {
        return graph
            .stores
            .iter()
            .filter(|it| must_survive(it))
            .for_each(|it| judge_store(it, say));
    }
    if graph.tables.is_empty() {
        return;
    }
    match (&graph.needs.rpo_us, &graph.needs.backup_every_us) {
        (Known::Is(rpo, _), Known::Is(every, _)) if every <= rpo => say.pass(&graph.system),
        (Known::Is(rpo, _), Known::Is(every, origin)) => {
            say.fail(&graph.system, format!(
                "{} may be lost, but backups are {} apart", amount(*rpo), time(*every)))
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
                .fail(&graph.system, format!("{} may be lost, but nobody says how it is backed up", amount(*rpo)))
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

fn amount(rpo_us: i64) -> String {
    if rpo_us == 0 { "nothing".to_owned() } else { time(rpo_us) }
}

/// Rows and documents are where things are first written down; what is searched or cached comes from them.
fn must_survive(store: &Store) -> bool {
    matches!(store.kind.value(), Some(StoreKind::Relational | StoreKind::Document))
        && store.is_persistent.value() != Some(&false)
}

fn judge_store(store: &Store, say: &mut Verdicts) {
    let name = &store.node.name;
    match store.backup_every_us {
        Known::Is(every, _) if every <= RPO_ASSUMED_US => say.pass(&store.node),
        Known::Is(every, origin) => {
            say.fail(
                &store.node,
                format!("up to {} of `{name}` are gone when its disk is", time(every)),
            )
            .at(origin.span, "so far apart")
            .help("take a copy every day at least, and say how much may be lost")
            .because(format!("copies are {} apart (observed)", time(every)))
            .because("a day may be lost (assumed: nobody says how much)");
        }
        Known::Unknown => say.cannot_tell(&store.node, format!("how often `{name}` is backed up")),
        Known::Absent(origin) => {
            say.fail(&store.node, format!("nothing makes a copy of `{name}`"))
                .at(origin.span, "no backup here");
        }
    }
}
