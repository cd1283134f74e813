//! The site of every example, opened in a browser from the disk.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::{Scope, Trouble, Validator, Verdict, scope::counted, tool};

pub(super) const VALIDATOR: Validator = Validator {
    name: "browser",
    proves: "Chromium opens every site without a network: no error, every diagram drawn, no page wider than a phone",
    is_quick: false,
    run,
};

/// Drives a browser that is there; it brings none.
const PACKAGES: &[&str] = &["puppeteer-core@25.16.0"];

/// Where browsers of this family are looked for, the first first.
const BROWSERS: &[&str] =
    &["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

fn run(scope: &Scope) -> Result<Verdict, Trouble> {
    if scope.examples.is_empty() {
        return Ok(Verdict::NothingToCheck("there is no example".to_owned()));
    }
    let Some(browser) = BROWSERS.iter().find(|it| Path::new(it).is_file()) else {
        return Err(Trouble::Unavailable(format!("no browser at {}", BROWSERS.join(", "))));
    };
    let folder = tool::npm("browser", PACKAGES)?;
    let script = tool::script(&folder, "browser.mjs", include_str!("browser.mjs"))?;
    let program = tool::architrave()?;
    let mut sites: Vec<PathBuf> = Vec::new();
    for example in &scope.examples {
        let out = example.fresh_home("browser")?.join("documents");
        let written = Command::new(&program)
            .args(["docs".as_ref(), example.folder.as_os_str(), "--out".as_ref(), out.as_os_str()])
            .output();
        let written = written.map_err(|error| format!("{}: {error}", program.display()))?;
        if !written.status.success() {
            let said = String::from_utf8_lossy(&written.stderr);
            return Err(Trouble::Failed(format!("{}: {said}", example.name)));
        }
        sites.push(out.join("index.html"));
    }
    let count = tool::ask(Command::new("node").arg(script).arg(browser).args(&sites))?;
    Ok(Verdict::Passed(format!("{} diagrams in {}", count.trim(), counted(sites.len(), "site"))))
}
