//! Batches: one result per operation.

use crate::{Problem, ports::Answer, show::scalar};

/// The answer of a batch: `{"results":[{"status":201,"location":…,"etag":…,"body":{…}},…]}`.
pub(crate) fn answer(answers: &[Answer]) -> Answer {
    let mut body = Vec::with_capacity(answers.iter().map(|it| it.body.len() + 128).sum());
    body.extend_from_slice(b"{\"results\":[");
    for (index, it) in answers.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        write_result(it, &mut body);
    }
    body.extend_from_slice(b"]}");
    Answer { body, ..super::answer(200) }
}

fn write_result(answer: &Answer, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"status\":");
    scalar::write_int(out, i64::from(answer.status));
    for (name, value) in [("location", &answer.location), ("etag", &answer.etag)] {
        if let Some(value) = value {
            out.push(b',');
            scalar::write_text(out, name);
            out.push(b':');
            scalar::write_text(out, value);
        }
    }
    if !answer.body.is_empty() {
        out.extend_from_slice(b",\"body\":");
        out.extend_from_slice(&answer.body);
    }
    if let Some(problem) = &answer.problem {
        out.extend_from_slice(b",\"problem\":");
        write_problem(problem, out);
    }
    out.push(b'}');
}

/// A problem inside of a result; the server writes those that stand alone.
fn write_problem(problem: &Problem, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"code\":");
    scalar::write_text(out, &problem.code);
    out.extend_from_slice(b",\"title\":");
    scalar::write_text(out, &problem.title);
    out.extend_from_slice(b",\"detail\":");
    scalar::write_text(out, &problem.detail);
    out.extend_from_slice(b",\"retryable\":");
    scalar::write_bool(out, problem.is_retryable);
    out.extend_from_slice(b",\"errors\":[");
    for (index, error) in problem.errors.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(b"{\"code\":");
        scalar::write_text(out, &error.code);
        for (name, value) in [("pointer", &error.pointer), ("parameter", &error.parameter)] {
            if let Some(value) = value {
                out.push(b',');
                scalar::write_text(out, name);
                out.push(b':');
                scalar::write_text(out, value);
            }
        }
        out.extend_from_slice(b",\"detail\":");
        scalar::write_text(out, &error.detail);
        out.push(b'}');
    }
    out.extend_from_slice(b"]}");
}

/// A refusal of one operation refuses the whole batch; its pointers say which.
pub(crate) fn refusal(at: usize, mut problem: Problem) -> Problem {
    problem.detail = format!("Operation {at}: {}", problem.detail);
    for error in &mut problem.errors {
        if let Some(pointer) = &mut error.pointer {
            *pointer = format!("/operations/{at}/body{pointer}");
        }
    }
    problem
}
