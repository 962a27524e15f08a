//! Rules of the house that no compiler knows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Which crate of ours may import which (ARCHITECTURE.md, "Layers"). Dev-dependencies are free.
const ALLOWED: &[(&str, &[&str])] = &[
    ("record", &[]),
    ("nn", &[]),
    ("builtin", &[]),
    ("article", &["record", "nn"]),
    ("report", &["record"]),
    ("intake", &["record"]),
    ("fetch", &["record"]),
    ("forecast", &["record"]),
    ("store", &["record"]),
    ("nlp", &["record", "nn"]),
    ("extraction", &["record", "nn"]),
    ("linkage", &["record", "nn"]),
    (
        "pipeline",
        &["record", "nn", "builtin", "article", "nlp", "extraction", "linkage", "intake", "fetch", "store"],
    ),
    ("cli", &["record", "pipeline", "report", "intake", "fetch", "forecast", "store"]),
    (
        "eval",
        &[
            "record",
            "nn",
            "article",
            "nlp",
            "extraction",
            "linkage",
            "pipeline",
            "report",
            "intake",
            "fetch",
            "forecast",
            "store",
        ],
    ),
];

/// Licences a dependency may come under. A dependency passes when one branch of its `OR`s uses only these.
const LICENCES: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "Unlicense",
    "0BSD",
    "CC0-1.0",
    "BSL-1.0",
    // Four clauses like BSD's: keep the notice, name changes.
    "bzip2-1.0.6",
];

/// Longest Rust source file, in lines, tables and generated code excepted.
const LINES_MAX: usize = 900;

/// Runs every rule.
///
/// # Errors
/// When a rule is broken (all breaches are listed first), or git or cargo don't answer.
pub(crate) fn run(root: &Path) -> Result<()> {
    let files = tracked(root)?;
    let metadata = metadata(root)?;
    let mut breaches = Vec::new();
    imports(&metadata, &mut breaches)?;
    dependency_licences(root, &mut breaches)?;
    data_headers(root, &files, &mut breaches)?;
    weights(root, &files, &mut breaches)?;
    sources(root, &files, &mut breaches)?;
    commands(root, &mut breaches)?;
    if breaches.is_empty() {
        println!("tidy: {} files, no breach", files.len());
        return Ok(());
    }
    for breach in &breaches {
        eprintln!("tidy: {breach}");
    }
    bail!("{} breaches", breaches.len())
}

fn tracked(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("git ls-files could not start")?;
    if !output.status.success() {
        bail!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let list = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
    let mut files: Vec<String> = list
        .split('\0')
        .filter(|name| !name.is_empty() && root.join(name).is_file())
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}

fn cargo_json(root: &Path, arguments: &[&str]) -> Result<Value> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(arguments)
        .current_dir(root)
        .output()
        .context("cargo metadata could not start")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata printed no JSON")
}

fn metadata(root: &Path) -> Result<Value> {
    cargo_json(root, &["metadata", "--no-deps", "--format-version", "1", "--locked"])
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value[key].as_array().with_context(|| format!("cargo metadata has no `{key}`"))
}

fn imports(metadata: &Value, breaches: &mut Vec<String>) -> Result<()> {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    for package in list(metadata, "packages")? {
        let name = package["name"].as_str().unwrap_or_default();
        if name == "xtask" {
            continue;
        }
        let Some(short) = name.strip_prefix("watchkeeper-") else {
            breaches.push(format!("package `{name}` lacks the prefix `watchkeeper-`"));
            continue;
        };
        let Some(permitted) = allowed.get(short) else {
            breaches.push(format!("crate `{short}` is not in the table of allowed imports"));
            continue;
        };
        for dependency in list(package, "dependencies")? {
            let target = dependency["name"].as_str().unwrap_or_default();
            if dependency["kind"].as_str() == Some("dev") || dependency["path"].is_null() {
                continue;
            }
            let target = target.strip_prefix("watchkeeper-").unwrap_or(target);
            if !permitted.contains(&target) {
                breaches.push(format!("crate `{short}` may not import `{target}`"));
            }
        }
    }
    Ok(())
}

/// Checks the licence of every package in the lock file that is built for some target.
fn dependency_licences(root: &Path, breaches: &mut Vec<String>) -> Result<()> {
    let metadata = cargo_json(root, &["metadata", "--format-version", "1", "--locked"])?;
    for package in list(&metadata, "packages")? {
        if package["source"].is_null() {
            continue;
        }
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if !permitted(licence) {
            breaches.push(format!("dependency `{name}` comes under `{licence}`, which is not on the list"));
        }
    }
    Ok(())
}

/// Whether a licence expression has a branch that only uses listed licences. `/` is the old spelling of `OR`.
fn permitted(expression: &str) -> bool {
    let flat = expression.replace(['(', ')'], " ").replace('/', " OR ");
    // `A AND (B OR C)` is read as branches of OR, each a conjunction; a conjunction that the flattening tore apart
    // only makes the check stricter or equal for the expressions in use.
    flat.split(" OR ").any(|branch| branch.split(" AND ").all(|part| LICENCES.contains(&part.trim())))
}

/// Every table under `data/` opens with a comment that names its source and licence; other files there, and licences
/// of weights, are named in a README.md or CARD.md of their folder.
fn data_headers(root: &Path, files: &[String], breaches: &mut Vec<String>) -> Result<()> {
    for name in files.iter().filter(|name| name.starts_with("data/") || name.starts_with("weights/")) {
        let path = Path::new(name);
        let extension = path.extension().and_then(|ext| ext.to_str()).unwrap_or_default();
        let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
        if extension == "md" || file.contains("LICEN") {
            continue;
        }
        if matches!(extension, "toml" | "tsv" | "txt") {
            let text = read(root, name)?;
            let header: String = text
                .lines()
                .take_while(|line| line.starts_with('#'))
                .collect::<Vec<_>>()
                .join("\n")
                .to_lowercase();
            if !header.contains("source") || !(header.contains("licence") || header.contains("license")) {
                breaches.push(format!("{name}: its opening comment doesn't name both source and licence"));
            }
            continue;
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let named = files
            .iter()
            .filter(|doc| doc.ends_with(".md") && Path::new(doc).parent() == Some(folder))
            .filter_map(|doc| read(root, doc).ok())
            .any(|doc| doc.contains(file) || doc.contains(file.trim_end_matches(".wkw")));
        if !named {
            breaches.push(format!("{name}: no README.md or CARD.md in its folder names it"));
        }
    }
    Ok(())
}

/// Every file in `weights/` that isn't a card or licence has a row in weights.toml.
/// Digests are checked when the weights are loaded.
fn weights(root: &Path, files: &[String], breaches: &mut Vec<String>) -> Result<()> {
    let table = read(root, "weights.toml").unwrap_or_default();
    for name in files.iter().filter(|name| name.starts_with("weights/")) {
        let file = name.trim_start_matches("weights/");
        let beside = file.to_ascii_uppercase().contains("LICEN") || file.ends_with(".md");
        if !beside && !table.contains(&format!("\"{file}\"")) && !table.contains(&format!("\"{name}\"")) {
            breaches.push(format!("{name}: weights.toml has no row for it"));
        }
        let bytes = std::fs::metadata(root.join(name)).with_context(|| name.clone())?.len();
        if bytes > 20 * 1024 * 1024 {
            breaches.push(format!("{name}: {bytes} bytes, more than 20 MiB"));
        }
    }
    Ok(())
}

/// Absolute paths of a machine, over-long files, ignored tests and stubs.
fn sources(root: &Path, files: &[String], breaches: &mut Vec<String>) -> Result<()> {
    // Spelled in two halves, so that this file doesn't hold what it forbids.
    let paths = [["/wo", "rk/"], ["/ro", "ot/"], ["/ho", "me/"], ["/Use", "rs/"], ["C:", "\\\\Users"]]
        .map(|halves| halves.concat());
    let stubs = [["to", "do!("], ["unimple", "mented!("], ["#[ig", "nore"]].map(|halves| halves.concat());
    for name in files {
        let Ok(text) = read(root, name) else { continue };
        if name != "Cargo.lock" {
            for (number, line) in text.lines().enumerate() {
                for path in &paths {
                    if line.contains(path.as_str()) && !line.contains("://") {
                        breaches.push(format!("{name}:{}: holds the absolute path `{path}…`", number + 1));
                    }
                }
            }
        }
        if name.ends_with(".rs") {
            for stub in &stubs {
                if text.contains(stub.as_str()) {
                    breaches.push(format!("{name}: holds `{stub}`"));
                }
            }
            let lines = text.lines().count();
            let table = text.starts_with("// @generated") || text.contains("\n// @generated");
            if lines > LINES_MAX && !table {
                breaches.push(format!("{name}: {lines} lines, more than {LINES_MAX}"));
            }
        }
    }
    Ok(())
}

/// README.md tells of every command, and of no command that isn't there.
fn commands(root: &Path, breaches: &mut Vec<String>) -> Result<()> {
    // The help as the snapshot holds it, which a test compares with the program.
    let help = read(root, "crates/cli/tests/snapshots/command__watchkeeper.snap")?;
    let there: BTreeSet<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    let readme = read(root, "README.md")?;
    let mut told = BTreeSet::new();
    for piece in readme.split("watchkeeper ").skip(1) {
        let word: String = piece.chars().take_while(char::is_ascii_lowercase).collect();
        told.insert(word);
    }
    for command in &there {
        if !told.contains(*command) {
            breaches.push(format!("README.md doesn't tell of `watchkeeper {command}`"));
        }
    }
    for line in readme.lines().filter_map(|line| line.trim_start_matches("$ ").strip_prefix("watchkeeper ")) {
        let word: String = line.chars().take_while(char::is_ascii_lowercase).collect();
        if !word.is_empty() && !there.contains(word.as_str()) {
            breaches.push(format!("README.md tells of `watchkeeper {word}`, which isn't a command"));
        }
    }
    Ok(())
}

fn read(root: &Path, name: &str) -> Result<String> {
    std::fs::read_to_string(root.join(name)).with_context(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::permitted;

    #[test]
    fn licence_expressions() {
        assert!(permitted("MIT OR Apache-2.0"));
        assert!(permitted("MIT/Apache-2.0"));
        assert!(permitted("GPL-3.0 OR MIT"));
        assert!(permitted("MIT AND BSD-3-Clause"));
        assert!(!permitted("MIT AND GPL-3.0"));
        assert!(!permitted(""));
    }
}
