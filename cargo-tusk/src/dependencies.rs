//! What the code that is written needs in a `Cargo.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, InlineTable, Item, Table, value};

use crate::error::Error;

/// Where tusk-fn comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TuskFn {
    /// The package has it already.
    Present,
    /// The release that this command is of.
    Released,
    /// A folder, from the package's own or absolute.
    Path(PathBuf),
}

impl TuskFn {
    /// The crate in a folder: a checkout of the repository, or its folder `tusk-fn`.
    pub(crate) fn at(folder: &Path) -> Result<Self, Error> {
        let candidates = [folder.to_owned(), folder.join("tusk-fn")];
        let is_it = |folder: &&PathBuf| {
            let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
            let document: Option<DocumentMut> = text.parse().ok();
            document.is_some_and(|it| {
                it.get("package").and_then(|it| it.get("name")).and_then(Item::as_str) == Some("tusk-fn")
            })
        };
        let found = candidates.iter().find(is_it).and_then(|found| fs::canonicalize(found).ok());
        found.map(Self::Path).ok_or_else(|| Error::NotTuskFn { path: folder.to_owned() })
    }
}

/// The version of the crates that are written into a new `Cargo.toml`.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

/// Adds what a module uses to a package's dependencies, unless it is there.
pub(crate) fn add(manifest: &Path, tusk_fn: &TuskFn, module: &str) -> Result<(), Error> {
    let text = fs::read_to_string(manifest).map_err(|source| Error::Read { path: manifest.to_owned(), source })?;
    let mut document: DocumentMut =
        text.parse().map_err(|source| Error::Manifest { path: manifest.to_owned(), source: Box::new(source) })?;
    let dependencies = table(&mut document, "dependencies");
    match tusk_fn {
        TuskFn::Present => {}
        TuskFn::Released => insert(dependencies, "tusk-fn", value(VERSION)),
        TuskFn::Path(path) => insert(dependencies, "tusk-fn", with("path", path.display().to_string().as_str(), &[])),
    }
    if module.contains("serde::") {
        insert(dependencies, "serde", with("version", "1", &["derive"]));
    }
    if module.contains("tracing::") {
        insert(dependencies, "tracing", value("0.1"));
    }
    insert(table(&mut document, "dev-dependencies"), "tokio", with("version", "1", &["macros", "rt"]));
    let changed = document.to_string();
    if changed != text {
        fs::write(manifest, changed).map_err(|source| Error::Write { path: manifest.to_owned(), source })?;
    }
    Ok(())
}

fn table<'a>(document: &'a mut DocumentMut, name: &str) -> &'a mut Item {
    document.entry(name).or_insert_with(|| Item::Table(Table::new()))
}

fn insert(dependencies: &mut Item, name: &str, dependency: Item) {
    if let Some(table) = dependencies.as_table_like_mut()
        && !table.contains_key(name)
    {
        table.insert(name, dependency);
    }
}

fn with(key: &str, text: &str, features: &[&str]) -> Item {
    let mut table = InlineTable::new();
    table.insert(key, text.into());
    if !features.is_empty() {
        table.insert("features", features.iter().copied().collect::<toml_edit::Array>().into());
    }
    value(table)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    fn added(text: &str, tusk_fn: &TuskFn, module: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Cargo.toml");
        fs::write(&path, text).unwrap();
        add(&path, tusk_fn, module).unwrap();
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn what_is_missing_is_added_and_nothing_else_is_touched() {
        let text = "[package]\nname = \"shop\" # ours\n\n[dependencies]\nserde = \"1\"\n";
        let expected = "[package]\nname = \"shop\" # ours\n\n[dependencies]\nserde = \"1\"\ntusk-fn = \"0.1\"\ntracing = \"0.1\"\n\n\
                        [dev-dependencies]\ntokio = { version = \"1\", features = [\"macros\", \"rt\"] }\n";
        assert_eq!(added(text, &TuskFn::Released, "use serde::Deserialize; tracing::info!()"), expected);
        assert_eq!(added(expected, &TuskFn::Present, "use serde::Deserialize; tracing::info!()"), expected);
    }

    #[test]
    fn a_folder_without_the_crate_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = TuskFn::at(folder.path()).unwrap_err().to_string();
        assert!(error.contains("has no crate `tusk-fn`"), "{error}");
        fs::create_dir(folder.path().join("tusk-fn")).unwrap();
        fs::write(folder.path().join("tusk-fn/Cargo.toml"), "[package]\nname = \"tusk-fn\"\n").unwrap();
        let found = TuskFn::at(folder.path()).unwrap();
        assert!(matches!(found, TuskFn::Path(path) if path.ends_with("tusk-fn")));
    }
}
