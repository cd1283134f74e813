//! Cuts names into words.

/// The lower-case words of a name: cut at everything that is no letter or digit, and where small letters are
/// followed by a large one. Of a path (`ship_to.city`) all words.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    let mut rest = name.chars().peekable();
    while let Some(letter) = rest.next() {
        let begins_word = letter.is_uppercase()
            && (before.is_lowercase()
                || before.is_numeric()
                || (before.is_uppercase() && rest.peek().is_some_and(|it| it.is_lowercase())));
        if begins_word || !letter.is_alphanumeric() {
            push(&mut all, &mut word);
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    push(&mut all, &mut word);
    all
}

fn push(all: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        all.push(std::mem::take(word));
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn every_way_of_writing_a_name_gives_the_same_words() {
        for name in ["card_number", "cardNumber", "CardNumber", "CARD-NUMBER", "card.number"] {
            assert_eq!(words(name), ["card", "number"], "{name}");
        }
        assert_eq!(words("userIDCard2"), ["user", "id", "card2"]);
        assert_eq!(words("IPAddress"), ["ip", "address"]);
        assert_eq!(words("__"), [""; 0]);
    }
}
