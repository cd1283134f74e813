//! What regimes ask, as far as rules of this family know them.

use architrave_model::graph::{Graph, Needs};

/// One regime.
pub(super) struct Regime {
    /// How blueprints call it, or how its name begins.
    pub(super) name: &'static str,
    /// Whether people may have their data erased and handed out.
    pub(super) gives_rights: bool,
    /// How long the audit trail is kept at least, in days, and where that is written.
    pub(super) trail: Option<(i64, &'static str)>,
}

/// Regimes that rules know. `pci_dss_saq_a` is a questionnaire of PCI DSS for those who never see a card: it does
/// not ask for requirement 10.
const REGIMES: &[Regime] = &[
    Regime { name: "gdpr", gives_rights: true, trail: None },
    Regime { name: "uk_gdpr", gives_rights: true, trail: None },
    Regime { name: "ccpa", gives_rights: true, trail: None },
    Regime { name: "lgpd", gives_rights: true, trail: None },
    Regime { name: "pci_dss_saq_a", gives_rights: false, trail: None },
    Regime {
        name: "pci_dss",
        gives_rights: false,
        trail: Some((365, "PCI DSS 4.0, requirement 10.5.1: twelve months")),
    },
    Regime {
        name: "hipaa",
        gives_rights: false,
        trail: Some((6 * 365, "45 CFR 164.316(b)(2)(i): six years")),
    },
    Regime {
        name: "sox",
        gives_rights: false,
        trail: Some((7 * 365, "17 CFR 210.2-06: seven years")),
    },
];

/// The declared regime, if rules know it: the longest name that it begins with.
pub(super) fn known(declared: &str) -> Option<&'static Regime> {
    let lower = declared.to_lowercase().replace('-', "_");
    let fits = |it: &&Regime| {
        lower == it.name || lower.strip_prefix(it.name).is_some_and(|rest| rest.starts_with('_'))
    };
    REGIMES.iter().filter(fits).max_by_key(|it| it.name.len())
}

/// Declared regimes.
pub(super) fn declared(needs: &Needs) -> &[String] {
    needs.regimes.value().map_or(&[], Vec::as_slice)
}

/// A declared regime under which people may have their data erased and handed out.
pub(super) fn that_gives_rights(graph: &Graph) -> Option<&str> {
    let mut all = declared(&graph.needs).iter();
    all.find(|it| known(it).is_some_and(|it| it.gives_rights)).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::known;

    #[test]
    fn a_regime_is_known_by_its_longest_name() {
        let name = |it: &str| known(it).map(|it| it.name);
        assert_eq!(name("gdpr"), Some("gdpr"));
        assert_eq!(name("pci_dss_saq_a"), Some("pci_dss_saq_a"));
        assert_eq!(name("pci_dss_saq_d"), Some("pci_dss"));
        assert_eq!(name("PCI-DSS"), Some("pci_dss"));
        assert_eq!(name("gdprish"), None);
        assert_eq!(name("iso_27001"), None);
    }
}
