//! Leaves out components that nothing refers to, so that a document describes what its API has.

use std::collections::BTreeSet;

use crate::json::Json;

/// Groups that are named by keyword, not by reference.
const KEPT: &[&str] = &["securitySchemes"];

/// The components that the paths refer to, directly or through other components.
pub(crate) fn prune(paths: &Json, components: Json) -> Json {
    let mut used = BTreeSet::new();
    let mut found = references(paths);
    // Each round follows the references of the components found in the round before.
    while !found.is_empty() {
        let fresh: Vec<String> = found.into_iter().filter(|it| used.insert(it.clone())).collect();
        found = fresh
            .iter()
            .filter_map(|it| it.split_once('/'))
            .filter_map(|(group, name)| components.get(group)?.get(name))
            .flat_map(references)
            .collect();
    }
    let Json::Object(groups) = components else { return components };
    let kept = groups.into_iter().map(|(group, members)| match members {
        Json::Object(members) if !KEPT.contains(&group.as_str()) => {
            let members =
                members.into_iter().filter(|it| used.contains(&format!("{group}/{}", it.0)));
            (group.clone(), Json::Object(members.collect()))
        }
        other => (group, other),
    });
    Json::Object(kept.collect())
}

/// All components that a value refers to, as `group/name`.
fn references(value: &Json) -> Vec<String> {
    match value {
        Json::Array(items) => items.iter().flat_map(references).collect(),
        Json::Object(members) => members
            .iter()
            .flat_map(|(name, value)| match value {
                Json::Text(target) if name == "$ref" => {
                    target.strip_prefix("#/components/").map(str::to_owned).into_iter().collect()
                }
                other => references(other),
            })
            .collect(),
        _ => Vec::new(),
    }
}
