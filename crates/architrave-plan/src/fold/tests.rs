//! Folding never changes what a rule says: checked against a plain interpreter, on random rules, callers
//! and rows.

use architrave_model::{
    Base, CallerMember, Expr, ExprKind, Function, Member, Operator, Root, Ty, Value,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::{Folded, fold};
use crate::{
    CallerClass,
    testing::{USER, binary, bool_expr, caller, expr, has_role, this},
};

const ROLES: [&str; 3] = ["customer", "merchant", "support"];
const LIST: Ty = Ty { base: Base::Json, is_optional: false };

/// Who asks and about what: everything that the rules of this test can mention.
#[derive(Debug, Clone)]
struct Situation {
    class: CallerClass,
    user: Option<u8>,
    tenant: Option<u8>,
    owner: u8,
    manager: Option<u8>,
    published: bool,
}

fn id(number: u8) -> Value {
    Value::Uuid(Uuid::from_u128(u128::from(number)))
}

fn or_null(number: Option<u8>) -> Value {
    number.map_or(Value::Null, id)
}

/// The language reference's table of two-valued logic, word for word.
fn evaluate(rule: &Expr, it: &Situation) -> Value {
    let truth = |rule: &Expr| evaluate(rule, it) == Value::Bool(true);
    match &rule.kind {
        ExprKind::Literal(value) => value.clone(),
        ExprKind::Not(of) => Value::Bool(!truth(of)),
        ExprKind::And(all) => Value::Bool(all.iter().all(truth)),
        ExprKind::Or(all) => Value::Bool(all.iter().any(truth)),
        ExprKind::IsNull(of) => Value::Bool(evaluate(of, it).is_null()),
        ExprKind::IsNotNull(of) => Value::Bool(!evaluate(of, it).is_null()),
        ExprKind::Conditional { condition, then, otherwise } => {
            evaluate(if truth(condition) { then } else { otherwise }, it)
        }
        ExprKind::HasRole(wanted) => {
            let held = |(bit, role): (usize, &&str)| {
                it.class.roles >> bit & 1 == 1 && wanted.iter().any(|it| it == role)
            };
            Value::Bool(ROLES.iter().enumerate().any(held))
        }
        ExprKind::Contains { list, item } => {
            let item = evaluate(item, it);
            let ExprKind::List(all) = &list.kind else { return Value::Bool(false) };
            Value::Bool(!item.is_null() && all.iter().any(|member| evaluate(member, it) == item))
        }
        ExprKind::Call { function: Function::Coalesce, arguments } => arguments
            .iter()
            .map(|argument| evaluate(argument, it))
            .find(|it| !it.is_null())
            .unwrap_or(Value::Null),
        ExprKind::Binary { operator, left, right } => {
            let (left, right) = (evaluate(left, it), evaluate(right, it));
            let is_equal = !left.is_null() && left == right;
            Value::Bool(if *operator == Operator::Equal { is_equal } else { !is_equal })
        }
        ExprKind::Member { of, member } => match (&of.kind, member) {
            (ExprKind::Root(Root::Caller), Member::Caller(CallerMember::User)) => or_null(it.user),
            (ExprKind::Root(Root::Caller), Member::Caller(CallerMember::Tenant)) => {
                or_null(it.tenant)
            }
            (ExprKind::Root(Root::Caller), Member::Caller(CallerMember::IsSystem)) => {
                Value::Bool(it.class.is_system)
            }
            (ExprKind::Root(Root::Caller), _) => Value::Bool(it.class.is_authenticated),
            (_, Member::Field { field: 0, .. }) => id(it.owner),
            (_, Member::Field { field: 1, .. }) => or_null(it.manager),
            _ => Value::Bool(it.published),
        },
        other => unreachable!("not made by this test: {other:?}"),
    }
}

fn a_reference() -> impl Strategy<Value = Expr> {
    let row = Base::Row(USER);
    prop_oneof![
        Just(caller(CallerMember::User, Ty::optional(row.clone()))),
        Just(caller(CallerMember::Tenant, Ty::optional(row.clone()))),
        Just(this(USER, 0, Ty::of(row.clone()))),
        Just(this(USER, 1, Ty::optional(row.clone()))),
        Just(expr(ExprKind::Literal(Value::Null), Ty::optional(Base::Null))),
        (0_u8..3).prop_map(|it| expr(ExprKind::Literal(id(it)), Ty::of(Base::Uuid))),
    ]
}

fn a_value() -> impl Strategy<Value = Expr> {
    let coalesce = prop::collection::vec(a_reference(), 1..4).prop_map(|arguments| {
        let ty =
            Ty { base: Base::Row(USER), is_optional: arguments.iter().all(|it| it.ty.is_optional) };
        expr(ExprKind::Call { function: Function::Coalesce, arguments }, ty)
    });
    prop_oneof![3 => a_reference(), 1 => coalesce]
}

fn a_leaf() -> impl Strategy<Value = Expr> {
    let comparison = (prop::bool::ANY, a_value(), a_value()).prop_map(|(is_equal, left, right)| {
        bool_expr(binary(if is_equal { Operator::Equal } else { Operator::NotEqual }, left, right))
    });
    let contains =
        (prop::collection::vec(a_reference(), 0..3), a_value()).prop_map(|(all, item)| {
            let list = Box::new(expr(ExprKind::List(all), LIST));
            bool_expr(ExprKind::Contains { list, item: Box::new(item) })
        });
    prop_oneof![
        any::<bool>().prop_map(|it| bool_expr(ExprKind::Literal(Value::Bool(it)))),
        (0_usize..4).prop_map(|it| bool_expr(has_role(ROLES.get(it).unwrap_or(&"unknown")))),
        Just(caller(CallerMember::IsSystem, Ty::of(Base::Bool))),
        Just(caller(CallerMember::IsAuthenticated, Ty::of(Base::Bool))),
        Just(this(USER, 2, Ty::of(Base::Bool))),
        a_value().prop_map(|it| bool_expr(ExprKind::IsNull(Box::new(it)))),
        a_value().prop_map(|it| bool_expr(ExprKind::IsNotNull(Box::new(it)))),
        comparison,
        contains,
    ]
}

fn a_rule() -> impl Strategy<Value = Expr> {
    a_leaf().prop_recursive(4, 40, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|it| bool_expr(ExprKind::Not(Box::new(it)))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|it| bool_expr(ExprKind::And(it))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|it| bool_expr(ExprKind::Or(it))),
            (inner.clone(), inner.clone(), inner).prop_map(|(condition, then, otherwise)| {
                bool_expr(ExprKind::Conditional {
                    condition: Box::new(condition),
                    then: Box::new(then),
                    otherwise: Box::new(otherwise),
                })
            }),
        ]
    })
}

fn a_situation() -> impl Strategy<Value = Situation> {
    let person = || prop::option::of(0_u8..3);
    (0_u64..8, any::<[bool; 3]>(), person(), person(), 0_u8..3, person()).prop_map(
        |(roles, [is_authenticated, is_system, published], user, tenant, owner, manager)| {
            Situation {
                class: CallerClass {
                    roles,
                    is_authenticated,
                    is_system,
                    has_id: is_authenticated,
                    has_user: user.is_some(),
                    has_tenant: tenant.is_some(),
                },
                user,
                tenant,
                owner,
                manager,
                published,
            }
        },
    )
}

fn folded(rule: &Expr, class: &CallerClass) -> Folded {
    fold(rule, class, &ROLES.map(str::to_owned))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_folded_rule_says_the_same(rule in a_rule(), situation in a_situation()) {
        let expected = evaluate(&rule, &situation);
        let actual = match folded(&rule, &situation.class) {
            Folded::True => Value::Bool(true),
            Folded::False => Value::Bool(false),
            Folded::Residual(rest) => evaluate(&rest, &situation),
        };
        prop_assert_eq!(actual, expected);
    }

    #[test]
    fn what_is_left_asks_nothing_that_is_known(rule in a_rule(), situation in a_situation()) {
        let Folded::Residual(rest) = folded(&rule, &situation.class) else { return Ok(()) };
        let mut is_clean = true;
        rest.walk(&mut |it| {
            is_clean &= !matches!(&it.kind, ExprKind::HasRole(_) | ExprKind::Member {
                member: Member::Caller(CallerMember::IsSystem | CallerMember::IsAuthenticated), ..
            });
        });
        prop_assert!(is_clean, "{rest:?}");
    }
}
