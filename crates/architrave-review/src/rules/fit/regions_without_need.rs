//! FIT-17: several regions that no need asks for.

use architrave_model::graph::{Graph, Known, Needs};

use crate::measure::{
    continents::continent,
    words::{list, percent, time},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-17",
    name: "multi-region-without-need",
    family: Family::Fit,
    title: "several regions that no need asks for",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[
        Source {
            title: "Disaster recovery options in the cloud (AWS)",
            url: "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html",
        },
        Source {
            title: "Consistency tradeoffs in modern distributed database system design (D. Abadi)",
            url: "https://doi.org/10.1109/MC.2012.33",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("regions_without_need.md"),
    judge,
};

/// Below this a region that is lost cannot be restored elsewhere in time (from the table of recovery, D-12).
const RESTORE_US_MIN: i64 = 3_600_000_000;
/// From this on, an outage of a region in a year is more than is allowed: 99.99 % are 53 minutes.
const AVAILABILITY_PPM: u32 = 999_900;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let needs = &graph.needs;
    let Known::Is(regions, origin) = &needs.regions else { return };
    if regions.len() < 2 {
        return;
    }
    if has_reason(needs, regions) {
        return say.pass(&graph.system);
    }
    let missing = [
        (needs.users_from.is_unknown(), "where the users are (`from` in `workload`)"),
        (needs.rto_us.is_unknown(), "how long recovery may take (`rto` in `recovery`)"),
        (
            needs.residency.is_unknown(),
            "where personal data must stay (`residency` in `compliance`)",
        ),
    ];
    if let Some((_, what)) = missing.iter().find(|it| it.0) {
        return say.cannot_tell(&graph.system, *what);
    }
    let mut failure = say
        .fail(&graph.system, format!("it runs in {}, and no need asks for more than one", list(regions)))
        .at(origin.span, "several")
        .help("run it in one region with a standby in a second zone and a backup in another region; or write down what asks for more: `from` (users far away), `rto` (back within the hour), `residency`")
        .because("a second region costs the machines, the traffic between them and answers that differ while copies are behind");
    failure = failure.because(match needs.rto_us.value() {
        Some(us) => format!(
            "{} to recover (declared): a restore in another region fits into {}",
            time(*us),
            time(RESTORE_US_MIN)
        ),
        None => "nothing is said of a time to recover".to_owned(),
    });
    let promised = needs.objectives.iter().filter_map(|it| it.availability_ppm.value()).max();
    if let Some(ppm) = promised {
        failure.because(format!(
            "at most {} are promised (declared); below {} one region is enough",
            percent(u64::from(*ppm)),
            percent(u64::from(AVAILABILITY_PPM))
        ));
    }
}

fn has_reason(needs: &Needs, regions: &[String]) -> bool {
    let is_far = needs.users_from.value().is_some_and(|from| {
        let mut continents = from.iter().map(|it| continent(it));
        // Who says that users are in several places, known to us or not, has a reason.
        let first = continents.next();
        continents.any(|it| Some(it) != first || it.is_none())
    });
    let is_soon = needs.rto_us.value().is_some_and(|it| *it < RESTORE_US_MIN);
    let is_kept = needs.residency.value().is_some_and(|it| !it.is_empty());
    let is_always = needs
        .objectives
        .iter()
        .any(|it| it.availability_ppm.value().is_some_and(|it| *it >= AVAILABILITY_PPM));
    let has_quick = needs.objectives.iter().any(|it| it.latency.iter().any(|it| it.1 < 50_000));
    let is_elsewhere = has_quick && needs.users_from.value().is_none() && spans(regions);
    is_far || is_soon || is_kept || is_always || is_elsewhere
}

/// Whether the regions are on several continents.
fn spans(regions: &[String]) -> bool {
    let mut continents = regions.iter().map(|it| continent(it));
    let first = continents.next();
    continents.any(|it| Some(it) != first)
}
