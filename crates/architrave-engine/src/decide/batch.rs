//! Batches: one result per operation.

use crate::{Problem, ports::Answer, show::scalar};

/// The answer of a batch: `{"results":[{"status":201,"etag":…,"location":…,"body":{…}},…]}`. The body of
/// a refused operation (where each is a transaction of its own) is its problem.
pub(crate) fn answer(answers: &[Answer], trace_id: &str) -> Answer {
    let mut body = Vec::with_capacity(answers.iter().map(|it| it.body.len() + 128).sum());
    body.extend_from_slice(b"{\"results\":[");
    for (index, it) in answers.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        write_result(it, trace_id, &mut body);
    }
    body.extend_from_slice(b"]}");
    Answer { body, ..super::answer(200) }
}

fn write_result(answer: &Answer, trace_id: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"status\":");
    scalar::write_int(out, i64::from(answer.status));
    for (name, value) in [("etag", &answer.etag), ("location", &answer.location)] {
        write_name(out, name);
        match value {
            Some(value) => scalar::write_text(out, value),
            None => scalar::write_null(out),
        }
    }
    write_name(out, "body");
    match &answer.problem {
        Some(problem) => write_problem(problem, trace_id, out),
        None if answer.body.is_empty() => scalar::write_null(out),
        None => out.extend_from_slice(&answer.body),
    }
    out.push(b'}');
}

/// A problem inside of a result, with the members of one that stands alone.
fn write_problem(problem: &Problem, trace_id: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"type\":");
    scalar::write_text(out, &format!("/problems/{}", problem.code));
    for (name, value) in [("title", &problem.title), ("detail", &problem.detail)] {
        write_name(out, name);
        scalar::write_text(out, value);
    }
    write_name(out, "status");
    scalar::write_int(out, i64::from(problem.status));
    for (name, value) in
        [("instance", "/v1/batch"), ("code", &problem.code), ("trace_id", trace_id)]
    {
        write_name(out, name);
        scalar::write_text(out, value);
    }
    write_name(out, "retryable");
    scalar::write_bool(out, problem.is_retryable);
    if !problem.errors.is_empty() {
        write_name(out, "errors");
        write_errors(problem, out);
    }
    out.push(b'}');
}

fn write_errors(problem: &Problem, out: &mut Vec<u8>) {
    out.push(b'[');
    for (index, error) in problem.errors.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b"{\"code\":" } else { b",{\"code\":" });
        scalar::write_text(out, &error.code);
        for (name, value) in [("pointer", &error.pointer), ("parameter", &error.parameter)] {
            if let Some(value) = value {
                write_name(out, name);
                scalar::write_text(out, value);
            }
        }
        write_name(out, "detail");
        scalar::write_text(out, &error.detail);
        out.push(b'}');
    }
    out.push(b']');
}

fn write_name(out: &mut Vec<u8>, name: &str) {
    out.push(b',');
    scalar::write_text(out, name);
    out.push(b':');
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
