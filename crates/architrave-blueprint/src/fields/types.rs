//! The types of the language as a table, and how each is read.

use architrave_model::{Field, FieldType, FileKind, Finding, Name, OnDelete, Scalar};

use super::{FieldReader, Home, Written, pending, plain, poison};
use crate::codes;
use crate::literal::STRING_LENGTH_MAX;
use crate::report::{error, replace, unknown};
use crate::resolve::names::{Symbol, wrong_kind};
use crate::syntax::ast::{Expression, ExpressionKind};
use crate::units;

/// What may be written behind a type's own arguments.
pub(crate) struct TypeRow {
    /// Its name.
    pub(crate) name: &'static str,
    /// Arguments before the modifiers.
    pub(crate) arguments: usize,
    /// Modifiers it takes.
    pub(crate) modifiers: &'static [&'static str],
}

const WORDS: &[&str] =
    &["unique", "immutable", "default", "secret", "pii", "encrypted", "pattern", "min", "max"];
const FORMATS: &[&str] = &["unique", "immutable", "default", "secret", "pii", "encrypted"];
const NUMBERS: &[&str] =
    &["unique", "immutable", "default", "secret", "pii", "encrypted", "min", "max"];
const MARKS: &[&str] = &["immutable", "default", "secret", "pii", "encrypted"];

const fn row(name: &'static str, arguments: usize, modifiers: &'static [&'static str]) -> TypeRow {
    TypeRow { name, arguments, modifiers }
}

/// All types with a word of their own.
pub(crate) const TYPES: &[TypeRow] = &[
    row("string", 1, WORDS),
    row("text", 0, &["immutable", "default", "secret", "pii", "encrypted", "min", "max"]),
    row("email", 0, FORMATS),
    row("phone", 0, FORMATS),
    row("url", 0, FORMATS),
    row("slug", 0, FORMATS),
    row("country", 0, FORMATS),
    row("locale", 0, FORMATS),
    row("int", 0, NUMBERS),
    row("decimal", 2, NUMBERS),
    row("money", 0, NUMBERS),
    row("bool", 0, MARKS),
    row("uuid", 0, FORMATS),
    row("timestamp", 0, NUMBERS),
    row("date", 0, NUMBERS),
    row("duration", 0, NUMBERS),
    row("enum", usize::MAX, &["unique", "immutable", "default", "secret", "pii", "encrypted"]),
    row("json", 0, &["immutable", "secret", "pii", "encrypted", "max"]),
    row("file", 1, &["immutable", "max_size", "pii"]),
    row("ref", 1, &["unique", "immutable", "default", "on_delete"]),
    row("many", 1, &["min", "max"]),
    row("list", 1, &["immutable", "secret", "pii", "encrypted", "min", "max"]),
    row("optional", 1, &[]),
    row("computed", 1, &[]),
    row("sequence", 1, &[]),
];

/// What a value object takes.
const VALUE_ROW: TypeRow = row("value", 0, &["immutable"]);

/// Placeholders of a sequence.
pub(crate) const SEQUENCE_PARTS: [&str; 4] = ["{year}", "{month}", "{day}", "{n}"];
/// Most parts or items where nothing smaller is said; also the largest that may be said.
const COUNT_MAX: u64 = 10_000;
/// Parts of an aggregate when `max` is left out: an aggregate is loaded and written as a whole.
const PARTS_MAX: u32 = 1_000;
/// Size of a file when `max_size` is left out: 10 MB.
const FILE_BYTES_MAX: u64 = 10_000_000;

/// A type that was read, with the modifiers still to be judged.
struct Parsed<'a> {
    ty: FieldType,
    row: &'static TypeRow,
    modifiers: Vec<&'a Expression>,
    is_optional: bool,
}

impl FieldReader<'_> {
    /// Reads one field. What cannot be understood becomes a field that fits everywhere.
    pub(super) fn field(&mut self, written: &Written<'_>) -> Field {
        let parsed = self.parse(written.ty);
        let name = written.name.clone();
        let Some(parsed) = parsed else {
            return plain(name, written.doc, written.span, poison(written.ty.span));
        };
        let mut field = plain(name, written.doc, written.span, parsed.ty);
        field.is_optional = parsed.is_optional;
        if let FieldType::Sequence { .. } = field.ty {
            field.unique = Some(architrave_model::UniqueScope::Tenant);
        }
        self.modify(&mut field, parsed.row, &parsed.modifiers);
        self.judge(&field);
        field
    }

    fn parse<'a>(&mut self, ty: &'a Expression) -> Option<Parsed<'a>> {
        let bare = ty.bare();
        match &bare.kind {
            ExpressionKind::Error => None,
            ExpressionKind::Name(word) => {
                let name = Name { text: word.clone(), span: bare.span };
                self.parse_named(&name, &[], bare)
            }
            ExpressionKind::Call { name, arguments } => self.parse_named(name, arguments, bare),
            ExpressionKind::Member { .. } => {
                let path = bare.path();
                match path {
                    Some(path) => self.parse_value(&path, &[]),
                    None => self.refuse(not_a_type(bare)),
                }
            }
            _ => self.refuse(not_a_type(bare)),
        }
    }

    fn refuse<T>(&mut self, finding: Finding) -> Option<T> {
        self.findings.push(finding);
        None
    }

    fn parse_named<'a>(
        &mut self,
        name: &Name,
        arguments: &'a [Expression],
        whole: &Expression,
    ) -> Option<Parsed<'a>> {
        let Some(row) = TYPES.iter().find(|it| it.name == name.text) else {
            return self.parse_value(std::slice::from_ref(name), arguments);
        };
        let own_count = if row.arguments == usize::MAX {
            arguments.iter().take_while(|it| it.text().is_some()).count()
        } else {
            row.arguments.min(arguments.len())
        };
        let (own, modifiers) = arguments.split_at_checked(own_count)?;
        if row.arguments != usize::MAX && own.len() < row.arguments {
            return self.refuse(wrong_arguments(row.name, whole));
        }
        if own.iter().any(Expression::is_poisoned) {
            return None;
        }
        if row.name == "optional" {
            return self.parse_optional(own.first()?, modifiers, whole);
        }
        self.judge_home(row, whole)?;
        let ty = self.own_type(row, own, modifiers, whole)?;
        Some(Parsed { ty, row, modifiers: modifiers.iter().collect(), is_optional: false })
    }

    fn parse_optional<'a>(
        &mut self,
        inner: &'a Expression,
        modifiers: &'a [Expression],
        whole: &Expression,
    ) -> Option<Parsed<'a>> {
        let mut parsed = self.parse(inner)?;
        let why_not = match &parsed.ty {
            _ if parsed.is_optional => Some("it is optional already"),
            FieldType::Many { .. } | FieldType::List { .. } => Some("nothing is the empty list"),
            FieldType::Computed { .. } => Some("its type follows from its expression"),
            FieldType::Sequence { .. } => Some("it is always drawn"),
            FieldType::Scalar(_) | FieldType::Ref { .. } | FieldType::Value(_) => None,
        };
        if let Some(why_not) = why_not {
            let finding =
                error(codes::WRONG_TYPE_USE, whole.span, "this type cannot be optional", why_not);
            return self.refuse(finding.fix(unwrap_fix(whole, inner)));
        }
        parsed.is_optional = true;
        parsed.modifiers.extend(modifiers);
        Some(parsed)
    }

    /// Refuses types that make no sense where the field stands.
    fn judge_home(&mut self, row: &TypeRow, whole: &Expression) -> Option<()> {
        let why = match (self.home, row.name) {
            (Home::Entity, _) => return Some(()),
            (_, "many" | "computed" | "sequence") => "only rows of an entity have it",
            (Home::Value, "ref") => "a value object has no references; put it into the entity",
            _ => return Some(()),
        };
        let title = format!("`{}` cannot stand here", row.name);
        self.refuse(
            error(codes::WRONG_TYPE_USE, whole.span, title, why).help("choose another type"),
        )
    }

    fn parse_value<'a>(
        &mut self,
        path: &[Name],
        modifiers: &'a [Expression],
    ) -> Option<Parsed<'a>> {
        let symbol = match self.names.resolve(path, Some(self.context)) {
            Ok(symbol) => symbol,
            Err(finding) => {
                let finding = self.unknown_type(path, finding);
                return self.refuse(finding);
            }
        };
        let Symbol::Value(value) = symbol else {
            let finding = wrong_kind(path, symbol, "a type");
            return self.refuse(match symbol {
                Symbol::Entity(_) => {
                    let name = crate::view::joined(path);
                    let fix = replace("refer to it", name.span, format!("ref({})", name.text));
                    finding.fix(fix)
                }
                _ => finding,
            });
        };
        if self.home == Home::Value {
            let name = crate::view::joined(path);
            return self.refuse(
                error(codes::WRONG_TYPE_USE, name.span, "a value object cannot hold another", "")
                    .help("list its members here"),
            );
        }
        Some(Parsed {
            ty: FieldType::Value(value),
            row: &VALUE_ROW,
            modifiers: modifiers.iter().collect(),
            is_optional: false,
        })
    }

    /// A single unknown word is more likely a misspelt type than anything else.
    fn unknown_type(&self, path: &[Name], finding: Finding) -> Finding {
        let [name] = path else { return finding };
        if finding.code != codes::UNKNOWN_NAME {
            return finding;
        }
        let types = TYPES.iter().map(|it| it.name);
        let near = crate::resolve::suggest::nearest(&name.text, types.clone());
        if near.is_none() && finding.fix.is_some() {
            return finding;
        }
        unknown(codes::UNKNOWN_TYPE, name, format!("there is no type `{}`", name.text), types)
    }

    fn own_type(
        &mut self,
        row: &'static TypeRow,
        own: &[Expression],
        modifiers: &[Expression],
        whole: &Expression,
    ) -> Option<FieldType> {
        let (first, second) = (own.first(), own.get(1));
        let simple = |it: Scalar| Some(FieldType::Scalar(it));
        match row.name {
            "string" => {
                let length =
                    first.and_then(Expression::count).and_then(|it| u32::try_from(it).ok());
                match length.filter(|it| (1..=STRING_LENGTH_MAX).contains(it)) {
                    Some(length_max) => simple(Scalar::String { length_max }),
                    None => self.refuse(wrong_arguments("string", whole)),
                }
            }
            "text" => simple(Scalar::Text),
            "email" => simple(Scalar::Email),
            "phone" => simple(Scalar::Phone),
            "url" => simple(Scalar::Url),
            "slug" => simple(Scalar::Slug),
            "country" => simple(Scalar::Country),
            "locale" => simple(Scalar::Locale),
            "int" => simple(Scalar::Int),
            "money" => simple(Scalar::Money),
            "bool" => simple(Scalar::Bool),
            "uuid" => simple(Scalar::Uuid),
            "timestamp" => simple(Scalar::Timestamp),
            "date" => simple(Scalar::Date),
            "duration" => simple(Scalar::Duration),
            "json" => simple(Scalar::Json),
            "decimal" => self.decimal(first?, second?, whole),
            "enum" => self.enumeration(own, whole),
            "file" => self.file(first?, modifiers),
            "ref" => self.reference(first?),
            "many" => self.parts(first?),
            "list" => self.list(first?, modifiers, whole),
            // Typed once all fields are known.
            "computed" => Some(pending(whole.span)),
            "sequence" => self.sequence(first?),
            _ => None,
        }
    }

    fn decimal(
        &mut self,
        first: &Expression,
        second: &Expression,
        whole: &Expression,
    ) -> Option<FieldType> {
        let digit = |it: &Expression| it.count().and_then(|it| u8::try_from(it).ok());
        match (digit(first), digit(second)) {
            (Some(precision), Some(scale))
                if (1..=18).contains(&precision) && scale <= precision =>
            {
                Some(FieldType::Scalar(Scalar::Decimal { precision, scale }))
            }
            _ => self.refuse(wrong_arguments("decimal", whole)),
        }
    }

    fn enumeration(&mut self, own: &[Expression], whole: &Expression) -> Option<FieldType> {
        let mut values: Vec<String> = Vec::new();
        for one in own {
            let text = one.text().unwrap_or_default();
            let is_word = !text.is_empty()
                && text.len() <= 64
                && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-.".contains(&it));
            if !is_word {
                return self.refuse(
                    error(
                        codes::WRONG_ARGUMENTS,
                        one.span,
                        "this cannot be a value of an `enum`",
                        "",
                    )
                    .help("use letters, digits, `_`, `-` and `.`, at most 64 of them"),
                );
            }
            if values.iter().any(|it| it == text) {
                return self.refuse(
                    error(
                        codes::WRONG_ARGUMENTS,
                        one.span,
                        format!("\"{text}\" stands here twice"),
                        "",
                    )
                    .help("leave one out"),
                );
            }
            values.push(text.to_owned());
        }
        if values.is_empty() {
            return self.refuse(wrong_arguments("enum", whole));
        }
        Some(FieldType::Scalar(Scalar::Enum(values)))
    }

    fn file(&mut self, kind: &Expression, modifiers: &[Expression]) -> Option<FieldType> {
        const KINDS: [(&str, FileKind); 5] = [
            ("image", FileKind::Image),
            ("document", FileKind::Document),
            ("audio", FileKind::Audio),
            ("video", FileKind::Video),
            ("any", FileKind::Any),
        ];
        let word = match &kind.bare().kind {
            ExpressionKind::Name(word) => word.clone(),
            _ => String::new(),
        };
        let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == word) else {
            let name = Name { text: word, span: kind.span };
            let known = KINDS.iter().map(|(name, _)| *name);
            return self.refuse(unknown(
                codes::WRONG_ARGUMENTS,
                &name,
                "there is no such kind of file",
                known,
            ));
        };
        let size =
            modifiers.iter().filter_map(Expression::call).find(|(name, _)| name.text == "max_size");
        let size_bytes_max = match size {
            Some((_, [text])) => text.text().and_then(units::size_bytes).unwrap_or(FILE_BYTES_MAX),
            _ => FILE_BYTES_MAX,
        };
        Some(FieldType::Scalar(Scalar::File { kind: *kind, size_bytes_max }))
    }

    fn entity(&mut self, path: &Expression) -> Option<architrave_model::EntityId> {
        let Some(path) = path.path() else {
            return self.refuse(
                error(codes::WRONG_ARGUMENTS, path.span, "the name of an entity belongs here", "")
                    .help("write the entity without quotes, as in `sales.Order`"),
            );
        };
        match self.names.resolve(&path, Some(self.context)) {
            Ok(Symbol::Entity(entity)) => Some(entity),
            Ok(symbol) => self.refuse(wrong_kind(&path, symbol, "an entity")),
            Err(finding) => self.refuse(finding),
        }
    }

    fn reference(&mut self, path: &Expression) -> Option<FieldType> {
        let entity = self.entity(path)?;
        Some(FieldType::Ref { entity, on_delete: OnDelete::Restrict })
    }

    fn parts(&mut self, path: &Expression) -> Option<FieldType> {
        let entity = self.entity(path)?;
        if self.system[entity].context != self.context {
            return self.refuse(
                error(
                    codes::WRONG_AGGREGATE,
                    path.span,
                    "a part belongs to the context of its aggregate",
                    "declared in another context",
                )
                .because(self.system[entity].name.span, "declared here")
                .help("move the entity here, or refer to it with `ref`"),
            );
        }
        Some(FieldType::Many { entity, count_max: PARTS_MAX })
    }

    fn list(
        &mut self,
        item: &Expression,
        modifiers: &[Expression],
        whole: &Expression,
    ) -> Option<FieldType> {
        let parsed = self.parse(item)?;
        let FieldType::Scalar(scalar) = parsed.ty else {
            return self.refuse(
                error(codes::WRONG_TYPE_USE, item.span, "a list holds plain values", "")
                    .help("for rows of their own write `many(Entity)`"),
            );
        };
        if parsed.is_optional {
            return self.refuse(
                error(codes::WRONG_TYPE_USE, item.span, "an item of a list is never null", "")
                    .help("leave out `optional`"),
            );
        }
        let own_size: Vec<_> = parsed
            .modifiers
            .iter()
            .filter(|it| it.call().is_none_or(|(name, _)| name.text != "max_size"))
            .collect();
        if let Some(first) = own_size.first() {
            return self.refuse(
                error(
                    codes::WRONG_MODIFIER,
                    first.span,
                    "an item of a list takes no modifiers",
                    "",
                )
                .help("write them behind the item's type, inside `list(…)`"),
            );
        }
        if !modifiers.iter().filter_map(Expression::call).any(|(name, _)| name.text == "max") {
            return self.refuse(
                error(codes::WRONG_ARGUMENTS, whole.span, "this list has no upper bound", "")
                    .help("say how many items it may have, as in `list(slug, max(10))`"),
            );
        }
        Some(FieldType::List {
            item: scalar,
            count_max: u32::try_from(COUNT_MAX).unwrap_or(u32::MAX),
        })
    }

    fn sequence(&mut self, template: &Expression) -> Option<FieldType> {
        let Some(text) = template.text() else {
            return self.refuse(
                error(codes::WRONG_ARGUMENTS, template.span, "a sequence is made from a text", "")
                    .help(r#"write `sequence("ORD-{year}-{n}")`"#),
            );
        };
        let mut rest = text.to_owned();
        for part in SEQUENCE_PARTS {
            rest = rest.replace(part, "");
        }
        if text.matches("{n}").count() != 1 || rest.contains(['{', '}']) || text.len() > 64 {
            return self.refuse(
                error(codes::WRONG_ARGUMENTS, template.span, "this sequence cannot count", "").help(
                    "it holds `{n}` once, and `{year}`, `{month}`, `{day}` if you like, in at most 64 characters",
                ),
            );
        }
        Some(FieldType::Sequence { template: text.to_owned() })
    }
}

fn unwrap_fix(whole: &Expression, inner: &Expression) -> architrave_model::Fix {
    let head = architrave_model::Span { end: inner.span.start, ..whole.span };
    let tail = architrave_model::Span { start: inner.span.end, ..whole.span };
    let mut fix = replace("leave out `optional`", head, "");
    fix.edits.push(architrave_model::Edit { span: tail, text: String::new() });
    fix
}

fn not_a_type(found: &Expression) -> Finding {
    let title = format!("a type belongs here, not {}", found.description());
    error(codes::UNKNOWN_TYPE, found.span, title, "")
        .help("write the field's type, as in `string(120)` or `optional(date)`")
}

fn wrong_arguments(name: &str, whole: &Expression) -> Finding {
    let form = match name {
        "string" => "`string(120)`: characters, from 1 to 10000; longer ones are `text`",
        "decimal" => "`decimal(12, 2)`: all digits, at most 18, and those behind the point",
        "enum" => r#"`enum("draft", "done")`"#,
        "file" => r#"`file(image, max_size("5MB"))`"#,
        "ref" => "`ref(Entity)`",
        "many" => "`many(Part, max(100))`",
        "list" => "`list(slug, max(10))`",
        "optional" => "`optional(date)`",
        "computed" => "`computed(this.price * this.quantity)`",
        "sequence" => r#"`sequence("ORD-{year}-{n}")`"#,
        _ => "its arguments",
    };
    error(codes::WRONG_ARGUMENTS, whole.span, format!("`{name}` needs other arguments"), "")
        .help(format!("write {form}"))
}
