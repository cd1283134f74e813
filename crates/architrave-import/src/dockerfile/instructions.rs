//! The lines of a Dockerfile, with those that go on put together.

/// One instruction.
#[derive(Debug)]
pub(super) struct Instruction<'t> {
    /// Upper case.
    pub(super) name: String,
    /// Everything behind the name, lines that go on included, as written.
    pub(super) rest: &'t str,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// All instructions, in order. Comments, empty lines and the bodies of here-documents are left out.
pub(super) fn instructions(text: &str) -> Vec<Instruction<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|it| !it.is_empty()) {
        let length = length_of(rest);
        let whole = rest.get(..length).unwrap_or(rest);
        let trimmed = whole.trim();
        if !trimmed.is_empty() && !trimmed.starts_with('#') {
            let start = at + (whole.len() - whole.trim_start().len());
            let (name, arguments) =
                trimmed.split_once(char::is_whitespace).unwrap_or((trimmed, ""));
            found.push(Instruction {
                name: name.to_ascii_uppercase(),
                rest: arguments.trim(),
                start: start as u32,
                end: (start + trimmed.len()) as u32,
            });
        }
        at += length.max(1);
        let here =
            trimmed.starts_with(['R', 'r', 'C', 'c']).then(|| here_document(trimmed)).flatten();
        if let Some(end) = here {
            at += body_length(text.get(at..).unwrap_or(""), end);
        }
    }
    found
}

/// Bytes of a line and of those that it goes on in.
fn length_of(text: &str) -> usize {
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        length += line.len();
        let trimmed = line.trim();
        // Comments may stand between the lines of one instruction.
        let is_comment = length > line.len() && trimmed.starts_with('#');
        if !trimmed.ends_with('\\') && !is_comment {
            break;
        }
    }
    length
}

/// The word that ends a here-document, e.g. `EOF` of `RUN <<EOF`.
fn here_document(line: &str) -> Option<&str> {
    let behind = line.split_once("<<")?.1;
    let word = behind.trim_start_matches('-').split_whitespace().next()?;
    let word = word.trim_matches(['"', '\'']);
    let is_word =
        !word.is_empty() && word.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
    is_word.then_some(word)
}

fn body_length(text: &str, end: &str) -> usize {
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        length += line.len();
        if line.trim() == end {
            break;
        }
    }
    length
}
