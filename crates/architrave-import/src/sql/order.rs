//! Which files are migrations, in which order they run, and which lead back.

use std::cmp::Ordering;

/// What a file of SQL is, by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// Says how things are: a dump, a schema.
    State,
    /// A step of a series.
    Migration {
        /// The folder of the series; migrations of one database.
        series: String,
        /// When it runs.
        order: Order,
    },
    /// Leads back, or checks a step: never part of how things are.
    WayBack,
}

/// When a migration runs within its series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    /// Flyway's `R__…` run behind all others.
    is_last: bool,
    numbers: Vec<u128>,
    name: String,
}

impl Ord for Order {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |it: &Self| (it.is_last, it.numbers.clone(), it.name.clone());
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Order {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Folders whose files are migrations, whatever they are called.
const MIGRATION_FOLDERS: &[&str] =
    &["migrations", "migration", "migrate", "versions", "drizzle", "changelog", "changelogs"];

/// Endings of names of files that lead back.
const WAYS_BACK: &[&str] = &[
    ".down.sql",
    "_down.sql",
    "-down.sql",
    "/down.sql",
    ".undo.sql",
    ".rollback.sql",
    "_rollback.sql",
    ".revert.sql",
];

/// Whether a name is the address of a database whose schema was read, rather than a path.
pub(super) fn is_live(name: &str) -> bool {
    name.starts_with("postgres://")
}

/// The role of a file.
pub(super) fn role(path: &str) -> Role {
    if is_live(path) {
        return Role::State;
    }
    let lower = format!("/{}", path.to_ascii_lowercase());
    let parts: Vec<&str> = path.split('/').collect();
    let (name, folders) = parts.split_last().map_or(("", &[][..]), |(name, rest)| (*name, rest));
    let is_back = |folder: &&str| matches!(*folder, "down" | "revert" | "rollback" | "undo");
    if WAYS_BACK.iter().any(|it| lower.ends_with(it)) || folders.last().is_some_and(is_back) {
        return Role::WayBack;
    }
    let folder = folders.join("/");
    if let Some((kind, numbers)) = flyway(name) {
        let order = Order { is_last: kind == 'R', numbers, name: name.to_owned() };
        return match kind {
            'U' => Role::WayBack,
            _ => Role::Migration { series: folder, order },
        };
    }
    // Prisma and Diesel: a folder for each step.
    if matches!(name, "migration.sql" | "up.sql")
        && let Some((step, above)) = folders.split_last()
        && let Some(numbers) = leading_numbers(step)
    {
        let order = Order { is_last: false, numbers, name: (*step).to_owned() };
        return Role::Migration { series: above.join("/"), order };
    }
    let is_in_migrations = folders
        .iter()
        .rev()
        .take(3)
        .any(|it| MIGRATION_FOLDERS.contains(&it.to_ascii_lowercase().as_str()));
    let numbers = leading_numbers(name);
    // Two digits number the files of a first start (`01-schema.sql`), three and more a series.
    let is_numbered = name.bytes().take_while(u8::is_ascii_digit).count() >= 3;
    if is_in_migrations || is_numbered {
        let numbers = numbers.unwrap_or_default();
        let order = Order { is_last: false, numbers, name: name.to_owned() };
        return Role::Migration { series: folder, order };
    }
    Role::State
}

/// `V1.2__name.sql`, `U1__name.sql`, `R__name.sql`.
fn flyway(name: &str) -> Option<(char, Vec<u128>)> {
    let (version, rest) = name.split_once("__")?;
    let kind = version.chars().next().filter(|it| matches!(it, 'V' | 'U' | 'R'))?;
    let digits = version.get(1..)?;
    if !rest.to_ascii_lowercase().ends_with(".sql")
        || (kind == 'R') != digits.is_empty()
        || !digits.bytes().all(|it| it.is_ascii_digit() || matches!(it, b'.' | b'_'))
    {
        return None;
    }
    let numbers = digits.split(['.', '_']).filter(|it| !it.is_empty());
    Some((kind, numbers.map(number).collect()))
}

/// The numbers at the beginning of a name: `20240131_x` is `[20240131]`, `2024-01-31-000000_x` is four.
fn leading_numbers(name: &str) -> Option<Vec<u128>> {
    let end = name.find(|it: char| !it.is_ascii_digit() && !matches!(it, '-' | '_' | '.'))?;
    let numbers: Vec<u128> =
        name.get(..end)?.split(['-', '_', '.']).filter(|it| !it.is_empty()).map(number).collect();
    (!numbers.is_empty()).then_some(numbers)
}

fn number(digits: &str) -> u128 {
    digits.parse().unwrap_or(u128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_what_a_file_is() {
        let check = |path: &str, expected: &str| {
            let found = match role(path) {
                Role::State => "state".to_owned(),
                Role::WayBack => "back".to_owned(),
                Role::Migration { series, order } => format!("{series} {:?}", order.numbers),
            };
            assert_eq!(found, expected, "{path}");
        };
        check("db/structure.sql", "state");
        check("schema.sql", "state");
        check("postgres://db/2024_migrations", "state");
        check("init/01-schema.sql", "state");
        check("sql/V1_2__orders.sql", "sql [1, 2]");
        check("sql/V1.10__orders.sql", "sql [1, 10]");
        check("sql/U1__orders.sql", "back");
        check("sql/R__views.sql", "sql []");
        check("db/migrations/000001_a.up.sql", "db/migrations [1]");
        check("db/migrations/000001_a.down.sql", "back");
        check(
            "prisma/migrations/20240131120000_init/migration.sql",
            "prisma/migrations [20240131120000]",
        );
        check("migrations/2024-01-31-000000_users/up.sql", "migrations [2024, 1, 31, 0]");
        check("migrations/2024-01-31-000000_users/down.sql", "back");
        check("supabase/migrations/20240131_x.sql", "supabase/migrations [20240131]");
        check("drizzle/0001_x.sql", "drizzle [1]");
        check("shop/migrations/sql/add.sql", "shop/migrations/sql []");
        check("deploy/revert/users.sql", "back");
    }

    #[test]
    fn steps_run_by_number_and_not_by_text() {
        let order = |path: &str| match role(path) {
            Role::Migration { order, .. } => order,
            _ => panic!("{path}"),
        };
        assert!(order("m/V2__a.sql") < order("m/V10__a.sql"));
        assert!(order("m/V10__a.sql") < order("m/R__a.sql"));
        assert!(order("migrations/9_a.sql") < order("migrations/10_a.sql"));
    }
}
