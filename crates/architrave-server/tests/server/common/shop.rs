//! The plan of a small shop, put together by hand: the server is tested without the reader of blueprints.

use architrave_model::{
    Access, ApiKeyLogin, Context, ContextId, Declared, Entity, EntityId, Expr, ExprKind, Field,
    FieldType, Identity, Limits, Name, Rate, RateKey, Rule, Scalar, Span, System, TenantSource, Ty,
    UniqueScope, Value,
};
use architrave_plan::{Lock, Plan, derive};

pub(crate) const SHOP_DOMAIN: &str = "shop.example";

fn name(text: &str) -> Name {
    Name { text: text.to_owned(), span: Span::default() }
}

fn string(text: &str) -> Field {
    Field {
        name: name(text),
        doc: String::new(),
        span: Span::default(),
        ty: FieldType::Scalar(Scalar::String { length_max: 120 }),
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

fn rule(kind: ExprKind) -> Option<Rule> {
    let ty = Ty::of(architrave_model::Base::Bool);
    Some(Rule { expr: Expr { kind, ty, span: Span::default() }, span: Span::default() })
}

fn always() -> Option<Rule> {
    rule(ExprKind::Literal(Value::Bool(true)))
}

fn merchant() -> Option<Rule> {
    rule(ExprKind::HasRole(vec!["merchant".to_owned()]))
}

fn entity(text: &str, fields: Vec<Field>, access: Access) -> Entity {
    Entity {
        name: name(text),
        doc: String::new(),
        context: ContextId(0),
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
        access,
        commands: Vec::new(),
        events: Vec::new(),
        span: Span::default(),
    }
}

fn rate(count: u32, key: RateKey) -> Rate {
    Rate { count, period_us: 60_000_000, key, span: Span::default() }
}

/// The shop's plan: `/v1/products` to read for everyone and to write for merchants.
pub(crate) fn shop_plan() -> Plan {
    let domain = Field { unique: Some(UniqueScope::Global), ..string("domain") };
    let products = Access {
        read: always(),
        create: merchant(),
        update: merchant(),
        delete: merchant(),
        fields: Vec::new(),
    };
    let identity = Identity {
        user: Some(EntityId(1)),
        tenant: Some(EntityId(0)),
        roles: vec!["customer".to_owned(), "merchant".to_owned()],
        tenant_from: vec![TenantSource::Claim("shop".to_owned()), TenantSource::Host(1)],
        api_key: Some(ApiKeyLogin { roles: vec!["merchant".to_owned()], span: Span::default() }),
        ..Identity::default()
    };
    let entities = vec![
        entity("Shop", vec![string("name"), domain], Access::default()),
        entity("User", vec![string("email")], Access::default()),
        entity("Product", vec![string("name")], products),
    ];
    let declared = (0..3).map(|it| Declared::Entity(EntityId(it))).collect();
    let context = Context {
        name: name("catalog"),
        doc: String::new(),
        depends_on: Vec::new(),
        owner: None,
        declared,
        span: Span::default(),
    };
    let limits = Limits {
        anonymous: Some(rate(3, RateKey::Ip)),
        signed_in: Some(rate(5, RateKey::Id)),
        body_bytes_max: Some(1_000),
        cors: vec!["https://app.example".to_owned(), "http://localhost:3000".to_owned()],
        span: None,
    };
    let system = System {
        name: name("Shop"),
        edition: "2026".to_owned(),
        currency: "EUR".to_owned(),
        currency_digits: 2,
        identity,
        limits,
        contexts: vec![context],
        entities,
        ..System::default()
    };
    derive(system, &Lock::default()).plan
}
