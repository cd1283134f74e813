//! `system NAME { edition currency regions }`

use crate::currency;
use crate::reader::Reader;
use crate::syntax::ast::Expression;

/// Used where a blueprint says no currency; its amounts have two decimals like most.
const CURRENCY_DEFAULT: &str = "EUR";

/// Reads the block.
pub(crate) fn read(reader: &mut Reader<'_>) {
    let block = reader.tops("system").into_iter().next();
    let system = &mut reader.system;
    let currency = block.and_then(|it| it.setting("currency")).and_then(Expression::text);
    let known = currency.filter(|it| currency::digits(it).is_some()).unwrap_or(CURRENCY_DEFAULT);
    system.currency = known.to_owned();
    system.currency_digits = currency::digits(known).unwrap_or(2);
    let Some(block) = block else { return };
    system.name = block.name();
    system.doc.clone_from(&block.doc);
    system.edition =
        block.setting("edition").and_then(Expression::text).unwrap_or_default().to_owned();
    system.regions = texts(block.setting("regions"));
}

/// The texts of a list, as the structure has judged it.
pub(super) fn texts(list: Option<&Expression>) -> Vec<String> {
    let items = list.and_then(Expression::items).unwrap_or_default();
    items.iter().filter_map(Expression::text).map(str::to_owned).collect()
}
