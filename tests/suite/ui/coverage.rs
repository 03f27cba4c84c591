//! Every fault that the spec knows has a case: a file of `ui/fail` whose name begins with the fault's.
//!
//! The faults are read out of the spec's source, so that a new one fails here until somebody has looked at its message.

use std::path::Path;

use syn::{Item, ItemEnum};

use super::table;

/// Where an enum of faults is, and what the names of its cases begin with.
const ENUMS: [(&str, &str, &str); 9] = [
    ("fault.rs", "FaultKind", ""),
    ("route.rs", "RouteErrorKind", "route_"),
    ("pattern.rs", "PatternErrorKind", "pattern_"),
    ("filter.rs", "FilterErrorKind", "filter_"),
    ("units.rs", "UnitErrorKind", "unit_"),
    ("limits.rs", "Limit", "limit_"),
    ("schedule/error.rs", "ScheduleErrorKind", "schedule_"),
    ("schedule/zone.rs", "ZoneMistake", "unknown_zone_"),
    ("schedule/platform/error.rs", "UnsupportedKind", "impossible_schedule_"),
];

#[test]
fn every_fault_has_a_case_that_is_corrected() {
    let corrected: Vec<String> = table::rows().into_iter().map(|row| row.name).collect();
    let missing: Vec<String> = ENUMS
        .iter()
        .flat_map(|(file, name, prefix)| variants(file, name).into_iter().map(move |it| format!("{prefix}{it}")))
        .filter(|fault| !corrected.iter().any(|case| begins_with(case, fault)))
        .collect();
    assert!(missing.is_empty(), "these faults have no case in tests/ui/fail that ends in a correction: {missing:#?}");
}

#[test]
fn every_case_says_what_it_shows_and_shows_it() {
    for case in cases() {
        let path = fail().join(format!("{case}.rs"));
        let source = std::fs::read_to_string(&path).expect("it can be read");
        assert!(source.starts_with("//! "), "{} does not say what it shows", path.display());
        let words = std::fs::read_to_string(path.with_extension("stderr")).expect("a case has its words");
        let errors = words.lines().filter(|line| line.starts_with("error")).count();
        let said = source.lines().next().unwrap_or_default();
        let expected = match said.rsplit_once(": ").and_then(|(_, count)| count.split_once(" errors.")) {
            Some((count, _)) => {
                ["zero", "one", "two", "three", "four", "five", "six"].iter().position(|it| *it == count)
            }
            None => Some(1),
        };
        assert_eq!(Some(errors), expected, "{case}: one error, unless its first line ends in `: two errors.`");
    }
}

pub(super) fn fail() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/fail")
}

/// The names of the cases.
pub(super) fn cases() -> Vec<String> {
    let entries = std::fs::read_dir(fail()).expect("the cases are there");
    entries
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned())
        .collect()
}

/// The variants of an enum of the spec, in snake case.
fn variants(file: &str, name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tusk-fn-spec/src").join(file);
    let source = std::fs::read_to_string(&path).expect("the spec is there");
    let items = syn::parse_file(&source).expect("it is Rust").items;
    let is_it = |item: Item| match item {
        Item::Enum(it) if it.ident == name => Some(it),
        _ => None,
    };
    let found: ItemEnum = items.into_iter().find_map(is_it).expect("the enum is there");
    found.variants.iter().map(|variant| snake(&variant.ident.to_string())).collect()
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// Whether the words of `case` begin with those of `fault`.
fn begins_with(case: &str, fault: &str) -> bool {
    case.strip_prefix(fault).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}
