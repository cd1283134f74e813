//! Paths as text: nothing here touches a disk.

/// Folder of a file, without the slash; empty for the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder)
}

/// A path as others compare it: however its caller begins it (`./`, `/`), the same file has the same text.
pub(crate) fn clean(path: &str) -> String {
    joined("", path)
}

/// A path that is written relative to a folder, with `.` and `..` worked in.
pub(crate) fn joined(folder: &str, path: &str) -> String {
    let start = if path.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split(['/', '\\']).chain(path.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_as_one_text() {
        for (at, path, expected) in [
            ("deploy", "../web.env", "web.env"),
            ("./deploy", "./web.env", "deploy/web.env"),
            ("/srv/shop", "api/Dockerfile", "srv/shop/api/Dockerfile"),
            ("", "../../x", "x"),
        ] {
            assert_eq!(joined(at, path), expected);
        }
        assert_eq!(clean("./a/./b"), clean("/a/b"));
        assert_eq!(folder("a/b/c.yaml"), "a/b");
    }
}
