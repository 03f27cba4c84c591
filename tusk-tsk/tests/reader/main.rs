//! What the reader is held to. `UPDATE=1 cargo test -p tusk-tsk` writes the golden files anew.

#![allow(clippy::expect_used, clippy::panic, reason = "a failed expectation is a failed test")]

mod document;
mod errors;
mod golden;
mod limits;
mod load;
mod properties;
mod rows;
mod types;

use std::path::{Path, PathBuf};

/// The environment of all tests.
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = match name {
        "STAGE" => "production",
        "MEMORY" => "2048",
        "RATIO" => "0.25",
        "DEBUG" => "true",
        "EMPTY" => "",
        "PASSWORD" => "hunter2",
        _ => return None,
    };
    Some(value.to_owned())
}

/// A folder of golden files.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// The names of a folder's cases, without `.tsk`; what begins with `_` is there for others to read.
pub(crate) fn cases(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .filter_map(|entry| entry.expect("it can be read").file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".tsk").map(str::to_owned))
        .filter(|name| !name.starts_with('_'))
        .collect();
    names.sort();
    names
}

/// Compares a text with a golden file, or writes it.
pub(crate) fn compare(path: &Path, text: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, text).expect("it can be written");
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected != text {
        wrong.push(format!("{}\n--- expected\n{expected}\n+++ found\n{text}", path.display()));
    }
}

/// The files of a golden folder, as a reader asks for them.
pub(crate) fn read_file(path: &Path) -> std::io::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
