//! `cargo tusk new` and `cargo tusk add` as they are typed outside of the repository: what they write builds without a warning,
//! passes its tests, and has its functions.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::built;

/// The kinds of trigger, without that of the function that a new package has.
const OTHERS: [&str; 7] = ["timer", "queue", "topic", "blob", "database", "stream", "event"];

/// Beside what other programs of users are built into.
fn target() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(3).unwrap().join("tests/crates")
}

fn run(program: &Path, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", target()).env("RUSTFLAGS", "-D warnings");
    let output = command.env_remove("CARGO_ENCODED_RUSTFLAGS").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}\n{said}{}", String::from_utf8_lossy(&output.stdout));
    output
}

#[test]
fn a_new_package_and_a_function_of_every_kind_pass_their_tests() {
    let tusk = built(&["cargo-tusk"]).join("cargo-tusk");
    let cargo = PathBuf::from(env!("CARGO"));
    let outside = tempfile::tempdir().unwrap();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    run(&tusk, outside.path(), &["tusk", "new", "shop", "--tusk-fn", repository.to_str().unwrap()]);
    let shop = outside.path().join("shop");
    for kind in OTHERS {
        run(&tusk, &shop, &["tusk", "add", kind, &format!("on-{kind}")]);
    }
    // The versions that this workspace was tested with, and nothing to look up.
    std::fs::copy(repository.join("Cargo.lock"), shop.join("Cargo.lock")).unwrap();
    let tested = run(&cargo, &shop, &["test", "--quiet", "--offline"]);
    assert!(String::from_utf8_lossy(&tested.stdout).contains("8 passed"), "{tested:?}");

    let listed = run(&tusk, &shop, &["tusk", "list", "--json"]);
    let records: Vec<serde_json::Value> = serde_json::from_slice(&listed.stdout).unwrap();
    let mut kinds: Vec<&str> = records.iter().map(|record| record["trigger"]["kind"].as_str().unwrap()).collect();
    let mut expected = [&OTHERS[..], &["http"]].concat();
    kinds.sort_unstable();
    expected.sort_unstable();
    assert_eq!(kinds, expected);
}
