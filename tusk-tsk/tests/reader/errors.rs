//! Every error as a person sees it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tusk_tsk::{Error, Limits, Mode, Reader, Secret};

/// What the files of `golden/errors` are read into: each key asks for something that a file can get wrong.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only what cannot be read is looked at")]
struct Asked {
    port: Option<u16>,
    ratio: Option<f64>,
    debug: Option<bool>,
    name: Option<String>,
    level: Option<Level>,
    pair: Option<(u8, u8)>,
    address: Option<std::net::IpAddr>,
    server: Option<Server>,
    key: Option<Secret>,
    #[serde(flatten)]
    others: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "only what cannot be read is looked at")]
enum Level {
    Debug,
    Info,
    Custom(u8),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only what cannot be read is looked at")]
struct Server {
    host: String,
    #[serde(alias = "bind")]
    port: Option<u16>,
}

fn read(name: &str, text: &str) -> Result<(), Error> {
    let mut limits = Limits::default();
    match name {
        "file_too_large" => limits.size = 64,
        "too_deep" | "too_deep_global" | "too_deep_key" => limits.depth = 6,
        "key_too_long" => limits.key = 16,
        "too_many_values" => limits.values = 100,
        "too_much_text" => limits.text = 64,
        "too_many_files" => limits.files = 2,
        _ => {}
    }
    let folder = crate::folder("errors");
    let mode = if name.starts_with("reference") { Mode::Symbolic } else { Mode::Resolve };
    let reader = Reader::new().name(format!("{name}.tsk")).environment(crate::variable).mode(mode).limits(limits);
    let reader = if name.starts_with("no_files") {
        reader
    } else {
        reader.files(move |path| crate::read_file(&folder.join(path)))
    };
    reader.from_str::<Asked>(text).map(drop)
}

#[test]
fn every_file_is_refused_in_the_expected_words() {
    let folder = crate::folder("errors");
    let kinds = kinds();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for name in crate::cases(&folder) {
        let text = std::fs::read_to_string(folder.join(format!("{name}.tsk"))).expect("it can be read");
        let Err(error) = read(&name, &text) else {
            wrong.push(format!("{name} is read without an error"));
            continue;
        };
        let kind = error.kind().name();
        if !(name == kind || name.starts_with(&format!("{kind}_"))) {
            wrong.push(format!("{name} is refused as {kind}\n{}", error.render()));
        }
        let rendered = error.render();
        if rendered.contains("hunter2") {
            wrong.push(format!("{name} shows what came out of the environment\n{rendered}"));
        }
        // What a type says of a value is for the type to say better.
        let is_of_type = matches!(kind.as_str(), "refused" | "wrong_type" | "wrong_value" | "wrong_length");
        if error.line().is_none() || (error.help().is_none() && !is_of_type) {
            wrong.push(format!("{name} does not say where it is, or what to write\n{rendered}"));
        }
        seen.insert(kind);
        crate::compare(&folder.join(format!("{name}.txt")), &(rendered + "\n"), &mut wrong);
    }
    // Found while files are looked for, and held by a test of that.
    seen.insert("two_files".to_owned());
    let missing: Vec<&String> = kinds.difference(&seen).collect();
    assert!(missing.is_empty(), "no file is refused for these: {missing:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The variants of `ErrorKind`, in snake case, out of its source.
fn kinds() -> BTreeSet<String> {
    let source = include_str!("../../src/error/kind.rs");
    let start = source.find("pub enum ErrorKind {").expect("the enum is there");
    let body = &source[start..][..source[start..].find("\n}").expect("it ends")];
    let variants = body
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    let snake = |line: &str| {
        let name: String = line.chars().take_while(char::is_ascii_alphanumeric).collect();
        let parts = name.char_indices().map(|(at, c)| {
            let bar = if c.is_uppercase() && at > 0 { "_" } else { "" };
            format!("{bar}{}", c.to_ascii_lowercase())
        });
        parts.collect::<String>()
    };
    let kinds: BTreeSet<String> = variants.map(snake).collect();
    assert!(kinds.len() > 50, "{kinds:?}");
    kinds
}
