//! Whatever the text: laying it out changes nothing but space, and nothing the second time.
#![no_main]

use architrave_blueprint::syntax::{format, parse};
use architrave_model::FileId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let once = format(text);
    assert_eq!(format(&once), once);
    let letters = |it: &str| it.chars().filter(|it| !it.is_whitespace()).collect::<String>();
    assert_eq!(letters(&once), letters(text));
    if parse(FileId(0), text).1.is_empty() {
        assert!(parse(FileId(0), &once).1.is_empty(), "{once}");
    }
});
