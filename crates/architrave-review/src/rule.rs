//! What a rule is.

use architrave_model::{Level, graph::Graph};

use crate::Verdicts;

/// One rule: what it is about, how it judges, and its page.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Stable, e.g. `REL-01`. Never given to another rule.
    pub id: &'static str,
    /// Stable, e.g. `no-timeout`.
    pub name: &'static str,
    /// What it is about.
    pub family: Family,
    /// What is wrong where it fails, in a few words, lower case.
    pub title: &'static str,
    /// How bad it is where it happens: 1 (a nuisance) to 4 (loss, leak, outage); 0 for information.
    pub impact: u8,
    /// How likely it is to happen: 1 to 4. A rule may say otherwise of single elements.
    pub likelihood: u8,
    /// What it can judge.
    pub reads: &'static [Input],
    /// Where it comes from.
    pub sources: &'static [Source],
    /// Names in other catalogues, e.g. `("CWE", "306")`, `("OWASP API", "API2:2023")`, `("STRIDE", "Spoofing")`.
    pub maps: &'static [(&'static str, &'static str)],
    /// Whether it reads names (of fields, of credentials), so that a renaming may change what it says.
    pub reads_names: bool,
    /// Its manual page; the examples are its tests.
    pub page: &'static str,
    /// Judges every element it is about: says one verdict for each, and nothing where there is none.
    pub judge: fn(&Graph, &mut Verdicts),
}

impl Rule {
    /// How much a failure matters unless the rule says otherwise.
    #[must_use]
    pub fn level(&self) -> Level {
        Level::of(self.impact, self.likelihood)
    }
}

/// What rules are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Who can do and see what.
    Security,
    /// What happens when something fails.
    Reliability,
    /// How it is stored.
    Data,
    /// Whether it is fast enough, and stays so.
    Performance,
    /// What callers meet.
    Api,
    /// Whether it can change.
    Evolution,
    /// What it costs.
    Cost,
    /// Whether people can run it.
    Operability,
    /// What the law asks.
    Compliance,
    /// Whether its shape fits its needs.
    Fit,
}

impl Family {
    /// Stable name, lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Reliability => "reliability",
            Self::Data => "data",
            Self::Performance => "performance",
            Self::Api => "api",
            Self::Evolution => "evolution",
            Self::Cost => "cost",
            Self::Operability => "operability",
            Self::Compliance => "compliance",
            Self::Fit => "fit",
        }
    }
}

/// What a rule can judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    /// A blueprint.
    Blueprint,
    /// Compose files.
    Compose,
    /// Kubernetes manifests.
    Kubernetes,
    /// OpenAPI.
    OpenApi,
    /// AsyncAPI.
    AsyncApi,
    /// SQL: migrations, schemas, live databases.
    Sql,
    /// Dockerfiles, pipelines, decision records.
    Repository,
    /// Measurements.
    Measurements,
}

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// What it is.
    pub title: &'static str,
    /// Where it is.
    pub url: &'static str,
}
