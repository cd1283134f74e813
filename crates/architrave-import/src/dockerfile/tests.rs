//! What Dockerfiles say.

use architrave_model::{SourceFile, graph::dump};

#[track_caller]
fn check(text: &str, expected: &str) {
    let files = [SourceFile { name: "Dockerfile".into(), text: text.into() }];
    let import = crate::read(&files, 0);
    assert_eq!(import.findings, []);
    let dump = dump(&import.graph, &files);
    let found = dump.find("manifest:").map_or("", |it| &dump[it..]);
    assert_eq!(found.trim(), expected.trim(), "{text}");
}

#[test]
fn the_last_stage_counts() {
    check(
        "ARG NODE=22.4\nFROM node:${NODE}-alpine AS build\nUSER root\nRUN npm ci \\\n  # comment\n  && npm run build\n\
         FROM nginxinc/nginx-unprivileged:1.27@sha256:ab\nCOPY --from=build /app /app\nEXPOSE 8080/tcp\n\
         HEALTHCHECK --interval=5s CMD curl -f http://localhost:8080/\n",
        "manifest:Dockerfile @Dockerfile:1
  kind: Dockerfile
  facts: [user nonroot @7, expose 8080 @9, healthcheck curl -f http://localhost:8080/ @10, base nginxinc/nginx-unprivileged:1.27@sha256:ab @7]
image:node:22.4-alpine @Dockerfile:2
  repository: docker.io/library/node
  tag: 22.4-alpine @2
  digest: absent @2
  is_own: false @2
image:nginxinc/nginx-unprivileged:1.27@sha256:ab @Dockerfile:7
  repository: docker.io/nginxinc/nginx-unprivileged
  tag: 1.27 @7
  digest: sha256:ab @7
  product: nginx @7
  version: 1.27 @7
  is_own: false @7",
    );
}

#[test]
fn credentials_and_downloads_are_seen() {
    check(
        "FROM scratch\nENV API_TOKEN=f8a9s7df98a7 MODE=\"x y\"\nARG NPM_TOKEN\nADD https://example.com/x.tar.gz /x\n\
         RUN <<EOF\nENV DB_PASSWORD=inside-a-script\nEOF\nUSER 1000:1000\n",
        "manifest:Dockerfile @Dockerfile:1
  kind: Dockerfile
  facts: [add_url https://example.com/x.tar.gz @4, user 1000:1000 @8, base scratch @1]
secret:Dockerfile/API_TOKEN @Dockerfile:2
  because: its name",
    );
}

#[test]
fn odd_files_are_read_without_complaint() {
    for text in [
        "",
        "FROM",
        "FROM \\\n",
        "\\",
        "#\n#",
        "ENV",
        "ENV =",
        "ADD",
        "RUN <<",
        "FROM a AS",
        "user x",
    ] {
        let files = [SourceFile { name: "deploy/Dockerfile.prod".into(), text: text.into() }];
        assert_eq!(crate::read(&files, 0).recognised.len(), 1, "{text}");
    }
}
