//! What names say: tables of words that rules read names by, all in one place, with near misses as their tests.
//!
//! A name is cut into lower-case words (`cardNumber`, `card_number` and `CARD-NUMBER` are the same two), and a
//! table matches whole words only, so that `pancake` holds no `pan` and `secretary` no `secret`.

mod amount;
mod entry;
mod money;
mod personal;
mod privilege;
mod split;

pub(crate) use amount::holds_money;
pub(crate) use entry::{
    fixed_segments, is_about_caller, is_credential_entry, is_open_by_nature, verb_of_change,
};
pub(crate) use money::{CardPart, card_part, moves_money};
pub(crate) use personal::personal_category;
pub(crate) use privilege::{gives_power, holds_password};
pub(crate) use split::words;

/// Whether the words of one of the phrases stand in the name, next to each other and in order.
fn has_phrase(name: &[String], phrases: &[&[&str]]) -> bool {
    phrases.iter().any(|phrase| {
        name.windows(phrase.len()).any(|window| window.iter().zip(*phrase).all(|(a, b)| a == b))
    })
}

/// Whether any of these words stands in the name.
fn has_word(name: &[String], list: &[&str]) -> bool {
    name.iter().any(|it| list.contains(&it.as_str()))
}
