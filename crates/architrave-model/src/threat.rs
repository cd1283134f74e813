//! Where data crosses a boundary of trust, and what somebody could do to it there.

use crate::{Level, Waiver};

/// Who is trusted with what, from the outside in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Zone {
    /// Anybody.
    Internet,
    /// What stands between the internet and the application.
    Edge,
    /// Systems of somebody else, under an agreement.
    ThirdParty,
    /// People who operate it, on its host.
    Operator,
    /// The process that serves.
    Application,
    /// Where it is stored.
    Data,
}

impl Zone {
    /// Every zone, from the outside in.
    pub const ALL: [Self; 6] = [
        Self::Internet,
        Self::Edge,
        Self::ThirdParty,
        Self::Operator,
        Self::Application,
        Self::Data,
    ];

    /// As shown, e.g. "third parties".
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Internet => "internet",
            Self::Edge => "edge",
            Self::ThirdParty => "third parties",
            Self::Operator => "operator's host",
            Self::Application => "application",
            Self::Data => "data",
        }
    }
}

/// One end of a crossing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Id of an element of the graph, or of who is outside of it: `party:callers`.
    pub id: String,
    /// As a person calls it.
    pub name: String,
    /// Where it is.
    pub zone: Zone,
}

/// What crosses a boundary, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CrossingKind {
    /// Callers ask the API.
    Callers,
    /// The administrator asks.
    Administration,
    /// The keys of the issuer of tokens are fetched.
    SignIn,
    /// Rows are read and written.
    Store,
    /// A system of somebody else is asked.
    Call,
    /// A system of somebody else tells us.
    Callback,
    /// Events are sent to addresses of subscribers.
    Webhook,
    /// Messages to people are handed to whoever carries them.
    Message,
}

/// A place where data crosses a boundary of trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// Stable, e.g. `crossing:callers->backend`.
    pub id: String,
    /// What crosses, and how.
    pub kind: CrossingKind,
    /// Who begins.
    pub from: Party,
    /// Who answers.
    pub to: Party,
    /// Who stands in between, e.g. the proxy that ends TLS.
    pub via: Option<Party>,
    /// E.g. `HTTP`, `HTTPS`, `SQL in the process`.
    pub protocol: String,
    /// How whoever begins proves who they are, in words; none where they do not.
    pub authentication: Option<String>,
    /// Kinds of personal data that cross it, sorted.
    pub personal_data: Vec<String>,
    /// Ids of the elements of the graph that it consists of; verdicts about them are verdicts about it.
    pub subjects: Vec<String>,
}

/// What somebody could do (Microsoft, "Uncover security design flaws using the STRIDE approach", 2006).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stride {
    /// Pass for somebody else.
    Spoofing,
    /// Change what is not theirs to change.
    Tampering,
    /// Deny what they have done.
    Repudiation,
    /// Learn what is not for them.
    InformationDisclosure,
    /// Keep others from being served.
    DenialOfService,
    /// Do what only others may do.
    ElevationOfPrivilege,
}

impl Stride {
    /// As shown and as rules map to it, e.g. "Information disclosure".
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Spoofing => "Spoofing",
            Self::Tampering => "Tampering",
            Self::Repudiation => "Repudiation",
            Self::InformationDisclosure => "Information disclosure",
            Self::DenialOfService => "Denial of service",
            Self::ElevationOfPrivilege => "Elevation of privilege",
        }
    }
}

/// What somebody could do at a crossing, and what answers it.
#[derive(Debug, Clone, PartialEq)]
pub struct Threat {
    /// Stable, e.g. `spoofing@crossing:callers->backend`.
    pub id: String,
    /// [`Crossing::id`].
    pub crossing: String,
    /// What it is.
    pub category: Stride,
    /// What somebody could do, one sentence without its full stop, about this system.
    pub scenario: String,
    /// How much it would matter if nothing answered it.
    pub level: Level,
    /// What answers it.
    pub answer: ThreatAnswer,
    /// What holds whatever the blueprint says, because Architrave serves so; one clause each.
    pub served_so: Vec<String>,
}

/// What answers a threat.
#[derive(Debug, Clone, PartialEq)]
pub enum ThreatAnswer {
    /// Rules that hold: (id, for how many elements); empty where the way of serving alone answers it.
    Mitigated(Vec<(&'static str, u32)>),
    /// Somebody took it upon themselves: (id of the finding, waiver).
    Accepted(Vec<(String, Waiver)>),
    /// Nothing does: what is wrong or unknown, one clause each.
    Open(Vec<String>),
}
