//! English words made from names: plurals, articles, sentences. Regular rules only; where a word is
//! irregular its regular form is used, because a guess that is sometimes right is harder to foresee.

use crate::lock::snake_case;

/// `OrderLine` → `order-lines`, `Category` → `categories`.
pub(super) fn plural_kebab(name: &str) -> String {
    plural(&kebab(name))
}

/// `set_shipping` → `set-shipping`, `OrderLine` → `order-line`.
pub(super) fn kebab(name: &str) -> String {
    snake_case(name).replace('_', "-")
}

/// `OrderLine` → `order line`.
pub(super) fn words(name: &str) -> String {
    snake_case(name).replace('_', " ")
}

/// The plural of the last word: category → categories, box → boxes, key → keys, quiz → quizzes.
pub(super) fn plural(word: &str) -> String {
    let ends = |endings: &[&str]| endings.iter().any(|it| word.ends_with(it));
    if let Some(stem) = word.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'i', 'o', 'u'])
        && !stem.is_empty()
    {
        return format!("{stem}ies");
    }
    if word.ends_with('z') && !word.ends_with("tz") && !word.ends_with("zz") {
        return format!("{word}zes");
    }
    if ends(&["s", "x", "z", "ch", "sh"]) {
        return format!("{word}es");
    }
    format!("{word}s")
}

/// `an order`, `a user`.
pub(super) fn with_article(word: &str) -> String {
    // Written with a vowel, spoken with a consonant.
    let sounds_like_consonant =
        ["uni", "use", "usa", "eu", "one"].iter().any(|it| word.starts_with(it));
    let is_vowel = word.starts_with(['a', 'e', 'i', 'o', 'u']) && !sounds_like_consonant;
    format!("{} {word}", if is_vowel { "an" } else { "a" })
}

/// With a capital letter in front.
pub(super) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|it| it.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{plural_kebab, with_article};

    #[test]
    fn addresses_are_regular_plurals() {
        let expected = [
            ("Order", "orders"),
            ("Category", "categories"),
            ("Box", "boxes"),
            ("Address", "addresses"),
            ("Branch", "branches"),
            ("Dish", "dishes"),
            ("Key", "keys"),
            ("Day", "days"),
            ("Person", "persons"),
            ("Quiz", "quizzes"),
            ("Waltz", "waltzes"),
            ("Buzz", "buzzes"),
            ("OrderLine", "order-lines"),
            ("SKUItem", "sku-items"),
            ("StockKeepingUnit", "stock-keeping-units"),
            ("Status", "statuses"),
            ("Photo", "photos"),
            ("Y", "ys"),
        ];
        for (name, plural) in expected {
            assert_eq!(plural_kebab(name), plural, "{name}");
        }
    }

    #[test]
    fn articles_follow_the_sound() {
        let expected = [
            ("order", "an order"),
            ("user", "a user"),
            ("unit", "a unit"),
            ("shop", "a shop"),
            ("image", "an image"),
        ];
        for (word, text) in expected {
            assert_eq!(with_article(word), text);
        }
    }
}
