//! What an objective covers of the API.

use crate::{Operation, Plan};

/// The operations that an objective means by a path: `catalog.Product.read` is both the list and the single row,
/// `catalog.Product.write` is creating, changing and deleting, `catalog.Product` is everything about products. Empty for
/// calls of other systems.
#[must_use]
pub fn covered<'p>(plan: &'p Plan, path: &str) -> Vec<&'p Operation> {
    let (owner, last) = path.rsplit_once('.').unwrap_or(("", path));
    let parts: &[&str] = match last {
        "read" => &["read", "list"],
        "write" => &["create", "update", "delete"],
        _ => &[],
    };
    let is_meant = |name: &str| {
        let (of, what) = name.rsplit_once('.').unwrap_or(("", name));
        name == path || of == path || (of == owner && parts.contains(&what))
    };
    plan.operations.iter().filter(|it| is_meant(&it.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_means_an_operation_a_kind_or_everything_about_an_entity() {
        let plan = crate::testing::plan();
        let check = |path: &str, expected: &[&str]| {
            let found: Vec<&str> = covered(&plan, path).iter().map(|it| it.name.as_str()).collect();
            assert_eq!(found, expected, "{path}");
        };
        check("payments.gateway.charge", &[]);
        for operation in &plan.operations {
            let found = covered(&plan, &operation.name);
            assert!(found.iter().any(|it| it.name == operation.name), "{}", operation.name);
        }
        let all = covered(&plan, "catalog.Product").len();
        let reads = covered(&plan, "catalog.Product.read").len();
        let writes = covered(&plan, "catalog.Product.write").len();
        assert!(all >= reads + writes && reads > 0, "{all} {reads} {writes}");
    }
}
