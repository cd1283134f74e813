//! A small shop, put together by hand: what is tested here is the store, not the reader of blueprints.

use architrave_model::{
    Access, Base, CallerMember, Context, ContextId, Encryption, Entity, EntityId, Expr, ExprKind,
    Field, FieldAccess, FieldType, Identity, Index, IndexKey, IndexPath, Member, Name, OnDelete,
    Operator, Owner, Root, Rule, Scalar, Search, SearchField, SoftDelete, Span, System, Ty,
    UniqueScope, Value, ValueId, ValueObject,
};

use architrave_plan::{Lock, Plan, derive};

pub(crate) const SHOP: EntityId = EntityId(0);
pub(crate) const USER: EntityId = EntityId(1);
pub(crate) const PRODUCT: EntityId = EntityId(2);
pub(crate) const ORDER: EntityId = EntityId(3);
pub(crate) const LINE: EntityId = EntityId(4);

pub(crate) fn name(text: &str) -> Name {
    Name { text: text.to_owned(), span: Span::default() }
}

pub(crate) fn field(text: &str, ty: FieldType) -> Field {
    Field {
        name: name(text),
        doc: String::new(),
        span: Span::default(),
        ty,
        is_optional: false,
        unique: None,
        is_immutable: false,
        default: None,
        min: None,
        max: None,
        pattern: None,
        is_secret: false,
        pii: None,
        encryption: None,
    }
}

pub(crate) fn scalar(text: &str, scalar: Scalar) -> Field {
    field(text, FieldType::Scalar(scalar))
}

pub(crate) fn string(text: &str) -> Field {
    scalar(text, Scalar::String { length_max: 80 })
}

pub(crate) fn optional(field: Field) -> Field {
    Field { is_optional: true, ..field }
}

pub(crate) fn reference(text: &str, entity: EntityId) -> Field {
    field(text, FieldType::Ref { entity, on_delete: OnDelete::Restrict })
}

pub(crate) fn expr(kind: ExprKind, ty: Ty) -> Expr {
    Expr { kind, ty, span: Span::default() }
}

pub(crate) fn bool_expr(kind: ExprKind) -> Expr {
    expr(kind, Ty::of(Base::Bool))
}

pub(crate) fn rule(kind: ExprKind) -> Option<Rule> {
    Some(Rule { expr: bool_expr(kind), span: Span::default() })
}

pub(crate) fn has_role(role: &str) -> ExprKind {
    ExprKind::HasRole(vec![role.to_owned()])
}

pub(crate) fn caller(member: CallerMember, ty: Ty) -> Expr {
    let of = Box::new(expr(ExprKind::Root(Root::Caller), Ty::of(Base::Json)));
    expr(ExprKind::Member { of, member: Member::Caller(member) }, ty)
}

pub(crate) fn this(entity: EntityId, field: usize, ty: Ty) -> Expr {
    let of = Box::new(expr(ExprKind::Root(Root::This), Ty::of(Base::Row(entity))));
    expr(ExprKind::Member { of, member: Member::Field { entity, field } }, ty)
}

pub(crate) fn binary(operator: Operator, left: Expr, right: Expr) -> ExprKind {
    ExprKind::Binary { operator, left: Box::new(left), right: Box::new(right) }
}

pub(crate) fn is_mine(entity: EntityId, field: usize) -> Expr {
    let user = caller(CallerMember::User, Ty::optional(Base::Row(USER)));
    bool_expr(binary(Operator::Equal, this(entity, field, Ty::of(Base::Row(USER))), user))
}

pub(crate) fn index(keys: &[(usize, bool)], condition: Option<Expr>) -> Index {
    let on = keys.iter().map(|(field, is_descending)| IndexKey {
        path: IndexPath::Field(*field, None),
        is_descending: *is_descending,
    });
    Index { on: on.collect(), condition, span: Span::default() }
}

pub(crate) fn entity(text: &str, context: u32, fields: Vec<Field>) -> Entity {
    Entity {
        name: name(text),
        doc: String::new(),
        context: ContextId(context),
        fields,
        owner: None,
        indexes: Vec::new(),
        uniques: Vec::new(),
        search: None,
        lifecycle: None,
        invariants: Vec::new(),
        volume_rows: None,
        privacy: None,
        soft_delete: None,
        writes: architrave_model::Writes::default(),
        access: Access { read: rule(ExprKind::Literal(Value::Bool(true))), ..Access::default() },
        commands: Vec::new(),
        events: Vec::new(),
        span: Span::default(),
    }
}

pub(crate) fn plan() -> Plan {
    plan_of(system())
}

pub(crate) fn plan_of(system: System) -> Plan {
    derive(system, &Lock::default()).plan
}

/// Shops with users; products (name, published, price, cost, note, stock), softly deleted; orders with lines.
pub(crate) fn system() -> System {
    let context = |text: &str| Context {
        name: name(text),
        doc: String::new(),
        depends_on: Vec::new(),
        owner: None,
        declared: Vec::new(),
        span: Span::default(),
    };
    let address = ValueObject {
        name: name("Address"),
        doc: String::new(),
        context: ContextId(0),
        fields: vec![string("city"), optional(string("line2"))],
        span: Span::default(),
    };
    let shop =
        entity("Shop", 0, vec![Field { unique: Some(UniqueScope::Tenant), ..string("domain") }]);
    System {
        name: name("Store"),
        currency: "EUR".to_owned(),
        currency_digits: 2,
        identity: Identity {
            user: Some(USER),
            tenant: Some(SHOP),
            roles: vec!["customer".to_owned(), "merchant".to_owned()],
            ..Identity::default()
        },
        contexts: vec![context("accounts"), context("catalog"), context("sales")],
        entities: vec![shop, user(), product(), order(), line()],
        values: vec![address],
        ..System::default()
    }
}

fn user() -> Entity {
    let email = Field {
        unique: Some(UniqueScope::Tenant),
        encryption: Some(Encryption::Lookup),
        ..scalar("email", Scalar::Email)
    };
    let device = Field { is_secret: true, ..optional(string("device")) };
    let address = optional(field("address", FieldType::Value(ValueId(0))));
    entity("User", 0, vec![email, device, address])
}

fn product() -> Entity {
    let published = this(PRODUCT, 1, Ty::of(Base::Bool));
    let read = vec![published.clone(), bool_expr(has_role("merchant"))];
    let mut product = entity(
        "Product",
        1,
        vec![
            string("name"),
            scalar("published", Scalar::Bool),
            scalar("price", Scalar::Money),
            scalar("cost", Scalar::Money),
            optional(string("note")),
            scalar("stock", Scalar::Int),
        ],
    );
    product.indexes = vec![
        index(&[(2, false)], None),
        index(&[(0, false), (2, true)], None),
        index(&[(3, false)], None),
        index(&[(5, false)], Some(published)),
    ];
    product.search = Some(Search {
        on: vec![
            SearchField { path: IndexPath::Field(4, None), weight: 1 },
            SearchField { path: IndexPath::Field(0, None), weight: 4 },
        ],
        span: Span::default(),
    });
    product.soft_delete = Some(SoftDelete { keep_for_us: 1, span: Span::default() });
    product.access = Access {
        read: rule(ExprKind::Or(read)),
        create: rule(has_role("merchant")),
        update: rule(has_role("merchant")),
        delete: rule(has_role("merchant")),
        fields: vec![
            FieldAccess {
                field: 3,
                read: rule(has_role("merchant")),
                write: None,
                span: Span::default(),
            },
            FieldAccess {
                field: 5,
                read: None,
                write: rule(ExprKind::Literal(Value::Bool(false))),
                span: Span::default(),
            },
        ],
    };
    product
}

fn order() -> Entity {
    let mut order = entity(
        "Order",
        2,
        vec![
            field("number", FieldType::Sequence { template: "ORD-{n}".to_owned() }),
            Field { is_immutable: true, ..reference("customer", USER) },
            field("lines", FieldType::Many { entity: LINE, count_max: 9 }),
            field("ship_to", FieldType::Value(ValueId(0))),
        ],
    );
    order.access = Access {
        read: Some(Rule { expr: is_mine(ORDER, 1), span: Span::default() }),
        create: Some(Rule { expr: is_mine(ORDER, 1), span: Span::default() }),
        update: Some(Rule { expr: is_mine(ORDER, 1), span: Span::default() }),
        ..Access::default()
    };
    order
}

fn line() -> Entity {
    let mut line =
        entity("Line", 2, vec![reference("product", PRODUCT), scalar("quantity", Scalar::Int)]);
    line.owner = Some(Owner { entity: ORDER, field: 2 });
    line.access = Access::default();
    line
}
