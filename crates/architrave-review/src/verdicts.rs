//! Collects what one rule says.

use architrave_model::{
    Level, Outcome, Proposal, Span, Verdict,
    graph::{Known, Node},
};

use crate::Rule;

/// What one rule says, element by element.
#[derive(Debug)]
pub struct Verdicts {
    rule: &'static str,
    level: Level,
    list: Vec<Verdict>,
}

impl Verdicts {
    pub(crate) fn of(rule: &Rule) -> Self {
        Self { rule: rule.id, level: rule.level(), list: Vec::new() }
    }

    pub(crate) fn into_list(self) -> Vec<Verdict> {
        self.list
    }

    /// The rule holds for this element.
    pub fn pass(&mut self, node: &Node) {
        self.add(node, Outcome::Pass, String::new());
    }

    /// A fact is missing; `missing` names it, e.g. "the timeout of this call".
    pub fn cannot_tell(&mut self, node: &Node, missing: impl Into<String>) {
        self.add(node, Outcome::CannotTell, missing.into());
    }

    /// The rule is broken here: `title` is one sentence about this element, lower case, no full stop. The
    /// place is the element's own unless the returned failure says otherwise.
    pub fn fail(&mut self, node: &Node, title: impl Into<String>) -> Failure<'_> {
        let verdict = self.add(node, Outcome::Fail, title.into());
        verdict.places.extend(node.origin.span.map(|it| (it, String::new())));
        Failure { verdict }
    }

    fn add(&mut self, node: &Node, outcome: Outcome, title: String) -> &mut Verdict {
        self.list.push(Verdict {
            rule: self.rule,
            subject: node.id.clone(),
            subject_name: node.name.clone(),
            outcome,
            level: self.level,
            title,
            places: Vec::new(),
            help: String::new(),
            proposal: None,
            because: Vec::new(),
            waiver: None,
        });
        let last = self.list.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "pushed above")]
        &mut self.list[last]
    }
}

/// A failure that is being said.
#[derive(Debug)]
pub struct Failure<'v> {
    verdict: &'v mut Verdict,
}

impl Failure<'_> {
    /// The place to change, in place of the element's own.
    pub fn at(self, span: Option<Span>, label: impl Into<String>) -> Self {
        if let Some(span) = span {
            self.verdict.places.clear();
            self.verdict.places.push((span, label.into()));
        }
        self
    }

    /// The place where a fact comes from, in place of the element's own.
    pub fn at_fact<T>(self, fact: &Known<T>, label: impl Into<String>) -> Self {
        self.at(fact.span(), label)
    }

    /// Another place that has to do with it.
    pub fn also(self, span: Option<Span>, label: impl Into<String>) -> Self {
        self.verdict.places.extend(span.map(|it| (it, label.into())));
        self
    }

    /// What to do, in words: about this element, not in general.
    pub fn help(self, text: impl Into<String>) -> Self {
        self.verdict.help = text.into();
        self
    }

    /// A number or fact that the verdict rests on, with its unit and who says so.
    pub fn because(self, text: impl Into<String>) -> Self {
        self.verdict.because.push(text.into());
        self
    }

    /// How much it matters here, where that is other than usual.
    pub fn matters(self, impact: u8, likelihood: u8) -> Self {
        self.verdict.level = Level::of(impact, likelihood);
        self
    }

    /// What to type into a blueprint.
    pub fn propose(self, proposal: Proposal) -> Self {
        self.verdict.proposal = Some(proposal);
        self
    }
}
