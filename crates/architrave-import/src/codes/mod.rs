//! The page of each code that reading an existing system can report. `architrave explain` prints them.

mod list;

use architrave_model::CodePage;

pub(crate) use list::*;

/// All codes, in order. To add one: write its page beside this file and add its line here.
pub const CODES: &[CodePage] = &[
    CodePage { code: "AR0901", title: "a file cannot be read", text: include_str!("AR0901.md") },
    CodePage { code: "AR0902", title: "a key stands twice", text: include_str!("AR0902.md") },
    CodePage {
        code: "AR0903",
        title: "there is too much to read",
        text: include_str!("AR0903.md"),
    },
    CodePage {
        code: "AR0904",
        title: "an alias names what it is part of",
        text: include_str!("AR0904.md"),
    },
    CodePage { code: "AR0905", title: "a file is not text", text: include_str!("AR0905.md") },
    CodePage {
        code: "AR0906",
        title: "something is not what its place asks for",
        text: include_str!("AR0906.md"),
    },
    CodePage {
        code: "AR0907",
        title: "a file describes an alternative",
        text: include_str!("AR0907.md"),
    },
    CodePage { code: "AR0908", title: "a template is not read", text: include_str!("AR0908.md") },
    CodePage {
        code: "AR0911",
        title: "a statement could not be read",
        text: include_str!("AR0911.md"),
    },
    CodePage {
        code: "AR0912",
        title: "a reference leads out of the document",
        text: include_str!("AR0912.md"),
    },
    CodePage {
        code: "AR0913",
        title: "a reference leads nowhere",
        text: include_str!("AR0913.md"),
    },
];

/// The page of a code, in whatever case it is written.
#[must_use]
pub fn page(code: &str) -> Option<&'static CodePage> {
    CODES.iter().find(|it| it.code.eq_ignore_ascii_case(code))
}
