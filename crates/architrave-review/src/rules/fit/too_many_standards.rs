//! FIT-14: more languages than the team can know well.

use std::collections::BTreeMap;

use architrave_model::graph::{Graph, Image, ManifestKind};

use crate::measure::words::list;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-14",
    name: "too-many-standards",
    family: Family::Fit,
    title: "more languages than the team can know well",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Repository],
    sources: &[
        Source {
            title: "Code smells of microservices: too many standards (Walker, Das, Cerny)",
            url: "https://doi.org/10.3390/app10217800",
        },
        Source {
            title: "Choose boring technology (Dan McKinley)",
            url: "https://mcfunley.com/choose-boring-technology",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("too_many_standards.md"),
    judge,
};

/// Languages that ten people can know well (judgement).
const LANGUAGES: usize = 3;
const PEOPLE: usize = 10;

/// Images on which things are built, by the language that they bring.
const BASES: &[(&str, &[&str])] = &[
    ("JavaScript", &["node", "bun", "deno"]),
    ("Python", &["python", "pypy", "miniconda3"]),
    ("Go", &["golang"]),
    ("Ruby", &["ruby", "jruby"]),
    ("PHP", &["php", "composer", "frankenphp"]),
    ("Java", &["openjdk", "eclipse-temurin", "amazoncorretto", "maven", "gradle", "ibmjava"]),
    (".NET", &["sdk", "aspnet"]),
    ("Rust", &["rust"]),
    ("Elixir", &["elixir"]),
    ("Erlang", &["erlang"]),
    ("Haskell", &["haskell"]),
    ("Perl", &["perl"]),
    ("Swift", &["swift"]),
    ("Dart", &["dart"]),
];

fn judge(graph: &Graph, say: &mut Verdicts) {
    let recipes: Vec<u32> = graph
        .manifests
        .iter()
        .filter(|it| it.kind == ManifestKind::Dockerfile)
        .filter_map(|it| Some(it.node.origin.span?.file.0))
        .collect();
    let mut languages: BTreeMap<&str, &Image> = BTreeMap::new();
    for image in &graph.images {
        let is_base = image.node.origin.span.is_some_and(|it| recipes.contains(&it.file.0));
        if let Some(language) = language(image).filter(|_| is_base) {
            languages.entry(language).or_insert(image);
        }
    }
    if languages.is_empty() {
        return;
    }
    if languages.len() <= LANGUAGES {
        return say.pass(&graph.system);
    }
    let names: Vec<&str> = languages.keys().copied().collect();
    let Some(team) = graph.needs.team.value() else {
        return say.cannot_tell(
            &graph.system,
            format!(
                "how many people look after {} languages (`team` in `constraints`)",
                names.len()
            ),
        );
    };
    let people = usize::try_from(*team).unwrap_or(usize::MAX);
    if names.len().saturating_mul(PEOPLE) <= people.saturating_mul(LANGUAGES) {
        return say.pass(&graph.system);
    }
    let mut failure = say
        .fail(&graph.system, format!("{people} people build in {} languages", names.len()))
        .at(graph.needs.team.span(), "so many people")
        .help("choose two for what is new, and rewrite the smallest of the others when it next needs a large change")
        .because(format!("{} (observed, by what images are built from)", list(&names)))
        .because(format!("{LANGUAGES} languages for {PEOPLE} people (judgement): each needs somebody who knows it, a second who can stand in, and its own tools, libraries and upgrades"));
    for image in languages.values() {
        failure = failure.also(image.node.origin.span, "one of them");
    }
}

fn language(image: &Image) -> Option<&'static str> {
    let last = image.repository.rsplit('/').next()?;
    BASES.iter().find(|(_, bases)| bases.contains(&last)).map(|it| it.0)
}
