//! A small shop, put together by hand: documents are tested without the reader of blueprints.

use architrave_model::{
    Access, Command, CommandId, Context, ContextId, Declared, Default, Entity, EntityId, Event,
    EventField, EventId, EventPayload, Expr, ExprKind, Field, FieldAccess, FieldType, Guard,
    Identity, Index, IndexKey, IndexPath, Lifecycle, Limits, Name, OidcLogin, OnDelete, Owner,
    Rate, RateKey, Root, Rule, Scalar, Search, SearchField, SetField, Setting, Span, System,
    Transition, Ty, UniqueScope, Value, ValueId, ValueObject,
};
use architrave_plan::{Lock, Plan, derive};

const SHOP: EntityId = EntityId(0);
const USER: EntityId = EntityId(1);
const PRODUCT: EntityId = EntityId(2);
const ORDER: EntityId = EntityId(3);
const LINE: EntityId = EntityId(4);

fn name(text: &str) -> Name {
    Name { text: text.to_owned(), span: Span::default() }
}

fn field(text: &str, ty: FieldType) -> Field {
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

fn scalar(text: &str, ty: Scalar) -> Field {
    field(text, FieldType::Scalar(ty))
}

fn string(text: &str, length_max: u32) -> Field {
    scalar(text, Scalar::String { length_max })
}

fn reference(text: &str, entity: EntityId) -> Field {
    field(text, FieldType::Ref { entity, on_delete: OnDelete::Restrict })
}

fn rule(kind: ExprKind) -> Option<Rule> {
    let ty = Ty::of(architrave_model::Base::Bool);
    Some(Rule { expr: Expr { kind, ty, span: Span::default() }, span: Span::default() })
}

fn has_role(role: &str) -> ExprKind {
    ExprKind::HasRole(vec![role.to_owned()])
}

fn entity(text: &str, doc: &str, context: u32, fields: Vec<Field>) -> Entity {
    Entity {
        name: name(text),
        doc: doc.to_owned(),
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

fn index(keys: &[IndexPath]) -> Index {
    let key = |path: &IndexPath| IndexKey { path: path.clone(), is_descending: false };
    Index { on: keys.iter().map(key).collect(), condition: None, span: Span::default() }
}

fn product() -> Entity {
    let money = |text| Field { min: Some(Value::Money(0)), ..scalar(text, Scalar::Money) };
    let mut product = entity(
        "Product",
        "Something that a shop sells.",
        1,
        vec![
            Field {
                pattern: Some("^[A-Z0-9-]+$".to_owned()),
                unique: Some(UniqueScope::Tenant),
                ..string("sku", 40)
            },
            string("name", 200),
            Field { is_optional: true, ..scalar("description", Scalar::Text) },
            money("price"),
            money("cost"),
            Field {
                default: Some(Default::Value(Value::Bool(false))),
                ..scalar("published", Scalar::Bool)
            },
        ],
    );
    product.indexes = vec![index(&[IndexPath::Field(3, None)])];
    product.search = Some(Search {
        on: vec![SearchField { path: IndexPath::Field(1, None), weight: 1 }],
        span: Span::default(),
    });
    product.access = Access {
        read: rule(ExprKind::Literal(Value::Bool(true))),
        create: rule(has_role("merchant")),
        update: rule(has_role("merchant")),
        delete: rule(has_role("merchant")),
        fields: vec![FieldAccess {
            field: 4,
            read: rule(has_role("merchant")),
            write: None,
            span: Span::default(),
        }],
    };
    product
}

fn order() -> Entity {
    let states = ["draft", "placed", "cancelled"].map(str::to_owned).to_vec();
    let mut order = entity(
        "Order",
        "An order and its lines.",
        2,
        vec![
            field("number", FieldType::Sequence { template: "ORD-{year}-{n}".to_owned() }),
            Field { is_immutable: true, ..reference("customer", USER) },
            field("lines", FieldType::Many { entity: LINE, count_max: 200 }),
            field("ship_to", FieldType::Value(ValueId(0))),
            Field { is_optional: true, ..scalar("placed_at", Scalar::Timestamp) },
            scalar("status", Scalar::Enum(states)),
        ],
    );
    order.lifecycle = Some(Lifecycle {
        field: 5,
        initial: "draft".to_owned(),
        transitions: vec![Transition {
            from: "draft".to_owned(),
            to: vec!["placed".to_owned(), "cancelled".to_owned()],
            span: Span::default(),
        }],
        span: Span::default(),
    });
    order.indexes = vec![index(&[IndexPath::Field(1, None), IndexPath::CreatedAt])];
    order.access = Access {
        read: rule(has_role("customer")),
        create: rule(has_role("customer")),
        update: rule(has_role("customer")),
        delete: None,
        fields: vec![FieldAccess {
            field: 4,
            read: None,
            write: rule(ExprKind::Literal(Value::Bool(false))),
            span: Span::default(),
        }],
    };
    order.commands = vec![CommandId(0), CommandId(1)];
    order.events = vec![EventId(0)];
    order
}

fn command(text: &str, doc: &str) -> Command {
    Command {
        name: name(text),
        doc: doc.to_owned(),
        entity: ORDER,
        input: Vec::new(),
        allow: rule(has_role("customer")),
        transition: None,
        set: Vec::new(),
        emit: None,
        rate_limit: None,
        guards: Vec::new(),
        span: Span::default(),
    }
}

fn commands() -> Vec<Command> {
    let always = || rule(ExprKind::Literal(Value::Bool(true))).unwrap().expr;
    let now = Expr {
        kind: ExprKind::Root(Root::Now),
        ty: Ty::of(architrave_model::Base::Timestamp),
        span: Span::default(),
    };
    let place = Command {
        transition: Some(("placed".to_owned(), Span::default())),
        set: vec![SetField { field: 4, value: now, span: Span::default() }],
        rate_limit: Some(rate(10, RateKey::Id)),
        guards: vec![Guard {
            code: name("empty_order"),
            check: always(),
            message: "An order needs at least one line.".to_owned(),
            span: Span::default(),
        }],
        ..command("place", "Sends the order to the shop.")
    };
    let cancel = Command {
        input: vec![Field { is_optional: true, ..string("reason", 200) }],
        transition: Some(("cancelled".to_owned(), Span::default())),
        ..command("cancel", "")
    };
    vec![place, cancel]
}

fn rate(count: u32, key: RateKey) -> Rate {
    Rate { count, period_us: 60_000_000, key, span: Span::default() }
}

fn context(text: &str, doc: &str, declared: Vec<Declared>) -> Context {
    Context {
        name: name(text),
        doc: doc.to_owned(),
        depends_on: Vec::new(),
        owner: None,
        declared,
        span: Span::default(),
    }
}

fn setting(text: &str) -> Setting {
    Setting::Text(text.to_owned())
}

/// The shop as a system.
pub(crate) fn system() -> System {
    let address = ValueObject {
        name: name("Address"),
        doc: "Where to send things.".to_owned(),
        context: ContextId(0),
        fields: vec![string("line1", 120), string("city", 80), scalar("country", Scalar::Country)],
        span: Span::default(),
    };
    let mut line = entity(
        "Line",
        "",
        2,
        vec![
            reference("product", PRODUCT),
            Field {
                min: Some(Value::Int(1)),
                max: Some(Value::Int(999)),
                ..scalar("quantity", Scalar::Int)
            },
        ],
    );
    line.owner = Some(Owner { entity: ORDER, field: 2 });
    line.access = Access::default();
    let user =
        entity("User", "A person.", 0, vec![scalar("email", Scalar::Email), string("name", 120)]);
    let placed = Event {
        name: name("OrderPlaced"),
        doc: String::new(),
        context: ContextId(2),
        entity: Some(ORDER),
        payload: EventPayload::Carries(vec![0, 1]),
        fields: vec![EventField {
            name: "number".to_owned(),
            ty: Ty::of(architrave_model::Base::Text),
            field: Some(0),
        }],
        span: Span::default(),
    };
    System {
        name: name("CornerShop"),
        doc: "A shop on the corner.".to_owned(),
        edition: "2026".to_owned(),
        currency: "EUR".to_owned(),
        currency_digits: 2,
        identity: Identity {
            user: Some(USER),
            tenant: Some(SHOP),
            roles: vec!["customer".to_owned(), "merchant".to_owned()],
            oidc: Some(OidcLogin {
                issuer: setting("https://issuer.example"),
                audience: setting("shop"),
                roles_claim: "roles".to_owned(),
                is_generic: false,
                span: Span::default(),
            }),
            ..Identity::default()
        },
        limits: Limits {
            anonymous: Some(rate(60, RateKey::Ip)),
            signed_in: Some(rate(600, RateKey::Id)),
            ..Limits::default()
        },
        contexts: vec![
            context(
                "accounts",
                "People and shops.",
                vec![Declared::Entity(SHOP), Declared::Entity(USER)],
            ),
            context("catalog", "What is for sale.", vec![Declared::Entity(PRODUCT)]),
            context("sales", "", vec![Declared::Entity(ORDER), Declared::Entity(LINE)]),
        ],
        entities: vec![
            entity("Shop", "The tenant.", 0, vec![string("name", 120)]),
            user,
            product(),
            order(),
            line,
        ],
        values: vec![address],
        events: vec![placed],
        commands: commands(),
        ..System::default()
    }
}

/// The shop's plan.
pub(crate) fn plan() -> Plan {
    derive(system(), &Lock::default()).plan
}

/// The storefront of the examples, as it is served.
pub(crate) fn storefront() -> Plan {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/storefront/blueprint.hcl");
    let text = std::fs::read_to_string(path).expect("the example is there");
    let file = architrave_model::SourceFile { name: "blueprint.hcl".to_owned(), text };
    derive(architrave_blueprint::read(&[file]).0, &Lock::default()).plan
}

/// The shop that was put together by hand, and the storefront.
pub(crate) fn plans() -> [Plan; 2] {
    [plan(), storefront()]
}
