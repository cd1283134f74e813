//! Modifiers behind a type: `unique`, `default(…)`, `min(…)`, `encrypted(lookup)`, …

use architrave_model::{
    Default, Encryption, Field, FieldType, Finding, Name, OnDelete, Scalar, UniqueScope, Value,
};

use super::types::TypeRow;
use super::{FieldReader, Home};
use crate::codes;
use crate::literal::{INT_MAX, parse_scalar};
use crate::report::{error, listed, meant, propose, replace, unknown};
use crate::syntax::ast::{Expression, ExpressionKind};
use crate::units;

/// Modifiers that only mean something for stored rows.
const STORED_ONLY: [&str; 5] = ["unique", "immutable", "secret", "encrypted", "on_delete"];
/// Most parts or items that may be declared.
const COUNT_MAX: u64 = 10_000;
/// Largest JSON value in bytes that may be declared: 1 MiB.
const JSON_BYTES_MAX: u64 = 1 << 20;
/// Most characters that a `text` may be declared with.
const TEXT_LENGTH_MAX: u64 = 10_000_000;

impl FieldReader<'_> {
    /// Applies the modifiers to a field.
    pub(super) fn modify(&mut self, field: &mut Field, row: &TypeRow, modifiers: &[&Expression]) {
        let mut seen: Vec<String> = Vec::new();
        for modifier in modifiers {
            let Some((name, arguments)) = parts(modifier) else {
                if !modifier.is_poisoned() {
                    self.findings.push(surplus(modifier, row));
                }
                continue;
            };
            if seen.contains(&name.text) {
                self.findings.push(
                    error(
                        codes::WRONG_MODIFIER,
                        modifier.span,
                        format!("`{}` stands here twice", name.text),
                        "",
                    )
                    .help("keep one of the two"),
                );
                continue;
            }
            seen.push(name.text.clone());
            if let Some(finding) = self.misplaced(&name, row) {
                self.findings.push(finding);
                continue;
            }
            if let Err(finding) = self.apply(field, &name, arguments, modifier) {
                self.findings.push(*finding);
            }
        }
    }

    fn misplaced(&self, name: &Name, row: &TypeRow) -> Option<Finding> {
        let what = if row.name == "value" { "a value object" } else { row.name };
        if !row.modifiers.contains(&name.text.as_str()) {
            return Some(unknown(
                codes::WRONG_MODIFIER,
                name,
                format!("`{what}` takes no `{}`", name.text),
                row.modifiers.iter().copied(),
            ));
        }
        let is_misplaced = match self.home {
            Home::Entity => false,
            Home::Value => ["unique", "immutable", "on_delete"].contains(&name.text.as_str()),
            Home::Input => STORED_ONLY.contains(&name.text.as_str()),
            Home::Payload => STORED_ONLY.contains(&name.text.as_str()) || name.text == "default",
        };
        is_misplaced.then(|| {
            error(
                codes::WRONG_MODIFIER,
                name.span,
                format!("`{}` belongs to a field of an entity", name.text),
                "",
            )
            .help("leave it out here")
        })
    }

    fn apply(
        &mut self,
        field: &mut Field,
        name: &Name,
        arguments: &[Expression],
        whole: &Expression,
    ) -> Result<(), Box<Finding>> {
        match (name.text.as_str(), arguments) {
            ("unique", []) => field.unique = Some(UniqueScope::Tenant),
            ("unique", [scope]) => {
                word(scope, "unique", &["global"])?;
                field.unique = Some(UniqueScope::Global);
            }
            ("immutable", []) => field.is_immutable = true,
            ("secret", []) => field.is_secret = true,
            ("encrypted", []) => field.encryption = Some(Encryption::Opaque),
            ("encrypted", [how]) => {
                word(how, "encrypted", &["lookup"])?;
                field.encryption = Some(Encryption::Lookup);
            }
            ("pii", [category]) => field.pii = Some(text(category, "pii")?),
            ("pattern", [pattern]) => field.pattern = Some(pattern_of(pattern)?),
            ("default", [value]) => field.default = Some(self.default_of(&field.ty, value)?),
            ("min", [value]) => field.min = Some(self.bound(&field.ty, value)?),
            ("max", [value]) => self.maximum(field, value)?,
            ("max_size", [value]) => check_size(value)?,
            ("on_delete", [value]) => on_delete(field, value)?,
            _ => return Err(Box::new(wrong_arguments(&name.text, whole))),
        }
        Ok(())
    }

    /// `max(n)`: for lists and parts it becomes the count's bound.
    fn maximum(&mut self, field: &mut Field, value: &Expression) -> Result<(), Box<Finding>> {
        let bound = self.bound(&field.ty, value)?;
        match (&mut field.ty, &bound) {
            (
                FieldType::List { count_max, .. } | FieldType::Many { count_max, .. },
                Value::Int(count),
            ) => {
                *count_max = u32::try_from(*count).unwrap_or(*count_max);
            }
            _ => field.max = Some(bound),
        }
        Ok(())
    }

    fn bound(&self, ty: &FieldType, value: &Expression) -> Result<Value, Box<Finding>> {
        let count = |max: u64, what: &str| {
            let count = value.count().filter(|it| *it <= max).and_then(|it| i64::try_from(it).ok());
            count.map(Value::Int).ok_or_else(|| {
                let title = format!("this bound is {what}");
                Box::new(
                    error(codes::WRONG_LITERAL, value.span, title, "")
                        .help(format!("write a whole number from 0 to {max}")),
                )
            })
        };
        match ty {
            FieldType::List { .. } | FieldType::Many { .. } => {
                count(COUNT_MAX, "a number of items")
            }
            FieldType::Scalar(Scalar::String { length_max }) => {
                count(u64::from(*length_max), "a number of characters")
            }
            FieldType::Scalar(Scalar::Text) => count(TEXT_LENGTH_MAX, "a number of characters"),
            FieldType::Scalar(Scalar::Json) => count(JSON_BYTES_MAX, "a number of bytes"),
            FieldType::Scalar(scalar) => self.scalar_value(scalar, value, true),
            _ => Err(Box::new(wrong_arguments("max", value))),
        }
    }

    fn default_of(&self, ty: &FieldType, value: &Expression) -> Result<Default, Box<Finding>> {
        if let Some(path) = value.bare().path() {
            let names: Vec<&str> = path.iter().map(|it| it.text.as_str()).collect();
            match (names.as_slice(), ty) {
                (["now"], FieldType::Scalar(Scalar::Timestamp)) => return Ok(Default::Now),
                (["caller", "user"], FieldType::Ref { entity, .. })
                    if self.system.identity.user.is_none_or(|it| it == *entity) =>
                {
                    return Ok(Default::CallerUser);
                }
                _ => {
                    return Err(Box::new(
                        error(codes::WRONG_LITERAL, value.span, "this cannot be a default of this type", "")
                            .help("write a literal; `now` fits a `timestamp`, `caller.user` a reference to the user entity"),
                    ));
                }
            }
        }
        match ty {
            FieldType::Scalar(scalar) => {
                self.scalar_value(scalar, value, false).map(Default::Value)
            }
            _ => Err(Box::new(
                error(codes::WRONG_LITERAL, value.span, "this type has no literals", "")
                    .help("leave the default out"),
            )),
        }
    }

    /// A literal of a scalar type. Bounds of money may be plain numbers: `money(min(0))`.
    fn scalar_value(
        &self,
        scalar: &Scalar,
        value: &Expression,
        is_bound: bool,
    ) -> Result<Value, Box<Finding>> {
        let digits = self.system.currency_digits;
        if let Some(text) = value.text() {
            return parse_scalar(scalar, text, digits).map_err(|misfit| {
                let finding = error(
                    codes::WRONG_LITERAL,
                    value.span,
                    "this text is not a value of the type",
                    "",
                )
                .help(format!("write {}", misfit.form));
                Box::new(match misfit.nearest {
                    Some(near) => finding.fix(meant(value.span, &format!("\"{near}\""))),
                    None => finding,
                })
            });
        }
        let number = value.number();
        let parsed = match (scalar, &value.bare().kind, number) {
            (Scalar::Bool, ExpressionKind::Bool(it), _) => Some(Value::Bool(*it)),
            (Scalar::Int, _, Some(number)) => {
                number.parse().ok().filter(|it: &i64| it.abs() <= INT_MAX).map(Value::Int)
            }
            (Scalar::Decimal { scale, .. }, _, Some(number)) => units::decimal(&number, *scale)
                .map(|unscaled| Value::Decimal { unscaled, scale: *scale }),
            (Scalar::Money, _, Some(number)) if is_bound => {
                units::decimal(&number, digits).map(Value::Money)
            }
            (Scalar::Money, _, Some(number)) => {
                let finding = error(
                    codes::WRONG_LITERAL,
                    value.span,
                    "an amount of money is written in quotes",
                    "",
                );
                let fix = replace("add the quotes", value.span, format!("\"{number}\""));
                return Err(Box::new(finding.fix(fix)));
            }
            _ => None,
        };
        parsed.ok_or_else(|| {
            Box::new(
                error(
                    codes::WRONG_LITERAL,
                    value.span,
                    format!("{} is not a value of the type", value.description()),
                    "",
                )
                .help("write a literal of the field's type"),
            )
        })
    }

    /// Judges the modifiers together.
    pub(super) fn judge(&mut self, field: &Field) {
        if field.unique.is_some() && field.encryption == Some(Encryption::Opaque) {
            let name = &field.name;
            self.findings.push(
                error(
                    codes::UNIQUE_ENCRYPTED,
                    name.span,
                    "a unique value that nobody can compare",
                    "encrypted without `lookup`",
                )
                .help("write `encrypted(lookup)`: a keyed hash beside it makes `==` and `unique` work"),
            );
        }
        if let (Some(min), Some(max)) = (&field.min, &field.max)
            && min > max
        {
            self.findings.push(
                error(
                    codes::WRONG_LITERAL,
                    field.span,
                    "no value can be this small and this large",
                    "",
                )
                .help("swap `min` and `max`"),
            );
        }
        if let (Some(Default::Value(value)), Some(bounds)) = (&field.default, bounds_broken(field))
        {
            let _ = value;
            self.findings.push(
                error(codes::WRONG_LITERAL, field.span, format!("the default is {bounds}"), "")
                    .help("change the default or the bound"),
            );
        }
        self.judge_secrets(field);
    }

    /// Names that nearly always hold something that must not leave the database.
    fn judge_secrets(&mut self, field: &Field) {
        const TELLING: [&str; 6] =
            ["password", "passphrase", "api_key", "private_key", "access_token", "secret_key"];
        let name = &field.name;
        let is_telling =
            TELLING.iter().any(|it| name.text == *it || name.text.ends_with(&format!("_{it}")));
        if self.home != Home::Entity || field.is_secret || !is_telling {
            return;
        }
        self.findings.push(
            crate::report::warning(
                codes::LOOKS_SECRET,
                name.span,
                format!(
                    "`{}` sounds like a secret, but is shown to everyone who may read the row",
                    name.text
                ),
                "",
            )
            .help("add `secret`: it then never leaves the database"),
        );
    }
}

/// Says how a default breaks its bounds.
fn bounds_broken(field: &Field) -> Option<&'static str> {
    let Some(Default::Value(value)) = &field.default else { return None };
    let length;
    let measured = match value {
        Value::Text(text) => {
            length = Value::Int(i64::try_from(text.chars().count()).unwrap_or(i64::MAX));
            &length
        }
        other => other,
    };
    if field.min.as_ref().is_some_and(|min| measured < min) {
        return Some("smaller than `min`");
    }
    field.max.as_ref().is_some_and(|max| measured > max).then_some("larger than `max`")
}

fn parts(modifier: &Expression) -> Option<(Name, &[Expression])> {
    match &modifier.bare().kind {
        ExpressionKind::Name(word) => {
            Some((Name { text: word.clone(), span: modifier.bare().span }, &[]))
        }
        ExpressionKind::Call { name, arguments } => Some((name.clone(), arguments)),
        _ => None,
    }
}

fn surplus(modifier: &Expression, row: &TypeRow) -> Finding {
    let title = format!("`{}` does not take {} here", row.name, modifier.description());
    error(codes::WRONG_MODIFIER, modifier.span, title, "")
        .help(format!("modifiers of this type: {}", listed(row.modifiers)))
}

fn word(value: &Expression, of: &str, words: &[&str]) -> Result<(), Box<Finding>> {
    let text = match &value.bare().kind {
        ExpressionKind::Name(text) => text.clone(),
        _ => String::new(),
    };
    if words.contains(&text.as_str()) {
        return Ok(());
    }
    let name = Name { text, span: value.span };
    let title = format!("`{of}` takes another word here");
    Err(Box::new(unknown(codes::WRONG_MODIFIER, &name, title, words.iter().copied())))
}

fn text(value: &Expression, of: &str) -> Result<String, Box<Finding>> {
    value.text().filter(|it| !it.is_empty()).map(str::to_owned).ok_or_else(|| {
        Box::new(
            error(codes::WRONG_MODIFIER, value.span, format!("`{of}` takes text in quotes"), "")
                .help(format!("write `{of}(\"…\")`")),
        )
    })
}

/// Longest regular expression.
const PATTERN_LENGTH_MAX: usize = 500;

fn pattern_of(value: &Expression) -> Result<String, Box<Finding>> {
    let pattern = text(value, "pattern")?;
    match crate::pattern::check(&pattern) {
        Ok(()) if pattern.len() <= PATTERN_LENGTH_MAX => Ok(pattern),
        Ok(()) => Err(Box::new(
            error(codes::WRONG_PATTERN, value.span, "this pattern is too long", "")
                .help(format!("at most {PATTERN_LENGTH_MAX} bytes")),
        )),
        Err(why) => Err(Box::new(
            error(codes::WRONG_PATTERN, value.span, "this pattern cannot be read", why.clone())
                .help("patterns follow RFC 9485: classes, groups, `|`, `?`, `*`, `+`, `{n,m}`, anchors at the ends"),
        )),
    }
}

fn check_size(value: &Expression) -> Result<(), Box<Finding>> {
    match value.text().and_then(units::size_bytes) {
        Some(_) => Ok(()),
        None => Err(Box::new(
            error(codes::WRONG_LITERAL, value.span, "this size cannot be read", "")
                .help(format!("write {}", units::SIZE_FORM)),
        )),
    }
}

fn on_delete(field: &mut Field, value: &Expression) -> Result<(), Box<Finding>> {
    const WORDS: [(&str, OnDelete); 3] = [
        ("restrict", OnDelete::Restrict),
        ("set_null", OnDelete::SetNull),
        ("cascade", OnDelete::Cascade),
    ];
    let text = text(value, "on_delete")?;
    let Some((_, chosen)) = WORDS.iter().find(|(word, _)| *word == text) else {
        let finding = error(
            codes::WRONG_MODIFIER,
            value.span,
            format!("`on_delete` cannot be \"{text}\""),
            "",
        );
        let names = WORDS.map(|(word, _)| word);
        let finding = match crate::resolve::suggest::nearest(&text, names) {
            Some(near) => finding.fix(meant(value.span, &format!("\"{near}\""))),
            None => finding,
        };
        return Err(Box::new(finding.help(format!("known here: {}", listed(&names)))));
    };
    if *chosen == OnDelete::SetNull && !field.is_optional {
        return Err(Box::new(
            error(codes::WRONG_MODIFIER, value.span, "this reference can never be null", "")
                .because(field.name.span, "not optional")
                .help("make it `optional(ref(…))`, or choose \"restrict\" or \"cascade\"")
                .fix(propose("refuse the deletion instead", value.span, "\"restrict\"")),
        ));
    }
    if let FieldType::Ref { on_delete, .. } = &mut field.ty {
        *on_delete = *chosen;
    }
    Ok(())
}

fn wrong_arguments(name: &str, whole: &Expression) -> Finding {
    let form = match name {
        "unique" => "`unique` or `unique(global)`",
        "encrypted" => "`encrypted` or `encrypted(lookup)`",
        "pii" => r#"`pii("contact")`"#,
        "pattern" => r#"`pattern("^[A-Z]+$")`"#,
        "default" => "`default(…)` with one literal",
        "min" => "`min(…)` with one literal",
        "max" => "`max(…)` with one literal",
        "max_size" => r#"`max_size("5MB")`"#,
        "on_delete" => r#"`on_delete("restrict")`, "set_null" or "cascade""#,
        _ => "it without parentheses",
    };
    error(codes::WRONG_MODIFIER, whole.span, format!("`{name}` needs other arguments"), "")
        .help(format!("write {form}"))
}
