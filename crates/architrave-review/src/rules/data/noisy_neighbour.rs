//! DAT-20: one tenant that makes most of the load, among others who pay for it with their time.

use architrave_model::graph::Graph;

use crate::{
    Family, Input, Rule, Source, Verdicts,
    measure::words::{grouped, percent},
};

pub(super) const RULE: Rule = Rule {
    id: "DAT-20",
    name: "noisy-neighbour",
    family: Family::Data,
    title: "one tenant makes so much load that the others feel it",
    impact: 2,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Noisy neighbor antipattern (Azure Architecture Center)",
        url: "https://learn.microsoft.com/en-us/azure/architecture/antipatterns/noisy-neighbor/noisy-neighbor",
    }],
    maps: &[("STRIDE", "Denial of service")],
    reads_names: false,
    page: include_str!("noisy_neighbour.md"),
    judge,
};

/// A tenant beyond this share is better off, and the others too, with a store of its own.
const SHARE_MAX_PPM: u32 = 300_000;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let needs = &graph.needs;
    let is_apart = needs.isolation.value().is_some_and(|it| it == "database");
    if graph.tenancy.is_shared.value() != Some(&true) || is_apart {
        return;
    }
    let Some(&share) = needs.largest_tenant_ppm.value() else {
        return say.cannot_tell(
            &graph.system,
            "the share of the load that the largest tenant makes (`largest_tenant` in `workload`)",
        );
    };
    if share <= SHARE_MAX_PPM {
        return say.pass(&graph.system);
    }
    let shown = percent(u64::from(share));
    let others = needs
        .tenants
        .value()
        .map_or("the others".to_owned(), |it| format!("{} others", grouped(it.saturating_sub(1))));
    say.fail(&graph.system, format!("one tenant makes {shown} of the load, in one store with {others}"))
        .at_fact(&needs.largest_tenant_ppm, "as is said here")
        .help("give that tenant a system of its own, or bound what each tenant may ask for (`rate_limit = rate(\"600/min\", caller.tenant)`)")
        .because(format!("share of the largest tenant {shown} (declared); more than {} is felt by all", percent(u64::from(SHARE_MAX_PPM))));
}
