//! What fits where: the few implicit conversions, and text literals as values of the expected type.

use architrave_model::{
    Base, Expr, ExprKind, Field, FieldType, Finding, Member, Scalar, Span, Ty, Value,
};

use super::{Typer, literal};
use crate::codes;
use crate::literal::{parse, parse_scalar};
use crate::report::{error, meant, replace};

impl Typer<'_> {
    /// A text literal where a type is expected.
    pub(super) fn text(&mut self, text: &str, span: Span, expected: Option<&Ty>) -> Expr {
        let plain = || literal(Value::Text(text.to_owned()), Ty::of(Base::Text), span);
        let Some(Ty { base, .. }) = expected else { return plain() };
        let is_convertible = matches!(
            base,
            Base::Enum(_)
                | Base::Uuid
                | Base::Timestamp
                | Base::Date
                | Base::Duration
                | Base::Money
                | Base::Decimal { .. }
        );
        if !is_convertible {
            return plain();
        }
        match parse(base, text, self.system.currency_digits) {
            Ok(value) => literal(value, Ty::of(base.clone()), span),
            Err(misfit) => {
                let title = format!("\"{text}\" is not {}", self.describe(&Ty::of(base.clone())));
                let finding = error(codes::WRONG_LITERAL, span, title, "");
                self.report(match misfit.nearest {
                    Some(near) => finding.fix(meant(span, &format!("\"{near}\""))),
                    None => finding.help(format!("write {}", misfit.form)),
                })
            }
        }
    }

    /// A text literal beside a field of a text type that it can never be equal to: `"de"` beside a
    /// `country`, whose values are written in capitals.
    pub(super) fn never_equal(&self, left: &Expr, right: &Expr) -> Option<Finding> {
        let (literal, beside) = match (&left.kind, &right.kind) {
            (ExprKind::Literal(_), _) => (left, right),
            _ => (right, left),
        };
        let ExprKind::Literal(Value::Text(text)) = &literal.kind else { return None };
        let FieldType::Scalar(scalar) = &self.written_field(beside)?.ty else { return None };
        if matches!(scalar, Scalar::Enum(_)) {
            return None;
        }
        let misfit = parse_scalar(scalar, text, self.system.currency_digits).err()?;
        let title = format!("\"{text}\" is never a value of this field");
        Some(
            error(codes::WRONG_LITERAL, literal.span, title, "")
                .help(format!("write {}", misfit.form)),
        )
    }

    /// The declaration behind a member of a row, a value object or an input.
    fn written_field(&self, expr: &Expr) -> Option<&Field> {
        let ExprKind::Member { member, .. } = &expr.kind else { return None };
        match member {
            Member::Input { command, field } => self.system[*command].input.get(*field),
            _ => super::rules::stored_field(self.system, expr),
        }
    }

    /// Makes sure that a value may stand where `expected` is expected.
    pub(crate) fn fit(&mut self, found: Expr, expected: &Ty) -> Expr {
        if found.ty.base == Base::Poison || expected.base == Base::Poison {
            return found;
        }
        if found.ty.base == Base::Null {
            return if expected.is_optional { found } else { self.null_misfit(&found, expected) };
        }
        if !fits(&found.ty.base, &expected.base) {
            return self.misfit(&found, expected);
        }
        if found.ty.is_optional && !expected.is_optional {
            return self.absent(found, "a value");
        }
        found
    }

    fn null_misfit(&mut self, found: &Expr, expected: &Ty) -> Expr {
        let title = format!("`null` is not {}", self.describe(expected));
        let finding = error(codes::TYPE_MISMATCH, found.span, title, "");
        self.report(finding.help("write a value, or make the place `optional(…)`"))
    }

    fn misfit(&mut self, found: &Expr, expected: &Ty) -> Expr {
        let wanted = self.describe(expected);
        let title = format!("{wanted} belongs here, not {}", self.describe(&found.ty));
        let finding = error(codes::TYPE_MISMATCH, found.span, title, "");
        let finding = match (&expected.base, &found.kind) {
            (Base::Money, ExprKind::Literal(Value::Int(number))) => {
                let text = format!("\"{number}\"");
                finding.fix(replace("write an amount of money in quotes", found.span, text))
            }
            (Base::Money, ExprKind::Literal(Value::Decimal { .. })) => {
                finding.help("write an amount of money in quotes")
            }
            (Base::Money | Base::Int, _) if matches!(found.ty.base, Base::Decimal { .. }) => {
                finding.help("say how to round: `round(…, digits)`")
            }
            (Base::Object(value), _) => {
                let of = &self.system[*value];
                let first = of.fields.first().map_or("name", |it| it.name.text.as_str());
                let object = format!("{{ {first} = …, … }}");
                let name = &of.name.text;
                finding.help(format!(
                    "write `{object}`, or name a field or an input that is a `{name}`"
                ))
            }
            _ => finding.help(format!("write {wanted}")),
        };
        self.report(finding)
    }

    /// Makes sure that a value is there; says so if it may be null.
    pub(super) fn present(&mut self, found: Expr, needed_for: &str) -> Expr {
        if found.ty.is_optional && found.ty.base != Base::Poison {
            return self.absent(found, needed_for);
        }
        found
    }

    fn absent(&mut self, found: Expr, needed_for: &str) -> Expr {
        let title = format!("{needed_for} is needed, but this may be null");
        let declared = self.declared_at(&found);
        let label = if declared.is_none() { "may be null" } else { "" };
        let mut finding = error(codes::MAY_BE_NULL, found.span, title, label)
            .help("test it before with `… != null && …`, or write `coalesce(…, other)`");
        if let Some((span, text)) = declared {
            finding = finding.because(span, text);
        }
        self.report(finding)
    }

    /// A type in the author's words.
    pub(crate) fn describe(&self, ty: &Ty) -> String {
        let name = match &ty.base {
            Base::Null => return "`null`".to_owned(),
            Base::Bool => "a `bool`".to_owned(),
            Base::Int => "an `int`".to_owned(),
            Base::Decimal { .. } => "a `decimal`".to_owned(),
            Base::Money => "an amount of `money`".to_owned(),
            Base::Text => "a text".to_owned(),
            Base::Enum(values) => {
                let names: Vec<String> =
                    values.iter().take(8).map(|it| format!("\"{it}\"")).collect();
                format!("one of {}", names.join(", "))
            }
            Base::Uuid => "a `uuid`".to_owned(),
            Base::Row(entity) => format!("a `{}`", self.system[*entity].name.text),
            Base::Timestamp => "a `timestamp`".to_owned(),
            Base::Date => "a `date`".to_owned(),
            Base::Duration => "a `duration`".to_owned(),
            Base::Json => "`json`".to_owned(),
            Base::File => "a `file`".to_owned(),
            Base::Object(value) => format!("a `{}`", self.system[*value].name.text),
            Base::List(_) => "a list".to_owned(),
            Base::Parts(entity) | Base::Set(entity) => {
                format!("many of `{}`", self.system[*entity].name.text)
            }
            Base::Record(_) => "an object".to_owned(),
            Base::Poison => "a value".to_owned(),
        };
        if ty.is_optional { format!("{name} or null") } else { name }
    }
}

/// Whether a value of one type may stand where another is expected, nulls aside.
pub(crate) fn fits(found: &Base, expected: &Base) -> bool {
    match (found, expected) {
        (Base::Poison | Base::Json, _) | (_, Base::Poison) => true,
        (Base::Int, Base::Decimal { .. }) | (Base::Row(_), Base::Uuid) => true,
        (Base::Decimal { scale }, Base::Decimal { scale: expected }) => scale <= expected,
        (Base::List(found), Base::List(expected)) => fits(&found.base, &expected.base),
        (Base::Record(_), Base::Json) => true,
        _ => found == expected,
    }
}

/// Whether two values may be asked to be the same.
pub(super) fn comparable(left: &Base, right: &Base) -> bool {
    match (left, right) {
        (Base::Poison | Base::Json, _) | (_, Base::Poison | Base::Json) => true,
        (Base::Int | Base::Decimal { .. }, Base::Int | Base::Decimal { .. }) => true,
        _ => left == right,
    }
}
