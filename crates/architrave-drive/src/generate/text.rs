//! Text that fits the name of its field.

use super::words;
use crate::random::Random;

/// What the fields of one row have in common, so that a person's e-mail address fits their name and a
/// postcode its city.
pub(super) struct Persona {
    first: &'static str,
    family: &'static str,
    place: (&'static str, &'static str, &'static str, &'static str),
    company: String,
}

impl Persona {
    pub(super) fn new(random: &mut Random) -> Self {
        let place = random.pick(words::CITIES).copied().unwrap_or(("Berlin", "DE", "10999", "+49"));
        let (stem, end) = (random.word(words::COMPANY_STEMS), random.word(words::COMPANY_ENDS));
        Self {
            first: random.word(words::FIRST_NAMES),
            family: random.word(words::FAMILY_NAMES),
            place,
            company: format!("{stem} {end}"),
        }
    }

    pub(super) fn country(&self) -> String {
        self.place.1.to_owned()
    }

    /// E.164, in a block of the country's calling code.
    pub(super) fn phone(&self, random: &mut Random) -> String {
        format!("{}555{:06}", self.place.3, random.below(1_000_000))
    }

    /// An address in a domain that RFC 2606 keeps free; the number keeps it unique.
    pub(super) fn email(&self, number: Option<u64>) -> String {
        let number = number.map(|it| it.to_string()).unwrap_or_default();
        format!("{}.{}{number}@example.com", ascii(self.first), ascii(self.family))
    }

    fn postcode(&self, random: &mut Random) -> String {
        let digit = |it: char, random: &mut Random| match it {
            '9' => {
                char::from_digit(u32::try_from(random.below(10)).unwrap_or(0), 10).unwrap_or('0')
            }
            other => other,
        };
        self.place.2.chars().map(|it| digit(it, random)).collect()
    }
}

/// Text for a field of this name, in an entity of that name.
pub(super) fn named(
    field: &str,
    entity: &str,
    number: Option<u64>,
    persona: &Persona,
    random: &mut Random,
) -> String {
    let has = |words: &[&str]| words.iter().any(|it| field.split('_').any(|part| part == *it));
    let text = if has(&["email", "mail"]) {
        return persona.email(number);
    } else if has(&["first", "given"]) {
        persona.first.to_owned()
    } else if has(&["last", "family", "surname"]) {
        persona.family.to_owned()
    } else if has(&["domain", "host", "hostname"]) {
        let number = number.map(|it| format!("-{it}")).unwrap_or_default();
        return format!("{}{number}.example", slug(&persona.company));
    } else if has(&["company", "organisation", "organization", "supplier", "vendor"]) {
        persona.company.clone()
    } else if has(&["line1", "street", "address"]) {
        format!("{} {}", random.word(words::STREETS), 1 + random.below(180))
    } else if has(&["line2"]) {
        format!("Floor {}", 1 + random.below(9))
    } else if has(&["city", "town"]) {
        persona.place.0.to_owned()
    } else if has(&["postcode", "zip", "postal"]) {
        persona.postcode(random)
    } else if has(&["country"]) {
        persona.country()
    } else if has(&["phone", "mobile", "fax"]) {
        persona.phone(random)
    } else if has(&["sku", "code", "number", "reference", "tracking", "barcode", "ean"]) {
        let number = number.unwrap_or_else(|| random.below(10_000_000));
        let letter =
            |random: &mut Random| char::from(b'A' + u8::try_from(random.below(26)).unwrap_or(0));
        let (one, two) = (letter(random), letter(random));
        return format!("{one}{two}-{number:07}");
    } else if has(&["color", "colour"]) {
        random.word(words::COLOURS).to_owned()
    } else if has(&["job", "position"]) {
        random.word(words::JOBS).to_owned()
    } else if has(&[
        "description",
        "body",
        "text",
        "notes",
        "note",
        "comment",
        "message",
        "bio",
        "summary",
    ]) {
        sentences(1 + random.below(4), random)
    } else if has(&["title", "subject", "headline"]) {
        format!("{} {}", random.word(words::TITLES), random.word(words::TEXT))
    } else if has(&["name", "label"]) {
        name_of(entity, persona, random)
    } else {
        format!("{} {}", random.word(words::TEXT), random.word(words::TEXT))
    };
    number.map_or(text.clone(), |it| format!("{text} {it}"))
}

fn name_of(entity: &str, persona: &Persona, random: &mut Random) -> String {
    let entity = entity.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| entity.contains(it));
    if has(&[
        "user", "customer", "person", "employee", "member", "contact", "author", "account",
        "patient",
    ]) {
        format!("{} {}", persona.first, persona.family)
    } else if has(&["shop", "tenant", "company", "organi", "supplier", "vendor", "team", "shipper"])
    {
        persona.company.clone()
    } else if has(&["category", "tag", "group", "topic", "collection"]) {
        random.word(words::CATEGORIES).to_owned()
    } else if has(&["city", "place", "location", "region", "territory"]) {
        persona.place.0.to_owned()
    } else {
        let adjective = random.word(words::PRODUCT_ADJECTIVES);
        let material = random.word(words::PRODUCT_MATERIALS);
        format!("{adjective} {material} {}", random.word(words::PRODUCT_NOUNS))
    }
}

/// Running text.
pub(super) fn sentences(count: u64, random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..count {
        let length = 5 + random.below(9);
        let words: Vec<&str> = (0..length).map(|_| random.word(words::TEXT)).collect();
        let sentence = words.join(" ");
        let mut chars = sentence.chars();
        if !text.is_empty() {
            text.push(' ');
        }
        text.extend(chars.next().map(|it| it.to_ascii_uppercase()));
        text.push_str(chars.as_str());
        text.push('.');
    }
    text
}

/// Lower-case letters, digits and single hyphens.
pub(super) fn slug(text: &str) -> String {
    let plain: String = ascii(text);
    let parts = plain.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
    parts.collect::<Vec<_>>().join("-")
}

/// Lower-case ASCII: marks fall off the letters of our word lists, other characters stay out.
fn ascii(text: &str) -> String {
    let plain = |it: char| match it {
        'á' | 'à' | 'ä' | 'ã' | 'å' => 'a',
        'é' | 'è' => 'e',
        'í' | 'ı' => 'i',
        'ó' | 'ö' | 'ø' => 'o',
        'ú' | 'ü' => 'u',
        'ş' => 's',
        'ç' => 'c',
        'ń' | 'ñ' => 'n',
        ' ' | '&' => '-',
        other => other,
    };
    let text: String = text.to_lowercase().chars().map(plain).collect();
    text.chars().filter(|it| it.is_ascii_alphanumeric() || *it == '-').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_our_lists_become_ascii() {
        for word in [words::FIRST_NAMES, words::FAMILY_NAMES, words::COMPANY_STEMS].concat() {
            assert!(ascii(word).len() >= 2, "{word}");
            assert!(slug(word).chars().all(|it| it.is_ascii_lowercase() || it == '-'), "{word}");
        }
        assert_eq!(slug("Oak & Iron"), "oak-iron");
        assert_eq!(ascii("Yılmaz"), "yilmaz");
    }
}
