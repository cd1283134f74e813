//! Which images a pipeline ships, under which tags.

use architrave_model::Span;

use crate::yaml::Node;

/// Images that commands of a shell push: `docker push IMAGE`, `docker buildx build --push -t IMAGE`.
pub(super) fn by_command(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let joined = text.replace("\\\n", " ");
    for command in joined.split(['\n', ';', '&', '|']) {
        let words: Vec<&str> = command.split_whitespace().map(bare).collect();
        let is_of = |tool: &str| words.first().is_some_and(|it| *it == tool);
        if !(is_of("docker") || is_of("podman") || is_of("buildah")) {
            continue;
        }
        if words.contains(&"--all-tags") || words.contains(&"-a") {
            continue;
        }
        if words.contains(&"--push") {
            found.extend(tags(&words));
        } else if words.contains(&"push") {
            let image = words.iter().skip_while(|it| **it != "push").skip(1);
            found
                .extend(image.filter(|it| !it.starts_with('-')).take(1).map(|it| (*it).to_owned()));
        }
    }
    found
}

fn bare(word: &str) -> &str {
    word.trim_matches(['"', '\''])
}

fn tags(words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (position, word) in words.iter().enumerate() {
        if matches!(*word, "-t" | "--tag") {
            found.extend(words.get(position + 1).map(|it| (*it).to_owned()));
        } else if let Some(tag) = word.strip_prefix("--tag=") {
            found.push(bare(tag).to_owned());
        }
    }
    found
}

/// Images of a step that builds and pushes: `uses: docker/build-push-action` with `push: true` and `tags`.
pub(super) fn by_action(step: Node<'_>) -> Vec<(String, Span)> {
    let uses = step.get("uses").and_then(Node::as_text).unwrap_or_default();
    if !uses.starts_with("docker/build-push-action") {
        return Vec::new();
    }
    let Some(with) = step.get("with") else { return Vec::new() };
    let pushes = with.get("push").is_some_and(|it| it.as_bool() != Some(false));
    let Some(tags) = with.get("tags").filter(|_| pushes) else { return Vec::new() };
    let written = tags.as_text().unwrap_or_default();
    let names = written.split(['\n', ',']).map(str::trim).filter(|it| !it.is_empty());
    names.map(|it| (it.to_owned(), tags.span())).collect()
}

#[cfg(test)]
mod tests {
    use super::by_command;

    #[test]
    fn pushed_images_are_found_in_commands() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(by_command(text), expected, "{text}");
        check("docker build -t a/b:1 .\ndocker push a/b:1", &["a/b:1"]);
        check("docker build -t a/b:latest .", &[]);
        check(
            "docker buildx build --push \\\n  -t a/b:1 --tag=a/b:latest .",
            &["a/b:1", "a/b:latest"],
        );
        check("npm ci && docker push --quiet \"a/b:$TAG\"", &["a/b:$TAG"]);
        check("docker push --all-tags a/b", &[]);
        check("git push origin main", &[]);
    }
}
