//! A column's type as a field's: what follows from the column, what has to be guessed.

use architrave_model::graph::{Column, ColumnKind, Known};

use super::{
    names::words,
    sketch::{Field, Shape},
};

/// Words of names that hold amounts of money.
const AMOUNTS: &[&str] = &[
    "price", "amount", "total", "subtotal", "cost", "fee", "fees", "balance", "tax", "discount",
    "salary", "revenue", "paid", "freight", "payment", "deposit", "budget", "charge",
];
/// Words of names of longer texts.
const PROSE: &[&str] = &[
    "description",
    "body",
    "content",
    "contents",
    "notes",
    "note",
    "bio",
    "comment",
    "comments",
    "text",
    "message",
    "summary",
    "about",
    "details",
    "html",
    "markdown",
    "remarks",
    "excerpt",
    "instructions",
];
/// Words of names of credentials.
const SECRETS: &[&str] = &["secret", "token", "salt", "otp", "apikey", "passphrase"];

/// The field of a column, or why it has none. `is_key`: whether an index stands on it.
pub(super) fn field(column: &Column, is_key: bool) -> Result<Field, String> {
    let words = words(&column.name);
    let has = |list: &[&str]| words.iter().any(|it| list.contains(&it.as_str()));
    if has(&["password", "passwd", "pwd"]) {
        return Err("people sign in with their issuer, and no passwords are kept".to_owned());
    }
    if column.is_computed {
        return Err("it is computed: write it as `computed(…)`".to_owned());
    }
    let mut field = Field {
        source: column.name.clone(),
        raw: column.name.clone(),
        is_optional: column.is_nullable.value() != Some(&false),
        is_unique: column.is_unique.value() == Some(&true),
        ..Field::default()
    };
    shape(column, &words, is_key, &mut field)?;
    personal(&words, &mut field);
    let is_secret = has(SECRETS) || words.join("_").contains("api_key");
    if is_secret && field.shape.is_text() {
        field.modifiers.push("secret".to_owned());
        field.guesses.push("its name sounds like a secret".to_owned());
    }
    bounds(column, &mut field);
    if !field.is_optional {
        default(column, &mut field);
    }
    Ok(field)
}

fn shape(column: &Column, words: &[String], is_key: bool, field: &mut Field) -> Result<(), String> {
    let written = column.type_text.as_str();
    let is_amount = words.iter().any(|it| AMOUNTS.contains(&it.as_str()));
    let mut guess = |text: String| field.guesses.push(text);
    field.shape = match column.kind.value() {
        Some(ColumnKind::Enumeration) => enumeration(column, &mut guess),
        Some(ColumnKind::Text) => text(column, words, is_key, &mut guess),
        Some(ColumnKind::SmallInteger | ColumnKind::Integer) => Shape::plain("int"),
        Some(ColumnKind::Decimal) => decimal(written, is_amount, &mut guess),
        Some(ColumnKind::Float) if is_amount => {
            guess(format!("{written}; an amount is never a float"));
            Shape::plain("money")
        }
        Some(ColumnKind::Float) => {
            guess(format!("{written}; there is no float"));
            Shape::Plain("decimal", vec!["18".to_owned(), "6".to_owned()])
        }
        Some(ColumnKind::Money) => Shape::plain("money"),
        Some(ColumnKind::Boolean) => Shape::plain("bool"),
        Some(ColumnKind::Uuid | ColumnKind::UuidOrdered) => Shape::plain("uuid"),
        Some(ColumnKind::Instant) => Shape::plain("timestamp"),
        Some(ColumnKind::LocalTime) => {
            guess(format!("{written}; taken to be UTC"));
            Shape::plain("timestamp")
        }
        Some(ColumnKind::Date) => Shape::plain("date"),
        Some(ColumnKind::Duration) => Shape::plain("duration"),
        Some(ColumnKind::Json) => Shape::plain("json"),
        Some(ColumnKind::List) => list(written, &mut guess),
        Some(ColumnKind::Binary | ColumnKind::File) => {
            guess(format!("{written}; files are kept beside the rows"));
            Shape::Plain("file", vec!["any".to_owned(), "max_size(\"5MB\")".to_owned()])
        }
        Some(ColumnKind::Reference) | None => {
            other(written, &mut guess).ok_or_else(|| "search has an index of its own".to_owned())?
        }
    };
    Ok(())
}

fn enumeration(column: &Column, guess: &mut impl FnMut(String)) -> Shape {
    let is_legal = |it: &String| {
        !it.is_empty()
            && it.len() <= 48
            && it.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.'))
    };
    let mut values = column.values.clone();
    values.sort();
    values.dedup();
    if values.len() == column.values.len()
        && !values.is_empty()
        && column.values.iter().all(is_legal)
    {
        return Shape::Enumeration(column.values.clone());
    }
    guess(format!("{}; its values are no words", column.type_text));
    Shape::string(255)
}

fn text(column: &Column, words: &[String], is_key: bool, guess: &mut impl FnMut(String)) -> Shape {
    if words.last().is_some_and(|it| it == "email" || it == "mail") {
        guess(format!("{} called {}", column.type_text, column.name));
        return Shape::plain("email");
    }
    if let Known::Is(length, _) = column.length_max {
        return Shape::string(length);
    }
    let is_prose = words.iter().any(|it| PROSE.contains(&it.as_str()));
    if is_prose && !is_key {
        return Shape::plain("text");
    }
    guess("the length: it has no bound".to_owned());
    Shape::string(255)
}

fn decimal(written: &str, is_amount: bool, guess: &mut impl FnMut(String)) -> Shape {
    let inner = written.split_once('(').and_then(|it| it.1.split(')').next()).unwrap_or_default();
    let mut numbers = inner.split(',').map(|it| it.trim().parse::<u32>().ok());
    let (digits, scale) = (numbers.next().flatten(), numbers.next().flatten());
    if is_amount && scale.is_none_or(|it| it == 2) {
        guess(format!("{written}; taken for money by its name"));
        return Shape::plain("money");
    }
    let digits = digits.filter(|it| (1..=18).contains(it));
    let scale = scale.or(digits.map(|_| 0)).filter(|it| *it <= digits.unwrap_or(18));
    match (digits, scale) {
        (Some(digits), Some(scale)) => {
            Shape::Plain("decimal", vec![digits.to_string(), scale.to_string()])
        }
        _ => {
            guess(format!("{written}; a decimal has at most 18 digits"));
            Shape::Plain("decimal", vec!["18".to_owned(), "4".to_owned()])
        }
    }
}

fn list(written: &str, guess: &mut impl FnMut(String)) -> Shape {
    let of = written.trim_end_matches("[]").split('(').next().unwrap_or_default().trim();
    let item = match of {
        "int" | "integer" | "bigint" | "smallint" | "int4" | "int8" => "int",
        "text" | "varchar" | "character varying" | "citext" => "string(255)",
        "uuid" => "uuid",
        _ => {
            guess(format!("{written}; kept as JSON"));
            return Shape::plain("json");
        }
    };
    guess(format!("{written}; at most 100 items"));
    Shape::Plain("list", vec![item.to_owned(), "max(100)".to_owned()])
}

/// Types that are known by name alone; none for those that are not data.
fn other(written: &str, guess: &mut impl FnMut(String)) -> Option<Shape> {
    let bare = written.rsplit('.').next().unwrap_or_default();
    let name = bare.split('(').next().unwrap_or_default().trim_matches('"');
    let shape = match name.trim() {
        "tsvector" | "tsquery" => return None,
        "datetime" | "timestamp" | "smalldatetime" | "datetime2" => Shape::plain("timestamp"),
        "inet" | "cidr" | "macaddr" | "macaddr8" => Shape::string(45),
        "time" | "timetz" | "time without time zone" | "time with time zone" => Shape::string(32),
        "hstore" | "geometry" | "geography" | "point" | "polygon" | "vector" | "object" | "any"
        | "xml" => Shape::plain("json"),
        _ => Shape::string(255),
    };
    guess(if written.is_empty() {
        "it has no type".to_owned()
    } else {
        format!("{written} is not a type here")
    });
    Some(shape)
}

/// Marks what is about people.
fn personal(words: &[String], field: &mut Field) {
    const CONTACT: &[&str] = &["email", "mail", "phone", "mobile", "fax", "telephone"];
    const IDENTITY: &[&str] = &[
        "birthday",
        "birthdate",
        "dob",
        "ssn",
        "passport",
        "firstname",
        "lastname",
        "surname",
        "gender",
    ];
    const ADDRESS: &[&str] = &["street", "zip", "zipcode", "postcode", "address"];
    let joined = words.concat();
    let is = |list: &[&str]| words.iter().any(|it| list.contains(&it.as_str()));
    let is_name = matches!(
        joined.as_str(),
        "firstname" | "lastname" | "fullname" | "dateofbirth" | "birthdate"
    );
    let category = if is(CONTACT) {
        "contact"
    } else if is(IDENTITY) || is_name {
        "identity"
    } else if is(ADDRESS) {
        "address"
    } else {
        return;
    };
    let is_data = field.shape.is_text() || matches!(field.shape, Shape::Plain("email" | "date", _));
    if is_data {
        field.modifiers.push(format!("pii(\"{category}\")"));
        field.guesses.push("personal data by its name".to_owned());
    }
}

fn bounds(column: &Column, field: &mut Field) {
    let smallest = column.at_least.as_deref().and_then(|it| it.parse::<i64>().ok());
    if let (Some(smallest), Shape::Plain("int" | "money" | "decimal", _)) = (smallest, &field.shape)
        && smallest.unsigned_abs() < 1_000_000_000
        && (smallest >= 0 || field.shape == Shape::plain("int"))
    {
        let is_zero_or_int = smallest == 0 || field.shape == Shape::plain("int");
        if is_zero_or_int {
            field.modifiers.push(format!("min({smallest})"));
        }
    }
}

/// A default that is a literal, or the time.
fn default(column: &Column, field: &mut Field) {
    let Some(written) = column.default_text.value() else { return };
    let bare = written.split("::").next().unwrap_or_default().trim().trim_matches(['(', ')']);
    let unquoted = bare.trim_matches('\'');
    let lower = bare.to_ascii_lowercase();
    let value = match &field.shape {
        Shape::Plain("bool", _) => match unquoted.to_ascii_lowercase().as_str() {
            "true" | "t" | "1" | "b1" | "y" => Some("true".to_owned()),
            "false" | "f" | "0" | "b0" | "n" => Some("false".to_owned()),
            _ => None,
        },
        Shape::Plain("int", _) => {
            let smallest = column.at_least.as_deref().and_then(|it| it.parse::<i64>().ok());
            let number = unquoted.parse::<i64>().ok().filter(|it| it.unsigned_abs() < 1 << 53);
            number.filter(|it| smallest.is_none_or(|least| *it >= least)).map(|it| it.to_string())
        }
        Shape::Plain("timestamp", _)
            if lower.starts_with("now") || lower.starts_with("current_timestamp") =>
        {
            Some("now".to_owned())
        }
        Shape::Enumeration(values) if values.iter().any(|it| it == unquoted) => {
            Some(format!("\"{unquoted}\""))
        }
        Shape::Plain("money" | "decimal", _) if unquoted.parse::<f64>() == Ok(0.0) => {
            Some("\"0\"".to_owned())
        }
        Shape::Plain("string", arguments) if bare.starts_with('\'') => {
            let length: usize =
                arguments.first().and_then(|it| it.parse().ok()).unwrap_or_default();
            let is_simple = unquoted.bytes().all(|it| {
                it.is_ascii_alphanumeric() || matches!(it, b' ' | b'-' | b'_' | b'.' | b'/')
            });
            (is_simple && unquoted.len() <= length).then(|| format!("\"{unquoted}\""))
        }
        _ => None,
    };
    field.modifiers.extend(value.map(|it| format!("default({it})")));
}
