//! A JSON tree that keeps the order of its members, and prints what is short on one line.

/// Longest line before a list or object is broken up, indentation included.
const WIDTH: usize = 110;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// An object without the members that say nothing: null, false and empty lists.
pub(super) fn object<Name: Into<String>>(members: Vec<(Name, Json)>) -> Json {
    let says_something =
        |it: &Json| !matches!(it, Json::Null | Json::Bool(false)) && !it.is_empty();
    let named = members.into_iter().map(|(name, it)| (name.into(), it));
    Json::Object(named.filter(|(_, it)| says_something(it)).collect())
}

impl Json {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn number(number: impl Into<i64>) -> Self {
        Self::Number(number.into())
    }

    pub(super) fn texts<Text: Into<String>>(all: impl IntoIterator<Item = Text>) -> Self {
        Self::Array(all.into_iter().map(Self::text).collect())
    }

    pub(super) fn optional(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    pub(super) fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0, 0);
        out.push('\n');
        out
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Array(all) => all.is_empty(),
            Self::Object(all) => all.is_empty(),
            _ => false,
        }
    }

    /// `taken`: width of what stands before it on its line.
    fn write(&self, out: &mut String, depth: usize, taken: usize) {
        let line = self.on_one_line();
        if taken + line.chars().count() <= WIDTH {
            return out.push_str(&line);
        }
        let indent = "  ".repeat(depth + 1);
        let (open, close, items): (_, _, Vec<(String, &Self)>) = match self {
            Self::Array(all) => ('[', ']', all.iter().map(|it| (String::new(), it)).collect()),
            Self::Object(all) => (
                '{',
                '}',
                all.iter().map(|(name, it)| (format!("{}: ", quoted(name)), it)).collect(),
            ),
            _ => return out.push_str(&line),
        };
        out.push(open);
        for (position, (name, item)) in items.into_iter().enumerate() {
            out.push_str(if position == 0 { "\n" } else { ",\n" });
            out.push_str(&indent);
            out.push_str(&name);
            // One more for the comma.
            item.write(out, depth + 1, indent.len() + name.len() + 1);
        }
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
        out.push(close);
    }

    fn on_one_line(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(it) => it.to_string(),
            Self::Number(it) => it.to_string(),
            Self::Text(text) => quoted(text),
            Self::Array(all) => {
                let all: Vec<String> = all.iter().map(Self::on_one_line).collect();
                format!("[{}]", all.join(", "))
            }
            Self::Object(all) => {
                let member =
                    |(name, it): &(String, Self)| format!("{}: {}", quoted(name), it.on_one_line());
                let all: Vec<String> = all.iter().map(member).collect();
                format!("{{ {} }}", all.join(", "))
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
