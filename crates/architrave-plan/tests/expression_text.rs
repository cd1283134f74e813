//! What is written for an expression is read as the same expression.

use architrave_model::{
    Base, EntityId, Expr, ExprKind, Member, Operator, Root, Severity, SourceFile, Span, System, Ty,
};
use architrave_plan::expression_text;
use proptest::prelude::*;

/// An entity with three bools, two ints and the rule to be read.
fn read(rule: &str) -> System {
    let text = format!(
        "system S {{ edition = \"2026\" }}
context c {{
  entity A {{
    p = bool
    q = bool
    r = bool
    x = int(min(0), max(9))
    y = int(min(0), max(9))
    access {{ read = {rule} }}
  }}
}}
"
    );
    let file = SourceFile { name: "a.hcl".to_owned(), text };
    let (system, findings) = architrave_blueprint::read(&[file]);
    let errors: Vec<_> = findings.iter().filter(|it| it.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{rule}: {errors:#?}");
    system
}

fn expr(kind: ExprKind, base: Base) -> Expr {
    Expr { kind, ty: Ty::of(base), span: Span::default() }
}

fn field(field: usize, base: Base) -> Expr {
    let of = Box::new(expr(ExprKind::Root(Root::This), Base::Row(EntityId(0))));
    expr(ExprKind::Member { of, member: Member::Field { entity: EntityId(0), field } }, base)
}

fn binary(operator: Operator, left: Expr, right: Expr, base: Base) -> Expr {
    expr(ExprKind::Binary { operator, left: Box::new(left), right: Box::new(right) }, base)
}

fn a_number() -> impl Strategy<Value = Expr> {
    let leaf = (3_usize..5).prop_map(|it| field(it, Base::Int));
    leaf.prop_recursive(3, 8, 2, |inner| {
        let operator =
            prop_oneof![Just(Operator::Add), Just(Operator::Subtract), Just(Operator::Multiply)];
        prop_oneof![
            3 => (operator, inner.clone(), inner.clone())
                .prop_map(|(operator, left, right)| binary(operator, left, right, Base::Int)),
            1 => inner.prop_map(|it| expr(ExprKind::Negate(Box::new(it)), Base::Int)),
        ]
    })
}

fn a_rule() -> impl Strategy<Value = Expr> {
    let operator =
        prop_oneof![Just(Operator::Less), Just(Operator::GreaterOrEqual), Just(Operator::Equal)];
    let leaf = prop_oneof![
        (0_usize..3).prop_map(|it| field(it, Base::Bool)),
        (operator, a_number(), a_number()).prop_map(|(operator, left, right)| binary(
            operator,
            left,
            right,
            Base::Bool
        )),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let all = || prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            inner.clone().prop_map(|it| expr(ExprKind::Not(Box::new(it)), Base::Bool)),
            all().prop_map(|it| expr(ExprKind::And(it), Base::Bool)),
            all().prop_map(|it| expr(ExprKind::Or(it), Base::Bool)),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(
                |(condition, then, otherwise)| {
                    let kind = ExprKind::Conditional {
                        condition: Box::new(condition),
                        then: Box::new(then),
                        otherwise: Box::new(otherwise),
                    };
                    expr(kind, Base::Bool)
                }
            ),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| binary(
                Operator::Equal,
                left,
                right,
                Base::Bool
            )),
        ]
    })
}

proptest! {
    #[test]
    fn a_written_rule_is_read_as_the_same_rule(rule in a_rule()) {
        let names = read("true");
        let text = expression_text(&names, &rule);
        let system = read(&text);
        let again = system.entities[0].access.read.as_ref().unwrap();
        prop_assert_eq!(expression_text(&system, &again.expr), text);
    }
}

#[test]
fn rules_are_written_as_an_author_would() {
    for rule in [
        "this.p && (this.q || this.r)",
        "!(this.p && this.q)",
        "this.x - (this.y - this.x) < 5",
        "(this.p ? this.q : this.r) && this.p",
        "this.p ? this.q : !this.r",
        "contains([1, 2], this.x) || this.p",
        "this.x * (this.y + 1) >= 5",
    ] {
        let system = read(rule);
        let read = system.entities[0].access.read.as_ref().unwrap();
        assert_eq!(expression_text(&system, &read.expr), rule);
    }
}
