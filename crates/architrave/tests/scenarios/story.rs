//! Reads a story: Markdown whose fences are a blueprint, requests and answers.
//!
//! - `hcl`: the blueprint; or `example examples/storefront`. Behind either, `with limits` switches rate limits
//!   on, `with short times` gives a body 0.2 s and a request 0.9 s.
//! - `http as customer`: a request by that person of `--dev`; without `as`, by nobody; `as stranger`, by
//!   somebody whose token says nothing about them; `as administrator`, to the administrator's listener. First line method and path, then headers, an empty line, the
//!   body. A `Content-Length` that is written down is sent as it is, however long the body.
//! - `answer 201`: what the request before must be answered: headers, an empty line, JSON.
//! - `meanwhile`: what happens in the world: `31 days pass` (and the sweep runs), `the writer stops`,
//!   `the queue fills`, `the writer goes on`.
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
    pub(crate) has_short_times: bool,
    pub(crate) happenings: Vec<Happening>,
}

/// What a story consists of.
pub(crate) enum Happening {
    Request(Box<Step>),
    Meanwhile(Meanwhile),
}

/// What happens beside the requests.
#[derive(Clone, Copy)]
pub(crate) enum Meanwhile {
    DaysPass(u32),
    WriterStops,
    QueueFills,
    WriterGoesOn,
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
        let is_answered = |it: &Happening| !matches!(it, Happening::Request(it) if it.status == 0);
        assert!(story.happenings.iter().all(is_answered), "every request has an answer");
        story
    }

    fn fence(&mut self, info: &str, inside: &[&str], line: usize) {
        self.has_limits |= info.ends_with("with limits");
        self.has_short_times |= info.ends_with("with short times");
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
                self.happenings.push(Happening::Request(Box::new(Step {
                    line,
                    caller,
                    method: method.to_owned(),
                    path: path.to_owned(),
                    headers,
                    body,
                    ..Step::default()
                })));
            }
            ["answer", status] => {
                let Some(Happening::Request(step)) = self.happenings.last_mut() else {
                    panic!("line {line}: an answer follows a request")
                };
                assert_eq!(step.status, 0, "line {line}: one answer for one request");
                let (headers, body) = message(inside);
                step.status = status.parse().expect("a status");
                step.expected_headers = headers;
                step.expected = body.map(|it| {
                    serde_json::from_str(&it).unwrap_or_else(|error| panic!("line {line}: {error}"))
                });
            }
            ["meanwhile"] => {
                let happening = inside.iter().map(|it| Happening::Meanwhile(meanwhile(it, line)));
                self.happenings.extend(happening);
            }
            // Other fences are for readers: outputs, shell lines.
            _ => {}
        }
    }
}

fn meanwhile(text: &str, line: usize) -> Meanwhile {
    match text {
        "the writer stops" => Meanwhile::WriterStops,
        "the queue fills" => Meanwhile::QueueFills,
        "the writer goes on" => Meanwhile::WriterGoesOn,
        _ => {
            let days = text.strip_suffix(" days pass").and_then(|it| it.parse().ok());
            Meanwhile::DaysPass(days.unwrap_or_else(|| panic!("line {line}: {text} never happens")))
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
