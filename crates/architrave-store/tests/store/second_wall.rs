//! PostgreSQL's second wall: a statement that forgets the tenant sees no other tenant's rows, and whoever serves can
//! change no table.

use architrave_plan::{Plan, sql::postgres};

use crate::support::{
    Bench, OTHER_TENANT, On, TENANT,
    shop::{self, PRODUCT, SHOP, USER},
    text,
};
use uuid::Uuid;

/// A shop with a product in each of two tenants.
fn two_shops() -> Option<Bench> {
    let bench = Bench::on(On::postgres()?, shop::plan());
    for (number, tenant) in [(1, TENANT), (2, OTHER_TENANT)] {
        let domain = format!("{number}.example");
        bench.put(None, SHOP, bench.row(SHOP, tenant, None, &[("domain", text(&domain))]));
        let email = format!("{number}@example.org");
        let id = Uuid::from_u128(number);
        let user = bench.row(USER, id, Some(tenant), &[("email", text(&email))]);
        bench.put(Some(tenant), USER, user);
    }
    Some(bench)
}

fn table(plan: &Plan, entity: architrave_model::EntityId) -> String {
    postgres::tables(plan).unwrap()[entity.0 as usize].qualified()
}

#[test]
fn without_the_tenants_condition_another_tenants_rows_are_not_seen() {
    let Some(bench) = two_shops() else { return };
    let users = table(&bench.plan, USER);
    let check = |tenants: &str, expected: &[u128]| {
        let sql =
            format!("SET architrave.tenants = '{tenants}'; SELECT id FROM {users} ORDER BY id");
        let found = bench.database().rows_serving(&sql).unwrap();
        let expected: Vec<Vec<String>> =
            expected.iter().map(|it| vec![Uuid::from_u128(*it).to_string()]).collect();
        assert_eq!(found, expected, "{tenants:?}");
    };
    check(&format!("{{{TENANT}}}"), &[1]);
    check(&format!("{{{OTHER_TENANT}}}"), &[2]);
    check(&format!("{{{TENANT},{OTHER_TENANT}}}"), &[1, 2]);
    check("*", &[1, 2]);
    check("{}", &[]);
    check("", &[]);
    let unset = bench.database().rows_serving(&format!("SELECT id FROM {users}")).unwrap();
    assert!(unset.is_empty());
}

#[test]
fn what_happened_to_another_tenants_rows_is_not_seen() {
    let Some(bench) = two_shops() else { return };
    let check = |tenants: &str, expected: &[&str]| {
        let nobodys = Uuid::nil();
        let sql = format!(
            "SET architrave.tenants = '{tenants}'; SELECT DISTINCT tenant FROM architrave.journal_event \
             WHERE tenant <> '{nobodys}' ORDER BY tenant"
        );
        let found = bench.database().rows_serving(&sql).unwrap();
        assert_eq!(found.concat(), expected, "{tenants:?}");
    };
    let (one, other) = (TENANT.to_string(), OTHER_TENANT.to_string());
    check(&format!("{{{one}}}"), &[&one]);
    check(&format!("{{{other}}}"), &[&other]);
    let mut both = [&*one, &*other];
    both.sort_unstable();
    check("*", &both);
    check("", &[]);
}

#[test]
fn another_tenants_rows_are_neither_written_nor_changed() {
    let Some(bench) = two_shops() else { return };
    let users = table(&bench.plan, USER);
    let as_tenant = |sql: &str| {
        bench.database().rows_serving(&format!("SET architrave.tenants = '{{{TENANT}}}'; {sql}"))
    };
    let moved = format!("UPDATE {users} SET tenant_id = '{OTHER_TENANT}'");
    assert_eq!(as_tenant(&moved), Err("42501".to_owned()), "a row does not change its tenant");
    let changed = format!("WITH d AS (DELETE FROM {users} RETURNING id) SELECT count(*) FROM d");
    assert_eq!(as_tenant(&changed).unwrap(), [["1"]]);
    let left = bench.database().rows(&format!("SELECT id FROM {users}")).unwrap();
    assert_eq!(left, [[Uuid::from_u128(2).to_string()]]);
}

#[test]
fn every_table_of_tenants_has_the_wall_around_it() {
    let Some(bench) = two_shops() else { return };
    let mut count = 0;
    for (table, schema) in bench.plan.tables.iter().zip(postgres::tables(&bench.plan).unwrap()) {
        let asked = format!(
            "SELECT relrowsecurity AND relforcerowsecurity, \
             (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid AND polname = 'tenant') \
             FROM pg_class c WHERE oid = '{}'::regclass",
            schema.qualified()
        );
        let found = bench.database().rows(&asked).unwrap();
        let expected = if table.tenant.is_some() { ["t", "1"] } else { ["f", "0"] };
        assert_eq!(found, [expected], "{}", schema.name);
        count += usize::from(table.tenant.is_some());
    }
    assert!(count > 2, "the shop has tables of tenants");
}

#[test]
fn whoever_serves_changes_no_table_and_no_history() {
    let Some(bench) = two_shops() else { return };
    let products = table(&bench.plan, PRODUCT);
    let (schema, _) = products.split_once('.').unwrap();
    for sql in [
        format!("CREATE TABLE {schema}.more (id bigint)"),
        "CREATE TABLE architrave.more (id bigint)".to_owned(),
        "CREATE SCHEMA more".to_owned(),
        format!("ALTER TABLE {products} DISABLE ROW LEVEL SECURITY"),
        format!("ALTER TABLE {products} ADD COLUMN more bigint"),
        format!("DROP TABLE {products}"),
        format!("DROP POLICY tenant ON {products}"),
        format!("TRUNCATE {products}"),
        "UPDATE architrave.journal_tx SET kind = kind".to_owned(),
        "DELETE FROM architrave.journal_event".to_owned(),
        "SELECT setval('architrave.journal_tx_seq_seq', 1)".to_owned(),
    ] {
        assert_eq!(bench.database().rows_serving(&sql), Err("42501".to_owned()), "{sql}");
    }
}

#[test]
fn words_are_found_by_their_index_behind_the_wall() {
    let Some(bench) = two_shops() else { return };
    let searched = postgres::security::searched(&bench.plan, PRODUCT);
    assert_ne!(searched, table(&bench.plan, PRODUCT));
    let words = &bench.plan[PRODUCT].search.as_ref().unwrap().physical;
    let explained = |from: &str| {
        let sql = format!(
            "SET enable_seqscan = off; SET enable_indexscan = off; SET architrave.tenants = '{{{TENANT}}}'; \
             EXPLAIN SELECT id FROM {from} WHERE {words} @@ 'x'::tsquery"
        );
        let lines = bench.database().rows_serving(&sql).unwrap();
        lines.concat().join("\n")
    };
    let plan = explained(&searched);
    assert!(plan.contains("_words_"), "{plan}");
    // Why there is a view: the table itself is not asked by its index.
    assert!(!explained(&table(&bench.plan, PRODUCT)).contains("_words_"));
}

#[test]
fn a_server_that_may_lose_what_it_acknowledges_is_refused() {
    let Some(mut bench) = two_shops() else { return };
    bench.store = None;
    let name = bench.database().rows("SELECT current_database()").unwrap().concat().concat();
    bench.database().rows(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).unwrap();
    let fault = bench.open().unwrap_err();
    assert!(fault.what.contains("synchronous_commit is off"), "{fault}");
    bench.database().rows(&format!("ALTER DATABASE {name} RESET synchronous_commit")).unwrap();
    bench
        .database()
        .rows("SELECT setval('architrave.journal_tx_seq_seq', 1); ALTER SEQUENCE architrave.journal_tx_seq_seq CACHE 10")
        .unwrap();
    let fault = bench.open().unwrap_err();
    assert!(
        fault.what.contains("CACHE 10") && fault.what.contains("behind the journal"),
        "{fault}"
    );
}
