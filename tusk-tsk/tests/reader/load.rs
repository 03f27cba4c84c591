//! Which files are a project's configuration.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tusk_tsk::{Error, Reader, Tree};

/// Loads out of files that are not on the disk, and says which were asked for.
fn load(files: &[(&str, &str)], config: Option<&str>) -> (Result<Tree<'static>, Error>, Vec<PathBuf>) {
    let files: BTreeMap<PathBuf, String> = files.iter().map(|(path, text)| (path.into(), (*text).to_owned())).collect();
    let asked = RefCell::new(Vec::new());
    let reader = Reader::new()
        .environment(
            |name| if name == tusk_tsk::CONFIG_VARIABLE { config.map(str::to_owned) } else { crate::variable(name) },
        )
        .files(|path| {
            asked.borrow_mut().push(path.to_owned());
            Ok(files.get(path).cloned())
        });
    let loaded = reader.load(Path::new("/home/crates/users"), Path::new("/home"));
    drop(reader);
    (loaded, asked.into_inner())
}

fn data(tree: Result<Tree<'static>, Error>) -> serde_json::Value {
    tree.unwrap_or_else(|error| panic!("{}", error.render())).deserialize().expect("it is data")
}

#[test]
fn what_is_nearer_wins() {
    let files = [
        ("/home/peanut.tsk", "[serverless]\nmemory: 128\nregion: \"eu\"\nlist: [1, 2]\n[other]\na: 1"),
        ("/home/crates/peanu.tsk", "[serverless]\nregion: \"us\"\nlist: [3]"),
        ("/home/crates/users/peanut.tsk", "[serverless]\nmemory: @shared.tsk.get(\"memory\")\nother: null"),
        ("/home/crates/users/shared.tsk", "memory: 512"),
    ];
    let expected = serde_json::json!({
        "serverless": {"memory": 512, "region": "us", "list": [3], "other": null},
        "other": {"a": 1}
    });
    let (tree, _) = load(&files, None);
    let tree = tree.expect("it is read");
    let memory = tree.get("serverless.memory").expect("it is there");
    assert_eq!(tree.place(memory.span).expect("a place").to_string(), "/home/crates/users/shared.tsk:1:9");
    assert_eq!(data(Ok(tree)), expected);
}

#[test]
fn nothing_outside_of_the_workspace_is_asked_for() {
    let (tree, asked) = load(&[], None);
    assert_eq!(data(tree), serde_json::json!({}));
    let expected = ["/home/crates/users", "/home/crates", "/home"]
        .iter()
        .flat_map(|folder| [Path::new(folder).join("peanut.tsk"), Path::new(folder).join("peanu.tsk")]);
    assert_eq!(asked, expected.collect::<Vec<_>>());
}

#[test]
fn a_file_that_is_named_is_the_only_one() {
    let files = [("/home/peanut.tsk", "a: 1"), ("/home/crates/users/conf/own.tsk", "b: 2"), ("/etc/x.tsk", "c: 3")];
    assert_eq!(data(load(&files, Some("conf/own.tsk")).0), serde_json::json!({"b": 2}));
    assert_eq!(data(load(&files, Some("/etc/x.tsk")).0), serde_json::json!({"c": 3}));
    let error = load(&files, Some("gone.tsk")).0.unwrap_err();
    assert_eq!(error.kind().name(), "unreadable_file");
    assert!(error.to_string().contains("TUSKLANG_CONFIG"), "{error}");
}

#[test]
fn two_names_in_one_folder_are_an_error() {
    let error = load(&[("/home/peanut.tsk", ""), ("/home/peanu.tsk", "")], None).0.unwrap_err();
    assert_eq!(
        error.render(),
        "error: `/home` has both `peanut.tsk` and `peanu.tsk`
 --> /home/peanu.tsk:1:1
help: remove one of them"
    );
}

#[test]
fn a_fault_is_told_with_its_own_file() {
    let files = [("/home/peanut.tsk", "a: 1"), ("/home/crates/users/peanut.tsk", "b: 2\nc: $gone")];
    let error = load(&files, None).0.unwrap_err();
    assert_eq!(error.to_string(), "/home/crates/users/peanut.tsk:2:4: the global `$gone` is not defined");
}

#[test]
fn a_reader_without_files_loads_nothing() {
    let error = Reader::new().load(Path::new("/home"), Path::new("/home")).unwrap_err();
    assert_eq!(error.kind().name(), "no_files");
}
