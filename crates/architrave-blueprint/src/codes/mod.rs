//! The page of each code: what it means, an example, what to do. `architrave explain` prints them.

mod list;

pub(crate) use list::*;

/// The page of one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePage {
    /// E.g. `AR0501`.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// The page in Markdown: `# AR0501: title`, `## Cause`, `## Example`, `## Fix`.
    pub text: &'static str,
}

/// All codes, in order. To add one: write its page beside this file and add its line here.
pub const CODES: &[CodePage] = &[
    CodePage {
        code: "AR0101",
        title: "something stands where it is not expected",
        text: include_str!("AR0101.md"),
    },
    CodePage { code: "AR0102", title: "a block is never closed", text: include_str!("AR0102.md") },
    CodePage {
        code: "AR0103",
        title: "a text or a comment is never closed",
        text: include_str!("AR0103.md"),
    },
    CodePage {
        code: "AR0104",
        title: "`=` or `{` is missing behind a name",
        text: include_str!("AR0104.md"),
    },
    CodePage { code: "AR0105", title: "division has no sign", text: include_str!("AR0105.md") },
    CodePage { code: "AR0106", title: "a name has a `-` in it", text: include_str!("AR0106.md") },
    CodePage {
        code: "AR0107",
        title: "a setting or a block does not begin on a line of its own",
        text: include_str!("AR0107.md"),
    },
    CodePage { code: "AR0108", title: "comparisons are chained", text: include_str!("AR0108.md") },
    CodePage { code: "AR0109", title: "brackets do not match", text: include_str!("AR0109.md") },
    CodePage {
        code: "AR0110",
        title: "a comma is missing or one too many",
        text: include_str!("AR0110.md"),
    },
    CodePage { code: "AR0111", title: "a value is missing", text: include_str!("AR0111.md") },
    CodePage { code: "AR0112", title: "a number cannot be read", text: include_str!("AR0112.md") },
    CodePage { code: "AR0113", title: "an escape has no meaning", text: include_str!("AR0113.md") },
    CodePage {
        code: "AR0114",
        title: "a character means nothing here",
        text: include_str!("AR0114.md"),
    },
    CodePage { code: "AR0115", title: "an invisible character", text: include_str!("AR0115.md") },
    CodePage {
        code: "AR0116",
        title: "a part of HCL that blueprints do not have",
        text: include_str!("AR0116.md"),
    },
    CodePage { code: "AR0117", title: "too many levels", text: include_str!("AR0117.md") },
    CodePage { code: "AR0118", title: "a file is too large", text: include_str!("AR0118.md") },
    CodePage {
        code: "AR0119",
        title: "a file is not written in UTF-8",
        text: include_str!("AR0119.md"),
    },
    CodePage {
        code: "AR0120",
        title: "a name is not written with a to z",
        text: include_str!("AR0120.md"),
    },
];

/// The page of a code, in whatever case it is written.
#[must_use]
pub fn page(code: &str) -> Option<&'static CodePage> {
    CODES.iter().find(|it| it.code.eq_ignore_ascii_case(code))
}
