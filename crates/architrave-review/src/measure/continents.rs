//! Where regions are, and how long light takes between them.

use super::data::{Datum, round_trip};

/// Continents, by their names and by how clouds name regions there. A region that has several of these is where
/// the first of them says.
const CONTINENTS: &[(&str, &[&str])] = &[
    ("middle_east", &["middle_east", "middle-east", "me", "il", "uae", "qatar", "israel", "saudi"]),
    ("africa", &["africa", "af", "southafrica"]),
    (
        "oceania",
        &[
            "oceania",
            "australia",
            "newzealand",
            "ap-southeast-2",
            "ap-southeast-4",
            "ap-southeast-6",
        ],
    ),
    ("south_america", &["south_america", "south-america", "southamerica", "sa", "brazil", "chile"]),
    (
        "europe",
        &[
            "europe",
            "eu",
            "uk",
            "uksouth",
            "ukwest",
            "germany",
            "france",
            "sweden",
            "poland",
            "italy",
            "spain",
            "norway",
            "switzerland",
            "austria",
            "belgium",
            "denmark",
        ],
    ),
    (
        "north_america",
        &[
            "north_america",
            "north-america",
            "northamerica",
            "us",
            "usa",
            "ca",
            "mx",
            "canada",
            "mexico",
            "eastus",
            "westus",
            "centralus",
        ],
    ),
    (
        "asia",
        &[
            "asia",
            "ap",
            "cn",
            "china",
            "india",
            "japan",
            "korea",
            "singapore",
            "indonesia",
            "malaysia",
        ],
    ),
];
/// Names of this length or more are found anywhere in a region's name (`westeurope`), shorter ones at its start alone.
const LONG_NAME: usize = 4;

/// The continent of a region as clouds and people write it: `eu-central-1`, `westeurope` and `europe` are one. None
/// where nobody knows.
#[must_use]
pub fn continent(region: &str) -> Option<&'static str> {
    let region = region.trim().to_lowercase();
    let named = |word: &&str| {
        let rest = region.strip_prefix(*word);
        let starts = rest.is_some_and(|it| !it.starts_with(|c: char| c.is_ascii_alphabetic()));
        starts || word.len() >= LONG_NAME && region.contains(*word)
    };
    CONTINENTS.iter().find(|(_, words)| words.iter().any(named)).map(|it| it.0)
}

/// The least time there and back between two continents; none within one.
#[must_use]
pub fn round_trip_between(a: &str, b: &str) -> Option<Datum> {
    let (first, second) = if a < b { (a, b) } else { (b, a) };
    round_trip(&format!("{first} {second}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_on_continents() {
        for (region, expected) in [
            ("eu-central-1", Some("europe")),
            ("eu-central", Some("europe")),
            ("westeurope", Some("europe")),
            ("uksouth", Some("europe")),
            ("us-east-1", Some("north_america")),
            ("eastus2", Some("north_america")),
            ("southcentralus", Some("north_america")),
            ("ap-southeast-2", Some("oceania")),
            ("ap-southeast-1", Some("asia")),
            ("australiaeast", Some("oceania")),
            ("southafricanorth", Some("africa")),
            ("southamerica-east1", Some("south_america")),
            ("sa-east-1", Some("south_america")),
            ("me-central-1", Some("middle_east")),
            ("mexicocentral", Some("north_america")),
            ("Asia", Some("asia")),
            ("eurostar", None),
            ("mars", None),
        ] {
            assert_eq!(continent(region), expected, "{region}");
        }
    }

    #[test]
    fn every_two_continents_have_a_distance() {
        for (position, (a, _)) in CONTINENTS.iter().enumerate() {
            assert_eq!(round_trip_between(a, a), None);
            for (b, _) in CONTINENTS.iter().skip(position + 1) {
                assert!(round_trip_between(a, b).is_some(), "{a} {b}");
                assert_eq!(round_trip_between(a, b), round_trip_between(b, a));
            }
        }
    }
}
