//! CMP-03: personal data that leaves the part of the world it has to stay in.

use std::collections::BTreeSet;

use architrave_model::graph::{External, Graph, Known, Store};

use crate::{Family, Input, Rule, Source, Verdicts, subjects::list};

pub(super) const RULE: Rule = Rule {
    id: "CMP-03",
    name: "residency-violation",
    family: Family::Compliance,
    title: "personal data leaves the region",
    impact: 4,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[
        Source {
            title: "GDPR, chapter V (articles 44 to 50): transfers to third countries",
            url: "https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_44",
        },
        Source {
            title: "EDPB Recommendations 01/2020 on supplementary measures",
            url: "https://www.edpb.europa.eu/our-work-tools/our-documents/recommendations/recommendations-012020-measures-supplement-transfer_en",
        },
    ],
    maps: &[("GDPR", "44")],
    reads_names: true,
    page: include_str!("residency_violation.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let Some(regions) = graph.needs.regions.value() else { return };
    let allowed: BTreeSet<&str> = regions.iter().map(|it| jurisdiction(it)).collect();
    for external in &graph.externals {
        let categories = received(graph, external);
        if !categories.is_empty() {
            party(external, &categories, &allowed, regions, say);
        }
    }
    for store in graph.stores.iter().filter(|it| keeps_personal_data(graph, it)) {
        if let Known::Is(region, _) = &store.region {
            if allowed.contains(jurisdiction(region)) {
                say.pass(&store.node);
            } else {
                say.fail(
                    &store.node,
                    format!("`{}` keeps personal data in `{region}`", store.node.name),
                )
                .at_fact(&store.region, "outside")
                .help(format!("move it to {}", list(regions)))
                .because(format!("the system says that it runs in {}", list(regions)));
            }
        }
    }
}

fn party(
    external: &External,
    categories: &[&str],
    allowed: &BTreeSet<&str>,
    regions: &[String],
    say: &mut Verdicts,
) {
    match &external.region {
        Known::Is(region, _) if allowed.contains(jurisdiction(region)) => say.pass(&external.node),
        Known::Is(region, _) => {
            say.fail(&external.node, format!("`{}` is given personal data in `{region}`", external.node.name))
                .at_fact(&external.region, "outside")
                .help(format!("use its region in {}, or leave the data out; a transfer needs a legal ground of its own", list(regions)))
                .because(format!("given to it: {}", list(categories)))
                .because(format!("the system says that it runs in {}", list(regions)));
        }
        Known::Absent(_) | Known::Unknown => {
            say.cannot_tell(
                &external.node,
                "where it runs (`region`), although it is given personal data",
            );
        }
    }
}

/// Kinds of personal data that cross to it.
fn received<'g>(graph: &'g Graph, external: &External) -> Vec<&'g str> {
    let edges = graph.edges.iter().filter(|it| it.to == external.node.id);
    let all: BTreeSet<&str> =
        edges.filter_map(|it| it.personal_data.value()).flatten().map(String::as_str).collect();
    all.into_iter().collect()
}

fn keeps_personal_data(graph: &Graph, store: &Store) -> bool {
    let mut tables =
        graph.tables.iter().filter(|it| it.store.as_deref() == Some(store.node.id.as_str()));
    tables.any(|it| it.columns.iter().any(|it| it.personal.value().is_some()))
}

/// The part of the world under one law, of a region's name as clouds write it: `eu-central-1`, `europe-west4`,
/// `westeurope` and `eu` are one.
fn jurisdiction(region: &str) -> &str {
    const EUROPE: &[&str] =
        &["eu", "europe", "germany", "france", "sweden", "poland", "italy", "spain"];
    const AMERICA: &[&str] = &["us", "eastus", "westus", "centralus"];
    let first = region.split(['-', '_']).next().unwrap_or_default();
    if EUROPE.contains(&first) || EUROPE.iter().skip(1).any(|it| region.contains(it)) {
        "eu"
    } else if AMERICA
        .iter()
        .any(|it| first == *it || first.strip_prefix(*it).is_some_and(|it| it.len() == 1))
    {
        "us"
    } else {
        first
    }
}

#[cfg(test)]
mod tests {
    use super::jurisdiction;

    #[test]
    fn regions_of_one_law_are_one() {
        for region in
            ["eu", "eu-central", "eu-west-1", "europe-west4", "westeurope", "germanywestcentral"]
        {
            assert_eq!(jurisdiction(region), "eu", "{region}");
        }
        for region in ["us-east-1", "us", "eastus2", "us-central1"] {
            assert_eq!(jurisdiction(region), "us", "{region}");
        }
        for region in ["ap-south-1", "uk-south", "ca-central-1", "australiaeast"] {
            assert!(!["eu", "us"].contains(&jurisdiction(region)), "{region}");
        }
    }
}
