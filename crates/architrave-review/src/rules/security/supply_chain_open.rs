//! SEC-20: foreign steps of a pipeline that may be something else tomorrow.

use architrave_model::graph::{Graph, Manifest, ManifestKind, PipelineStep};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{count, list},
};

pub(super) const RULE: Rule = Rule {
    id: "SEC-20",
    name: "supply-chain-open",
    family: Family::Security,
    title: "a pipeline runs foreign code by a name that can move",
    impact: 3,
    likelihood: 1,
    reads: &[Input::Repository],
    sources: &[
        Source {
            title: "zizmor: unpinned-uses",
            url: "https://docs.zizmor.sh/audits/#unpinned-uses",
        },
        Source {
            title: "CVE-2025-30066: tj-actions/changed-files, tags moved to stolen code",
            url: "https://nvd.nist.gov/vuln/detail/CVE-2025-30066",
        },
    ],
    maps: &[("CWE", "829"), ("STRIDE", "Tampering")],
    reads_names: true,
    page: include_str!("supply_chain_open.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for file in graph.manifests.iter().filter(|it| it.kind == ManifestKind::Dockerfile) {
        judge_file(file, say);
    }
    for pipeline in graph.pipelines.iter().filter(|it| !it.steps.is_empty()) {
        let loose: Vec<&PipelineStep> = pipeline
            .steps
            .iter()
            .filter(|it| !it.is_pinned && !is_the_hosts_own(&it.uses))
            .collect();
        let Some(first) = loose.first() else {
            say.pass(&pipeline.node);
            continue;
        };
        let mut names: Vec<&str> = loose.iter().map(|it| it.uses.as_str()).collect();
        names.dedup();
        let mut failure = say
            .fail(
                &pipeline.node,
                format!("{} may be something else tomorrow: {}", count(loose.len(), "foreign step"), list(&names)),
            )
            .at(first.origin.span, "a tag or a branch")
            .help("write the full commit in place of the tag, with the tag in a comment: `uses: owner/action@<40 hex digits> # v4.1.0`; of an image its digest: `image@sha256:…`");
        for step in loose.iter().skip(1) {
            failure = failure.also(step.origin.span, "a tag or a branch");
        }
        failure.because("it runs with the pipeline's secrets; whoever moves the tag has them");
    }
}

/// Actions of the host itself: whoever can move their tags owns the runners anyway. Local ones come with the
/// commit. Official images (`ruby:3.4`) are what programs are built on as well, and looked after by their registry.
fn is_the_hosts_own(uses: &str) -> bool {
    ["actions/", "github/", "./", "library/", "docker.io/library/"]
        .iter()
        .any(|it| uses.starts_with(it))
        || !uses.contains('/')
}

/// What a Dockerfile takes from an address without saying what must come.
fn judge_file(file: &Manifest, say: &mut Verdicts) {
    let taken: Vec<_> = file.facts.iter().filter(|it| it.0 == "add_url").collect();
    let Some(first) = taken.first() else { return };
    let mut failure = say
        .fail(
            &file.node,
            format!("`{}` takes {} as it is that day", file.node.name, list(&[first.1.as_str()])),
        )
        .at(first.2.span, "may be something else tomorrow")
        .help("name what must come: `ADD --checksum=sha256:… URL PATH`, or install it from a package with a lock file");
    for more in taken.iter().skip(1) {
        failure = failure.also(more.2.span, "this, too");
    }
    failure.because("whoever can change what is at the address changes the program that you ship");
}
