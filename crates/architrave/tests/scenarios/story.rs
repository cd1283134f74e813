//! Reads a story: Markdown whose fences are a blueprint, requests and answers.
//!
//! - `hcl`: the blueprint; or `example examples/storefront`. `with limits` behind either switches rate
//!   limits on.
//! - `http as customer`: a request by that person of `--dev`; without `as`, by nobody. First line method and
//!   path, then headers, an empty line, the body.
//! - `answer 201`: what the request before must be answered: headers, an empty line, JSON.
//!
//! `{{name}}` stands for a value that was captured before; `{{repeat x 9000}}` for 9,000 times `x`; every
//! person's user is known by the person's name, their tenant as `customer_tenant`.

use serde_json::Value;

/// A parsed story.
#[derive(Default)]
pub(crate) struct Story {
    pub(crate) example: Option<String>,
    pub(crate) blueprint: String,
    pub(crate) has_limits: bool,
    pub(crate) steps: Vec<Step>,
}

/// A request and its expected answer.
#[derive(Default)]
pub(crate) struct Step {
    pub(crate) line: usize,
    pub(crate) caller: Option<String>,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
    pub(crate) status: u16,
    pub(crate) expected_headers: Vec<(String, String)>,
    pub(crate) expected: Option<Value>,
}

impl Story {
    pub(crate) fn parse(text: &str) -> Self {
        let mut story = Self::default();
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            let Some(info) = line.strip_prefix("```") else { continue };
            let mut inside = Vec::new();
            for (_, line) in lines.by_ref() {
                if line == "```" {
                    break;
                }
                inside.push(line);
            }
            story.fence(info, &inside, number + 1);
        }
        assert!(story.steps.iter().all(|it| it.status != 0), "every request has an answer");
        story
    }

    fn fence(&mut self, info: &str, inside: &[&str], line: usize) {
        self.has_limits |= info.ends_with("with limits");
        let words: Vec<&str> = info.split_whitespace().collect();
        match words.as_slice() {
            ["hcl", ..] => self.blueprint = format!("{}\n", inside.join("\n")),
            ["example", path, ..] => self.example = Some((*path).to_owned()),
            ["http", rest @ ..] => {
                let caller = match rest {
                    ["as", who] => Some((*who).to_owned()),
                    _ => None,
                };
                let (first, rest) = inside.split_first().expect("a request has a first line");
                let (method, path) = first.split_once(' ').expect("method and path");
                let (headers, body) = message(rest);
                self.steps.push(Step {
                    line,
                    caller,
                    method: method.to_owned(),
                    path: path.to_owned(),
                    headers,
                    body,
                    ..Step::default()
                });
            }
            ["answer", status] => {
                let step = self.steps.last_mut().expect("an answer follows a request");
                assert_eq!(step.status, 0, "line {line}: one answer for one request");
                let (headers, body) = message(inside);
                step.status = status.parse().expect("a status");
                step.expected_headers = headers;
                step.expected = body.map(|it| {
                    serde_json::from_str(&it).unwrap_or_else(|error| panic!("line {line}: {error}"))
                });
            }
            // Other fences are for readers: outputs, shell lines.
            _ => {}
        }
    }
}

/// Headers up to an empty line, then the body. Lines that begin with `{` or `[` begin the body at once.
fn message(lines: &[&str]) -> (Vec<(String, String)>, Option<String>) {
    let is_body = |it: &&str| it.is_empty() || it.starts_with(['{', '[']);
    let end = lines.iter().position(is_body).unwrap_or(lines.len());
    let headers = lines[..end].iter().map(|it| {
        let (name, value) = it.split_once(':').unwrap_or_else(|| panic!("no header: {it}"));
        (name.to_owned(), value.trim().to_owned())
    });
    let body = lines[end..].join("\n");
    (headers.collect(), (!body.trim().is_empty()).then(|| body.trim_start().to_owned()))
}
