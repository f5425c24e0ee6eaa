//! docs/errors.md and the sources name the same reasons and the same codes.
//!
//! Reasons and codes are made in few places, listed below; elsewhere nothing may make one. There each literal in
//! capitals is a code, and a reason when it stands after its gRPC code. Reads files alone: no server, no network.
#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders and files in which every literal in capitals is a reason or a code.
const MAKERS: [&str; 15] = [
    "libs/auth/src/dry_run.rs",
    "libs/auth/src/layer.rs",
    "libs/events/src",
    "libs/grpc/src",
    "libs/idempotency/src",
    "services/billing/src/grpc",
    "services/carrier-gateway/src/grpc",
    "services/carrier-sim/src/grpc",
    "services/intake/domain/src/port_in/fix.rs",
    "services/intake/domain/src/port_in/requirements",
    "services/intake/src/grpc",
    "services/intake/src/ops/port_in/imports",
    "services/notification/src/grpc",
    "libs/reasons/src/reason.rs",
    "services/intake/domain/src/port_out/lawful_reason.rs",
];

/// Types whose codes reach callers, in files that hold other words too: the file, and where their `impl` begins.
const CODED: [(&str, &str); 7] = [
    (
        "services/intake/domain/src/port_in/configure.rs",
        "impl ConfigureProblem {",
    ),
    (
        "services/intake/domain/src/port_in/cutover/hold.rs",
        "impl HoldCode {",
    ),
    ("libs/calendar/src/wanted_date.rs", "impl DateRefusal {"),
    ("libs/numbering/src/refusal.rs", "impl NumberRefusal {"),
    ("services/intake/domain/src/portability.rs", "impl PortRefusal {"),
    (
        "services/intake/domain/src/port_out/decision.rs",
        "impl Grounds {",
    ),
    (
        "services/notification/domain/src/webhook_url.rs",
        "impl InvalidWebhookUrl {",
    ),
];

/// Literals of those places that are neither.
const NOT_CODES: [(&str, &[&str]); 4] = [
    (
        "libs/grpc/src/rpc_telemetry.rs",
        &[
            "ABORTED",
            "ALREADY_EXISTS",
            "CANCELLED",
            "DATA_LOSS",
            "DEADLINE_EXCEEDED",
            "FAILED_PRECONDITION",
            "INTERNAL",
            "INVALID_ARGUMENT",
            "NOT_FOUND",
            "OK",
            "OUT_OF_RANGE",
            "PERMISSION_DENIED",
            "RESOURCE_EXHAUSTED",
            "UNAUTHENTICATED",
            "UNAVAILABLE",
            "UNIMPLEMENTED",
            "UNKNOWN",
        ],
    ),
    (
        "services/intake/domain/src/port_in/requirements/documents.rs",
        &["BILL", "CSR", "LOA", "OTHER"],
    ),
    (
        "services/intake/domain/src/port_in/requirements/identity.rs",
        &["BOX", "OFFICE", "PO", "POBOX", "POST"],
    ),
    ("services/intake/src/ops/port_in/imports/columns.rs", &["PIN"]),
];

/// What makes a refusal. No other place may contain it.
const MAKING: [&str; 10] = [
    "status::fail(",
    "status::fail_with(",
    "status::invalid(",
    "status::not_ready(",
    "with_error_details(",
    "faults.add(",
    "faults.check(",
    "Requirement::fault(",
    "FieldFault {",
    "FixFault {",
];

/// Reasons with their gRPC codes, and codes, each with a place where it stands.
#[derive(Debug, Default)]
struct Found {
    reasons: BTreeMap<(String, String), String>,
    codes: BTreeMap<String, String>,
}

#[test]
fn the_list_of_errors_is_complete_and_has_nothing_else() {
    let root = root();
    let mut made = Found::default();
    for place in MAKERS {
        for file in rust_files(&root.join(place)) {
            collect(&mut made, &name(&root, &file), &source(&file), 1);
        }
    }
    for (file, head) in CODED {
        let text = source(&root.join(file));
        let from = text.find(head).unwrap_or_else(|| panic!("{file} has no {head}"));
        let block = &text[from..];
        let end = block.find("\n}").unwrap_or(block.len());
        let first_line = text[..from].matches('\n').count() + 1;
        collect(&mut made, file, &block[..end], first_line);
    }
    let listed = listed(&fs::read_to_string(root.join("docs/errors.md")).unwrap());
    let mut faults = differences("reason", &made.reasons, &listed.reasons);
    faults.extend(differences("code", &made.codes, &listed.codes));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn nothing_else_makes_a_refusal() {
    let root = root();
    let mut faults = Vec::new();
    for place in ["libs", "services"] {
        for file in rust_files(&root.join(place)) {
            let name = name(&root, &file);
            let is_maker = MAKERS.iter().any(|maker| name.starts_with(maker));
            if is_maker || !name.contains("/src/") {
                continue;
            }
            let text = source(&file);
            for making in MAKING.into_iter().filter(|making| text.contains(making)) {
                faults.push(format!(
                    "{name} has `{making}`: add it to MAKERS, or refuse where refusals are made"
                ));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn name(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap().display().to_string()
}

/// A file, or every Rust file of a folder but those that hold tests.
fn rust_files(place: &Path) -> Vec<PathBuf> {
    if place.is_file() {
        return vec![place.to_owned()];
    }
    let entries = fs::read_dir(place).unwrap_or_else(|error| panic!("{}: {error}", place.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|path| {
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            let is_tests = stem == "tests" || stem.ends_with("_tests");
            if path.is_dir() && !is_tests {
                rust_files(&path)
            } else if path.extension().is_some_and(|extension| extension == "rs") && !is_tests {
                vec![path]
            } else {
                Vec::new()
            }
        })
        .collect()
}

/// A file up to its tests, which stand last.
fn source(file: &Path) -> String {
    let mut text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let end = text.find("#[cfg(test)]").unwrap_or(text.len());
    text.truncate(end);
    text
}

fn collect(found: &mut Found, file: &str, text: &str, first_line: usize) {
    let not_codes = NOT_CODES
        .iter()
        .find(|(exempt, _)| *exempt == file)
        .map_or(&[][..], |(_, words)| words);
    for (quote, _) in text.match_indices('"') {
        let rest = &text[quote + 1..];
        let Some((literal, _)) = rest.split_once('"') else {
            continue;
        };
        if !is_code(literal) || not_codes.contains(&literal) {
            continue;
        }
        let line = first_line + text[..quote].matches('\n').count();
        let place = format!("{file}:{line}");
        match grpc_code(text[..quote].trim_end()) {
            Some(grpc_code) => {
                found
                    .reasons
                    .entry((literal.to_owned(), grpc_code))
                    .or_insert(place);
            }
            None => {
                found.codes.entry(literal.to_owned()).or_insert(place);
            }
        }
    }
}

fn is_code(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|first: char| first.is_ascii_uppercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The gRPC code that stands right before a reason, as gRPC writes it.
fn grpc_code(before: &str) -> Option<String> {
    if before.ends_with("not_ready(") {
        return Some("FAILED_PRECONDITION".to_owned());
    }
    if before.ends_with("out_of_range(") {
        return Some("OUT_OF_RANGE".to_owned());
    }
    let before = before.strip_suffix(',')?;
    let (_, variant) = before.rsplit_once("Code::")?;
    if !variant.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let mut code = String::new();
    for character in variant.chars() {
        if character.is_uppercase() && !code.is_empty() {
            code.push('_');
        }
        code.push(character.to_ascii_uppercase());
    }
    Some(code)
}

/// The tables: those headed `reason` have a gRPC code in the second column.
fn listed(text: &str) -> Found {
    let mut listed = Found::default();
    let mut has_reasons = false;
    for (index, line) in text.lines().enumerate() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let place = || format!("docs/errors.md:{}", index + 1);
        match cells.as_slice() {
            ["", "reason", ..] => has_reasons = true,
            ["", "code", ..] => has_reasons = false,
            ["", first, second, ..] if first.starts_with('`') => {
                let word = first.trim_matches('`').to_owned();
                if has_reasons {
                    listed.reasons.insert((word, (*second).to_owned()), place());
                } else {
                    listed.codes.insert(word, place());
                }
            }
            _prose => {}
        }
    }
    listed
}

fn differences<K: Ord + std::fmt::Debug>(
    what: &str,
    made: &BTreeMap<K, String>,
    listed: &BTreeMap<K, String>,
) -> Vec<String> {
    let keys: BTreeSet<&K> = made.keys().chain(listed.keys()).collect();
    keys.into_iter()
        .filter_map(|key| match (made.get(key), listed.get(key)) {
            (Some(place), None) => Some(format!("{place}: {what} {key:?} is missing in docs/errors.md")),
            (None, Some(place)) => Some(format!("{place}: {what} {key:?} is nowhere in the sources")),
            (Some(_), Some(_)) | (None, None) => None,
        })
        .collect()
}
