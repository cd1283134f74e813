//! What is derived from a small shop.

use architrave_model::{EntityId, OnDelete, System};

use crate::{
    ALL_PROBLEMS, Bounds, CallerClass, ColumnId, FieldVisibility, FilterOperator, InputKind, Lock,
    OperationKind, Plan, RowFilter, derive, shape, shapes,
    testing::{LINE, ORDER, PRODUCT, SHOP, USER, derived, entity, plan, reference, string, system},
    to_json,
};

fn columns(plan: &Plan, id: EntityId) -> Vec<String> {
    plan[id].columns.iter().map(|it| format!("{}:{}", it.path, it.physical)).collect()
}

fn indexes(plan: &Plan, id: EntityId) -> Vec<String> {
    let table = &plan[id];
    let key = |column: ColumnId| table.columns[usize::from(column.0)].physical.clone();
    let on = |columns: &[crate::IndexColumn]| {
        let sign = |it: &crate::IndexColumn| if it.is_descending { "-" } else { "" };
        columns
            .iter()
            .map(|it| format!("{}{}", sign(it), key(it.column)))
            .collect::<Vec<_>>()
            .join(" ")
    };
    table.indexes.iter().map(|it| format!("{}: {}", it.reason, on(&it.columns))).collect()
}

fn requests(plan: &Plan) -> Vec<String> {
    plan.operations.iter().map(|it| format!("{} {}", it.name, it.path)).collect()
}

#[test]
fn columns_stand_in_the_documented_order() {
    let plan = plan();
    assert_eq!(
        columns(&plan, SHOP),
        [
            "id:id",
            "version:version",
            "created_at:created_at",
            "updated_at:updated_at",
            "domain:domain",
        ]
    );
    assert_eq!(
        columns(&plan, PRODUCT)[..6],
        [
            "id:id",
            "$tenant:tenant_id",
            "version:version",
            "created_at:created_at",
            "updated_at:updated_at",
            "$deleted_at:deleted_at",
        ]
        .map(str::to_owned)
    );
    assert_eq!(
        columns(&plan, LINE),
        [
            "id:id",
            "$tenant:tenant_id",
            "$parent:part_of_id",
            "$position:part_position",
            "product:product_id",
            "quantity:quantity",
        ]
    );
    assert_eq!(
        columns(&plan, ORDER)[5..],
        [
            "number:number",
            "customer:customer_id",
            "ship_to.city:ship_to_city",
            "ship_to.line2:ship_to_line2",
        ]
        .map(str::to_owned)
    );
    let user = &plan[USER];
    let column = |path| &user.columns[usize::from(user.column_at(path).unwrap().0)];
    assert_eq!(column("email").lookup.as_deref(), Some("email_lookup"));
    assert!(column("address.city").is_nullable, "the object is optional");
    assert_eq!(plan[LINE].parent.map(|(_, it)| it), Some(ORDER));
}

#[test]
fn every_index_has_a_reason() {
    let plan = plan();
    assert_eq!(indexes(&plan, SHOP), ["unique: domain"], "a tenant's unique fields are global");
    assert_eq!(indexes(&plan, USER), ["unique: tenant_id email"]);
    assert_eq!(
        indexes(&plan, PRODUCT),
        [
            "declared: tenant_id price id",
            "declared: tenant_id name -price -id",
            "declared: tenant_id cost id",
            "declared: tenant_id stock id",
        ]
    );
    assert_eq!(
        indexes(&plan, ORDER),
        ["unique: tenant_id number", "reference: tenant_id customer_id id"]
    );
    assert_eq!(
        indexes(&plan, LINE),
        ["reference: tenant_id product_id id", "parts: tenant_id part_of_id part_position id",]
    );
    assert!(plan[PRODUCT].indexes.iter().all(|it| it.is_partial()), "deleted rows are in no list");
}

#[test]
fn a_reference_to_what_all_tenants_share_is_found_among_all_tenants() {
    let mut system = system();
    // The tenant itself belongs to no tenant, so that its key is the reference alone.
    let shop = reference("fulfilled_by", SHOP);
    system.entities[usize::try_from(ORDER.0).unwrap()].fields.push(shop);
    let plan = derived(system, &Lock::default()).plan;
    assert!(
        indexes(&plan, ORDER).contains(&"reference: fulfilled_by_id tenant_id id".to_owned()),
        "{:?}",
        indexes(&plan, ORDER)
    );
}

#[test]
fn references_are_known_on_both_sides() {
    let plan = plan();
    let product = plan[LINE].column_of(0, None).unwrap();
    assert_eq!(plan[PRODUCT].referrers, [(LINE, product, OnDelete::Restrict)]);
    let owned: Vec<EntityId> = plan[SHOP].referrers.iter().map(|it| it.0).collect();
    assert_eq!(owned, [USER, PRODUCT, ORDER], "a tenant stays while anything belongs to it");
}

#[test]
fn there_is_an_operation_where_there_is_a_rule() {
    assert_eq!(
        requests(&plan()),
        [
            "accounts.Shop.list /v1/shops",
            "accounts.Shop.read /v1/shops/{id}",
            "accounts.User.list /v1/users",
            "accounts.User.read /v1/users/{id}",
            "catalog.Product.list /v1/products",
            "catalog.Product.create /v1/products",
            "catalog.Product.read /v1/products/{id}",
            "catalog.Product.update /v1/products/{id}",
            "catalog.Product.delete /v1/products/{id}",
            "catalog.Product.restore /v1/products/{id}/restore",
            "sales.Order.list /v1/orders",
            "sales.Order.create /v1/orders",
            "sales.Order.read /v1/orders/{id}",
            "sales.Order.update /v1/orders/{id}",
            "system.batch /v1/batch",
            "system.me /v1/me",
            "system.events /v1/events",
        ]
    );
}

#[test]
fn problems_are_in_the_catalogue_and_fit_the_operation() {
    let plan = plan();
    for operation in &plan.operations {
        for code in &operation.problems {
            assert!(ALL_PROBLEMS.iter().any(|it| it.code == code), "{code}");
        }
        assert!(operation.problems.is_sorted());
    }
    let has = |name: &str, code: &str| {
        let operation = plan.operations.iter().find(|it| it.name == name).unwrap();
        operation.problems.iter().any(|it| it == code)
    };
    assert!(has("catalog.Product.delete", "still-referenced"));
    assert!(!has("catalog.Product.list", "not-unique"));
    assert!(!has("accounts.Shop.list", "forbidden"), "everyone may");
    assert!(has("sales.Order.create", "not-unique"), "a number is drawn");
    assert!(!has("sales.Order.update", "not-unique"), "and kept");
    assert!(has("system.batch", "still-referenced"));
}

#[test]
fn bodies_hold_what_callers_may_write() {
    let plan = plan();
    let names = |shape: &crate::InputShape| -> Vec<String> {
        let mark = |it: &crate::InputMember| if it.is_required { "!" } else { "" };
        shape.members.iter().map(|it| format!("{}{}", it.name, mark(it))).collect()
    };
    assert_eq!(names(&plan.creates[2]), ["name!", "published!", "price!", "cost!", "note"]);
    assert_eq!(names(&plan.creates[3]), ["customer!", "lines", "ship_to!"]);
    assert_eq!(names(&plan.updates[3]), ["lines", "ship_to"]);
    assert_eq!(names(&plan.creates[4]), ["product!", "quantity!"]);
    let lines = plan.creates[3].member("lines").unwrap();
    assert_eq!(lines.bounds, Bounds::Count { min: 0, max: 9 });
    let InputKind::Object { shape, .. } = &plan.updates[3].member("ship_to").unwrap().kind else {
        panic!()
    };
    assert_eq!(names(shape), ["city!", "line2"]);
}

#[test]
fn secrets_are_shown_nowhere() {
    let plan = plan();
    assert!(plan.representations[1].members.iter().all(|it| it.name != "device"));
    assert!(
        plan.lists[1].filters.iter().all(|it| plan[USER].column_at("device") != Some(it.column))
    );
    let shape = shape(&plan, USER, &CallerClass::default());
    assert_eq!(shape.fields[1], FieldVisibility::Hidden);
    assert!(plan.creates[1].member("device").unwrap().is_secret, "but it can be written");
}

#[test]
fn lists_take_what_an_index_serves() {
    let plan = plan();
    let filters = |id: usize| -> Vec<String> {
        let table = &plan.tables[id];
        plan.lists[id]
            .filters
            .iter()
            .map(|it| table.columns[usize::from(it.column.0)].path.clone())
            .collect()
    };
    assert_eq!(filters(2), ["id", "name", "published", "price", "cost", "stock"]);
    assert_eq!(filters(3), ["id", "number", "customer"]);
    let email = plan.lists[1]
        .filters
        .iter()
        .find(|it| Some(it.column) == plan[USER].column_at("email"))
        .unwrap();
    assert_eq!(email.operators, [FilterOperator::Eq, FilterOperator::In]);
    assert!(!plan.lists[1].sorts.contains(&email.column), "a hash has no order");
    let published = plan[PRODUCT].column_at("published").unwrap();
    assert!(!plan.lists[2].sorts.contains(&published), "it is in the condition of an index only");
    assert_eq!(plan.lists[3].expands.len(), 1);
    let search = plan[PRODUCT].search.as_ref().unwrap();
    assert_eq!(
        search.columns.iter().map(|it| it.weight).collect::<Vec<_>>(),
        [4, 1],
        "heaviest first"
    );
}

#[test]
fn callers_fall_into_few_shapes() {
    let plan = plan();
    let products = shapes(&plan, PRODUCT);
    assert_eq!(products.len(), 2);
    assert!(matches!(products[0].1.rows, RowFilter::Where(_)));
    assert_eq!(products[0].1.fields[3], FieldVisibility::Hidden);
    assert_eq!(products[1].1.rows, RowFilter::Everything);
    let orders = shapes(&plan, ORDER);
    assert_eq!(orders[0].1.rows, RowFilter::Nothing, "nobody owns nothing");
    assert_eq!(
        shapes(&plan, LINE)[1].1.rows,
        RowFilter::Everything,
        "its order has been read by then"
    );
}

fn with_order_elsewhere(position: usize) -> System {
    let mut system = system();
    // The part points at its root by position: only places behind it are free.
    system.entities.insert(position, entity("Order", 1, vec![string("text")]));
    system
}

#[test]
fn addresses_of_one_name_get_their_context_and_stay() {
    let paths = |system: System, lock: &Lock| -> (Vec<String>, Lock) {
        let derived = derive(system, lock);
        let lists = derived.plan.operations.iter().filter(|it| it.kind == OperationKind::List);
        (
            lists.map(|it| it.path.clone()).filter(|it| it.ends_with("orders")).collect(),
            derived.lock,
        )
    };
    let (fresh, _) = paths(with_order_elsewhere(5), &Lock::default());
    assert_eq!(fresh, ["/v1/sales-orders", "/v1/catalog-orders"]);
    let (first, lock) = paths(system(), &Lock::default());
    assert_eq!(first, ["/v1/orders"]);
    let (later, lock) = paths(with_order_elsewhere(5), &lock);
    assert_eq!(later, ["/v1/orders", "/v1/catalog-orders"]);
    assert_eq!(paths(with_order_elsewhere(5), &lock).0, later);
    let mut events = system();
    events.entities.push(entity("Event", 2, vec![string("text")]));
    let plan = derive(events, &Lock::default()).plan;
    assert!(requests(&plan).contains(&"sales.Event.list /v1/sales-events".to_owned()));
}

#[test]
fn a_plan_is_the_same_every_time() {
    let first = derived(system(), &Lock::default());
    let again = derived(system(), &first.lock);
    assert_eq!(to_json(&first.plan), to_json(&again.plan));
    assert_eq!(first.lock, again.lock);
    assert_eq!(first.plan.hash.len(), 16);
    let mut commented = system();
    commented.entities[2].doc = "Something to sell.".to_owned();
    commented.entities[2].fields[0].doc = "What it is called.".to_owned();
    assert_eq!(
        derived(commented, &first.lock).plan.hash,
        first.plan.hash,
        "a comment changes nothing"
    );
    let mut changed = system();
    changed.entities[2].access.delete = None;
    assert_ne!(derived(changed, &first.lock).plan.hash, first.plan.hash);
}

#[test]
fn a_system_without_tenants_has_no_tenant_column() {
    let mut system = system();
    system.identity.tenant = None;
    let plan = derived(system, &Lock::default()).plan;
    assert!(plan.tables.iter().all(|it| it.tenant.is_none()));
    assert_eq!(indexes(&plan, USER), ["unique: email"]);
}

#[test]
fn an_empty_system_has_a_plan() {
    let derived = derive(System::default(), &Lock::default());
    assert_eq!(derived.plan.operations.len(), 3);
    assert!(derived.lock.is_empty());
}
