//! Reads the Northwind files as they are found in the world: surplus unquoted commas belong to the
//! address, `NULL` means absent, days are written as timestamps.

use std::{fs, path::Path};

/// One record: fields in the order of the file's head.
pub(crate) type Record = Vec<String>;

/// Reads a file without its head. Where a record has more fields than the head, the surplus belongs to
/// the field at `address`, which must then be given.
pub(crate) fn read(folder: &Path, name: &str, address: Option<usize>) -> Vec<Record> {
    let text = fs::read(folder.join(name)).unwrap();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_slice());
    let width = reader.headers().unwrap().len();
    let records = reader.records().map(|it| it.unwrap());
    records
        .map(|record| {
            let mut fields: Record = record.iter().map(str::to_owned).collect();
            let surplus = fields.len().checked_sub(width).expect("a record is cut off");
            if surplus > 0 {
                let at = address.unwrap_or_else(|| panic!("{name}: surplus commas in {fields:?}"));
                let joined = fields[at..=at + surplus].join(",");
                fields.splice(at..=at + surplus, [joined]);
            }
            fields
        })
        .collect()
}

/// The field, or nothing where it is `NULL` or empty.
pub(crate) fn optional(field: &str) -> Option<&str> {
    let field = field.trim();
    (!field.is_empty() && field != "NULL").then_some(field)
}

/// `1996-07-04 00:00:00.000` as `1996-07-04`.
pub(crate) fn day(field: &str) -> Option<&str> {
    optional(field).and_then(|it| it.get(..10))
}

/// An amount such as `14.00` in cents.
pub(crate) fn cents(amount: &str) -> i128 {
    hundredths(amount)
}

/// A decimal with at most two digits behind the point, in hundredths.
pub(crate) fn hundredths(text: &str) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 2, "{text} has more than two digits behind the point");
    let fraction = format!("{fraction:0<2}");
    whole.parse::<i128>().unwrap() * 100 + fraction.parse::<i128>().unwrap()
}

/// Cents as an amount such as `14.00`.
pub(crate) fn amount(cents: i128) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// What a line costs in cents: price × quantity × (1 − discount), rounded half to even.
pub(crate) fn line_cents(price: &str, quantity: &str, discount: &str) -> i128 {
    let exact = cents(price) * quantity.parse::<i128>().unwrap() * (100 - hundredths(discount));
    let (whole, rest) = (exact / 100, exact % 100);
    match rest.cmp(&50) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + whole % 2,
    }
}
