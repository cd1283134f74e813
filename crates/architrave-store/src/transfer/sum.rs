//! Checksums of tables that do not depend on the order of their rows.

use aws_lc_rs::digest::{Context, SHA256};

use super::copy::StoredRow;
use crate::shared::stored::Stored;

/// Count and checksum of rows: the sum of their hashes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) rows: u64,
    pub(super) hash: u128,
}

impl Sum {
    pub(super) fn add(&mut self, row: &StoredRow) {
        let mut context = Context::new(&SHA256);
        for value in row {
            let number;
            // Kind and length in front: no two rows are the same bytes.
            let (kind, bytes): (u8, &[u8]) = match value {
                Stored::Null => (0, &[]),
                Stored::Integer(it) => {
                    number = it.to_le_bytes();
                    (1, &number)
                }
                Stored::Text(it) => (2, it.as_bytes()),
                Stored::Bytes(it) => (3, it),
            };
            context.update(&[kind]);
            context.update(&(bytes.len() as u64).to_le_bytes());
            context.update(bytes);
        }
        let digest = context.finish();
        let half = digest.as_ref().first_chunk::<16>().copied().unwrap_or_default();
        self.rows += 1;
        // Not an exclusive or, under which two equal rows would vanish.
        self.hash = self.hash.wrapping_add(u128::from_le_bytes(half));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[StoredRow]) -> Sum {
        let mut sum = Sum::default();
        rows.iter().for_each(|it| sum.add(it));
        sum
    }

    #[test]
    fn the_order_of_rows_does_not_matter_and_everything_else_does() {
        let text = |it: &'static str| Stored::Text(it.into());
        let (one, two) = (vec![text("a"), text("b")], vec![text("ab"), Stored::Null]);
        assert_eq!(sum(&[one.clone(), two.clone()]), sum(&[two.clone(), one.clone()]));
        assert_ne!(sum(std::slice::from_ref(&one)), sum(&[vec![text("ab"), text("")]]));
        assert_ne!(sum(&[one.clone(), one.clone()]), sum(&[two.clone(), two]));
        assert_ne!(sum(&[vec![Stored::Integer(1)]]), sum(&[vec![Stored::Null]]));
    }
}
