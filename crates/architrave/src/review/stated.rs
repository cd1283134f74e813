//! What a blueprint without contexts says of an existing system: the team, the load, the promises, the law, the regions.
//! Its files
//! describe none of these.

use architrave_blueprint::syntax;
use architrave_model::{Code, FileId, Finding, SourceFile, System};

/// Blocks of such a blueprint. A file with any other is something else: another tool's, or a blueprint of ours.
const BLOCKS: &[&str] = &["system", "workload", "slo", "recovery", "compliance", "constraints"];

/// Who the tenants are is declared in contexts; a number of them is worth knowing without.
const TENANTS_WITHOUT_TABLE: Code = Code("AR0702");

/// What is said, and where.
pub(super) struct Stated {
    /// Its blocks, nothing else.
    pub(super) system: System,
    /// Places point into all files that were given.
    pub(super) findings: Vec<Finding>,
    /// Names of the files.
    pub(super) files: Vec<String>,
}

/// Kinds of the blocks at the top of a file, in order.
pub(super) fn blocks(text: &str) -> Vec<String> {
    let (tree, _) = syntax::parse(FileId::default(), text);
    let kinds = tree.items.into_iter().filter_map(|it| match it {
        syntax::ast::Item::Block(block) => Some(block.kind.text),
        syntax::ast::Item::Attribute(_) => None,
    });
    kinds.collect()
}

/// What the files among these that are nothing but such blocks say; none where no file is, or none has `system`.
pub(super) fn of(files: &[SourceFile]) -> Option<Stated> {
    let mut has_system = false;
    let mut names = Vec::new();
    let mut kept = |it: &SourceFile| {
        let kinds = if it.name.ends_with(".hcl") { blocks(&it.text) } else { Vec::new() };
        if kinds.is_empty() || kinds.iter().any(|it| !BLOCKS.contains(&it.as_str())) {
            return String::new();
        }
        has_system |= kinds.iter().any(|it| it == "system");
        names.push(it.name.clone());
        it.text.clone()
    };
    // Others are read as empty, so that places keep the number of their file.
    let emptied: Vec<SourceFile> =
        files.iter().map(|it| SourceFile { name: it.name.clone(), text: kept(it) }).collect();
    if !has_system {
        return None;
    }
    let (system, mut findings) = architrave_blueprint::read(&emptied);
    findings.retain(|it| it.code != TENANTS_WITHOUT_TABLE);
    Some(Stated { system, findings, files: names })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(files: &[(&str, &str)]) -> Option<Stated> {
        let file = |(name, text): &(&str, &str)| SourceFile {
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        };
        of(&files.iter().map(file).collect::<Vec<_>>())
    }

    const NEEDS: &str =
        "system Shop { edition = \"2026\" }\nconstraints { team = 4 }\nworkload { tenants = 3 }\n";

    #[test]
    fn needs_are_taken_from_files_that_say_nothing_else() {
        let stated = said(&[("compose.yml", "services: {}"), ("architrave.hcl", NEEDS)]).unwrap();
        let constraints = stated.system.constraints.unwrap();
        assert_eq!(constraints.team, Some(4));
        assert_eq!(constraints.span.file, FileId(1));
        assert_eq!(stated.files, ["architrave.hcl"]);
        assert!(stated.findings.is_empty(), "{:?}", stated.findings);
    }

    #[test]
    fn files_of_other_tools_are_left_alone() {
        let packer = "source \"amazon-ebs\" \"web\" { region = \"eu\" }\n";
        for text in [packer, "team = 4\n", "", "constraints { team = 4 }\n"] {
            assert!(said(&[("other.hcl", text)]).is_none(), "{text}");
        }
        let stated = said(&[("architrave.hcl", NEEDS), ("packer.hcl", packer)]).unwrap();
        assert_eq!(stated.files, ["architrave.hcl"]);
        assert!(said(&[("architrave.hcl", &format!("{NEEDS}context shop {{}}\n"))]).is_none());
    }
}
