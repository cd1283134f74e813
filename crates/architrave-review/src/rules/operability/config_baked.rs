//! OPS-10: an address that is right in one environment only.

use std::collections::BTreeSet;

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Known};

pub(super) const RULE: Rule = Rule {
    id: "OPS-10",
    name: "config-baked",
    family: Family::Operability,
    title: "the address of one environment is written down for all",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Config (The Twelve-Factor App)",
        url: "https://12factor.net/config",
    }],
    maps: &[],
    reads_names: true,
    page: include_str!("config_baked.md"),
    judge,
};

/// Words that stand for one environment among several, as labels of a host name.
const ENVIRONMENTS: [&str; 10] = [
    "dev",
    "development",
    "test",
    "testing",
    "qa",
    "staging",
    "stage",
    "sandbox",
    "uat",
    "preprod",
];

fn judge(graph: &Graph, say: &mut Verdicts) {
    let mut seen = BTreeSet::new();
    // Manifests are written for one environment each; an address in them is another rule's (FIT-19).
    for external in graph.externals.iter().filter(|_| graph.is_closed) {
        let mine = graph.edges.iter().filter(|it| it.to == external.node.id);
        for edge in mine {
            if !seen.insert(&external.node.id) {
                break;
            }
            match &edge.address {
                Known::Unknown => {}
                Known::Absent(_) => say.pass(&external.node),
                Known::Is(address, origin) => match of_one_environment(address) {
                    None => say.pass(&external.node),
                    Some(why) => {
                        say.fail(
                            &external.node,
                            format!(
                                "`{}` is asked at {}, which is {why}",
                                external.node.name,
                                host(address)
                            ),
                        )
                        .at(origin.span, "the same in every environment")
                        .help("read it when the system starts: `base_url = env(\"SOME_URL\")`");
                    }
                },
            }
        }
    }
}

fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |it| it.1);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or(rest);
    authority.rsplit_once('@').map_or(authority, |it| it.1)
}

/// Why an address cannot be right everywhere.
fn of_one_environment(address: &str) -> Option<&'static str> {
    let host = host(address).to_ascii_lowercase();
    let name = host
        .rsplit_once(':')
        .filter(|it| it.1.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host.as_str(), |it| it.0);
    if name == "localhost"
        || name == "host.docker.internal"
        || name.starts_with("127.")
        || name == "[::1]"
    {
        return Some("this machine");
    }
    let is_private = name.starts_with("10.") || name.starts_with("192.168.");
    if is_private && name.bytes().all(|it| it.is_ascii_digit() || it == b'.') {
        return Some("an address of one private network");
    }
    let mut words = name.split(['.', '-']);
    words.any(|it| ENVIRONMENTS.contains(&it)).then_some("one environment among several")
}

#[cfg(test)]
mod tests {
    use super::of_one_environment;

    #[test]
    fn addresses_of_one_environment_are_told_from_those_that_hold_everywhere() {
        let check = |address: &str, is_one: bool| {
            assert_eq!(of_one_environment(address).is_some(), is_one, "{address}");
        };
        check("http://localhost:8080/v1", true);
        check("https://api.staging.example.com", true);
        check("https://user@sandbox-api.example.com/x", true);
        check("http://10.0.3.4", true);
        check("https://api.example.com", false);
        check("https://10.example.com", false);
        check("https://testament.example.com/dev", false);
    }
}
