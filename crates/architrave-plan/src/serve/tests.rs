//! Which queries an index serves, in which order, and what is said of the others.

use architrave_model::Value;

use super::{Condition, IndexToAdd, ListQuery, Served, ServedBy};
use crate::{
    ColumnId, Direction, FilterOperator, Plan, SortKey, Table,
    testing::{ORDER, PRODUCT, SHOP, USER, derived, plan, reference, system},
};
use architrave_model::EntityId;

/// `price=7`, `price[gte]=7`, `note[null]=true`.
fn condition(table: &Table, text: &str) -> (ColumnId, FilterOperator, Value) {
    let (key, value) = text.split_once('=').unwrap();
    let (path, operator) = key.split_once('[').map_or((key, "eq]"), |it| it);
    let operator = match operator {
        "eq]" => FilterOperator::Eq,
        "ne]" => FilterOperator::Ne,
        "gte]" => FilterOperator::Gte,
        "lt]" => FilterOperator::Lt,
        "in]" => FilterOperator::In,
        "null]" => FilterOperator::Null,
        other => unreachable!("{other}"),
    };
    let value = match value {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        other => Value::Text(other.to_owned()),
    };
    (table.column_at(path).unwrap(), operator, value)
}

fn serve(plan: &Plan, entity: EntityId, query: &str) -> Result<Served, IndexToAdd> {
    let table = &plan[entity];
    let parts: Vec<&str> = query.split('&').filter(|it| !it.is_empty()).collect();
    let sort = parts.iter().find_map(|it| it.strip_prefix("sort="));
    let sort: Vec<SortKey> = sort
        .into_iter()
        .flat_map(|it| it.split(','))
        .map(|it| {
            let (path, direction) = it
                .strip_prefix('-')
                .map_or((it, Direction::Ascending), |it| (it, Direction::Descending));
            SortKey { column: table.column_at(path).unwrap(), direction }
        })
        .collect();
    let owned: Vec<_> = parts
        .iter()
        .filter(|it| !it.starts_with("sort=") && **it != "q")
        .map(|it| condition(table, it))
        .collect();
    let conditions: Vec<Condition<'_>> = owned
        .iter()
        .map(|(column, operator, value)| Condition { column: *column, operator: *operator, value })
        .collect();
    let has_search = parts.contains(&"q");
    plan.serve(&ListQuery { entity, conditions: &conditions, sort: &sort, has_search })
}

fn text(plan: &Plan, entity: EntityId, query: &str) -> String {
    let table = &plan[entity];
    match serve(plan, entity, query) {
        Err(it) => it.index.unwrap_or(it.detail),
        Ok(served) => {
            let by = match served.by {
                ServedBy::PrimaryKey => "primary key",
                ServedBy::Search => "search",
                ServedBy::Index(position) => table.indexes[position].physical.as_str(),
            };
            let sort = served.sort.iter().map(|it| {
                let sign = if it.direction == Direction::Descending { "-" } else { "" };
                format!("{sign}{}", table.columns[usize::from(it.column.0)].path)
            });
            format!("{by}: {}", sort.collect::<Vec<_>>().join(","))
        }
    }
}

#[test]
fn an_index_serves_equalities_then_one_range_or_the_order() {
    let plan = plan();
    let check =
        |query: &str, expected: &str| assert_eq!(text(&plan, PRODUCT, query), expected, "{query}");
    let price = "catalog_product_price_idx: ";
    let name = "catalog_product_name_price_idx: ";
    check("", "primary key: id");
    check("sort=-id", "primary key: -id");
    check("price=5", &format!("{price}id"));
    check("price=5&sort=-id", &format!("{price}-id"));
    check("price[gte]=5&price[lt]=9", &format!("{price}price,id"));
    check("sort=-price", &format!("{price}-price,-id"));
    check("name=a&sort=-price", &format!("{name}-price,-id"));
    check("name=a&sort=price", &format!("{name}price,id"));
    check("name=a&sort=name", &format!("{name}-price,-id"));
    check("name=a", &format!("{name}-price,-id"));
    check("name=a&price=5", &format!("{name}-id"));
    check("name=a&price[lt]=5", &format!("{name}-price,-id"));
    check("name[in]=a", &format!("{name}name,-price,-id"));
    check("name=a&price[ne]=5", &format!("{name}-price,-id"));
    check("name=a&price[in]=5&sort=-price", &format!("{name}-price,-id"));
    check("q&price=5&name[ne]=a", "search: ");
}

#[test]
fn a_key_that_one_row_has_goes_with_anything() {
    let plan = plan();
    assert_eq!(text(&plan, PRODUCT, "id=1&price=5&sort=name"), "primary key: name,id");
    assert_eq!(text(&plan, PRODUCT, "id[in]=1&note[ne]=x"), "primary key: id");
    assert_eq!(text(&plan, SHOP, "domain=a"), "accounts_shop_domain_key: id");
    assert_eq!(text(&plan, USER, "email[in]=a&email[ne]=b"), "accounts_user_email_key: id");
}

#[test]
fn what_no_index_serves_names_the_index_to_add() {
    let plan = plan();
    let check =
        |query: &str, expected: &str| assert_eq!(text(&plan, PRODUCT, query), expected, "{query}");
    check("note=x", "index { on = [note] }");
    check("note=x&price[lt]=5", "index { on = [note, price] }");
    check("note[null]=true&sort=-price", "index { on = [note, desc(price)] }");
    check("price=5&sort=-name", "index { on = [price, desc(name)] }");
    check("sort=price,name", "index { on = [price, name] }");
    check("note[null]=false", "index { on = [note] }");
    check("price[ne]=5", "`price` only narrows what another filter has found; add an `eq` filter.");
    check(
        "price[lt]=5&name[gte]=a",
        "One range at a time: `price` and `name` cannot share an index.",
    );
    check(
        "price[lt]=5&sort=name",
        "A range of `price` comes in the order of `price`; sort by it first, not by `name`.",
    );
    check("q&sort=price", "A search has an order of its own; leave out `sort`.");
}

#[test]
fn a_partial_index_serves_what_its_condition_follows_from() {
    let plan = plan();
    let check =
        |query: &str, expected: &str| assert_eq!(text(&plan, PRODUCT, query), expected, "{query}");
    let stock = "catalog_product_stock_idx: ";
    check("published=true&sort=-stock", &format!("{stock}-stock,-id"));
    check("published=true&stock[lt]=5", &format!("{stock}stock,id"));
    check("published=true", &format!("{stock}stock,id"));
    check("sort=stock", "index { on = [stock] }");
    check("published=false&sort=stock", "index { on = [published, stock] }");
}

#[test]
fn an_order_nobody_asked_for_tells_nothing_hidden() {
    let plan = plan();
    // `cost` is hidden from customers: who may filter by it says so, the order by it is asked for then.
    assert_eq!(text(&plan, PRODUCT, "sort=cost"), "catalog_product_cost_idx: cost,id");
    assert_eq!(text(&plan, PRODUCT, "cost[gte]=3"), "catalog_product_cost_idx: cost,id");
}

#[test]
fn references_are_served_by_their_own_index() {
    let plan = plan();
    assert_eq!(text(&plan, ORDER, "customer=1"), "sales_order_customer_id_idx: id");
    assert_eq!(text(&plan, ORDER, "sort=number"), "sales_order_number_key: number,id");
    // Where the tenant stands behind the reference, only who asks for the reference is served.
    let mut system = system();
    system.entities[usize::try_from(ORDER.0).unwrap()].fields.push(reference("by", SHOP));
    let plan = derived(system, &crate::Lock::default()).plan;
    assert_eq!(text(&plan, ORDER, "by=1"), "sales_order_by_id_tenant_id_idx: id");
    assert!(!text(&plan, ORDER, "sort=by").contains("sales_order_by_id_tenant_id_idx"));
}
