//! What PostgreSQL is told, for the small shop of this crate's tests. That it takes whole schemas and every statement over them is
//! shown where the driver is.

use super::*;
use crate::{
    sql::script,
    testing::{ORDER, PRODUCT, USER, plan},
};

fn table(entity: EntityId) -> TableSchema {
    let table = tables(&plan()).unwrap().into_iter().find(|it| it.entity == entity);
    table.unwrap()
}

#[test]
fn names_that_the_database_keeps_are_no_schemas_and_long_ones_are_cut_by_us() {
    let check = |context: &str, expected: &str| assert_eq!(schema_name(context), expected);
    check("sales", "sales");
    for kept in ["public", "information_schema", "architrave", "pg_catalog", "pg_x"] {
        check(kept, &format!("${kept}"));
    }
    let (one, other) = (format!("{}a", "x".repeat(70)), format!("{}b", "x".repeat(70)));
    assert_eq!(schema_name(&one).len(), 63);
    assert_ne!(schema_name(&one), schema_name(&other), "cut names stay apart");
}

#[test]
fn an_order_and_its_index_agree_about_nulls() {
    let check = |is_ascending, is_nullable, expected: &str| {
        assert_eq!(index::direction(is_ascending, is_nullable), expected);
    };
    check(true, true, " NULLS FIRST");
    check(false, true, " DESC NULLS LAST");
    check(true, false, "");
    check(false, false, " DESC");
}

#[test]
fn encrypted_values_are_bytes_with_their_hash_beside_them_and_have_no_checks() {
    let plan = plan();
    for column in plan.tables.iter().flat_map(|it| column::columns(it).into_iter().zip([it; 99])) {
        let (ColumnSchema { holds, sql_type, check, .. }, table) = column;
        let (ColumnUse::Value(id) | ColumnUse::Lookup(id)) = holds else { continue };
        let is_sealed = table.column(id).unwrap().encryption.is_some();
        assert_eq!(sql_type == "bytea", is_sealed, "{}", table.physical);
        assert!(!is_sealed || check.is_empty());
    }
    let has_lookup = |it: &ColumnSchema| matches!(it.holds, ColumnUse::Lookup(_));
    assert!(table(USER).columns.iter().any(has_lookup));
}

#[test]
fn rows_of_a_tenant_are_named_by_tenant_and_id() {
    let product = table(PRODUCT);
    let key = "CONSTRAINT \"_pk_catalog_product\" PRIMARY KEY (\"tenant_id\", \"id\")";
    assert_eq!(product.primary_key, key);
    let keys = table(ORDER).foreign_keys;
    assert!(keys.iter().all(|it| it.add.ends_with(" ON DELETE RESTRICT")), "{keys:?}");
    assert!(keys.iter().any(|it| it.add.contains("(\"tenant_id\", \"id\")")), "{keys:?}");
}

#[test]
fn what_an_author_writes_stays_within_its_comment() {
    let mut plan = plan();
    for entity in &mut plan.system.entities {
        entity.doc = "it's \\ a; -- \0 trap".to_owned();
    }
    let comments = table_comments(&plan);
    assert!(comments.iter().all(|it| it.ends_with(" IS 'it''s \\ a; --  trap'")), "{comments:?}");
}

fn table_comments(plan: &Plan) -> Vec<String> {
    let tables = tables(plan).unwrap();
    tables.iter().filter_map(|it| it.comments.first().cloned()).collect()
}

#[test]
fn the_whole_schema_is_the_same_each_time_and_keys_come_last() {
    let text = script::postgres(&plan()).unwrap();
    assert_eq!(text, script::postgres(&plan()).unwrap());
    let (last, first) = (text.rfind("CREATE TABLE").unwrap(), text.find("ADD CONSTRAINT").unwrap());
    assert!(last < first, "a key may name any table");
    assert!(!text.contains(" ENUM"), "no enumerations of the database");
}
