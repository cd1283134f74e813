//! One damaged place is one finding: what a slip of the hand causes elsewhere is not told.

use architrave_blueprint::syntax::parse;
use architrave_model::FileId;

const STOREFRONT: &str = include_str!("../../../examples/storefront/blueprint.hcl");

/// Every how manyeth place is damaged; all of them take too long for each run of the tests.
const STEP: usize = 7;

/// How many of a hundred damages may be told as more than one finding: some are two mistakes to any
/// reader, such as a surplus brace in the middle of a list.
const SEVERAL_PERCENT_MAX: usize = 3;

#[test]
fn one_damaged_place_is_one_finding() {
    let marks = STOREFRONT.char_indices().filter(|it| "\"{}[](),=".contains(it.1));
    let (mut told, mut several) = (0, 0);
    for (at, mark) in marks.step_by(STEP) {
        for is_doubled in [false, true] {
            let mut text = STOREFRONT.to_owned();
            if is_doubled {
                text.insert(at, mark);
            } else {
                text.remove(at);
            }
            // Some damages are still good text: a comma less before a line end, a mark in a comment.
            let count = parse(FileId(0), &text).1.len();
            told += usize::from(count > 0);
            several += usize::from(count > 1);
        }
    }
    assert!(told > 250, "only {told} damages were told");
    assert!(several * 100 <= told * SEVERAL_PERCENT_MAX, "{several} of {told} were told twice");
}
