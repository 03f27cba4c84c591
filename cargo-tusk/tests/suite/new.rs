//! `cargo tusk new`, `cargo tusk add` and `cargo tusk completions`: what is written, and what is refused. That it builds and passes
//! its tests is seen by the suite of the workspace, with the real tusk-fn.

use std::fs;
use std::path::Path;

use crate::support::{Workspace, files_below, run};

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap()
}

#[test]
fn a_package_is_made_with_its_first_function() {
    let workspace = Workspace::new();
    let outside = tempfile::tempdir().unwrap();
    let tusk_fn = workspace.path().join("tusk-fn");
    let options =
        ["new", "my-shop", "--trigger", "queue", "--function", "take-orders", "--tusk-fn", tusk_fn.to_str().unwrap()];
    let outcome = run(outside.path(), &options).expect_code(0);
    assert!(outcome.stderr.contains("cd my-shop"), "{}", outcome.stderr);
    let folder = outside.path().join("my-shop");
    assert!(read(&folder, "src/main.rs").contains("mod take_orders;\n\ntusk_fn::main!();"));
    let module = read(&folder, "src/take_orders.rs");
    assert!(module.contains("queue = \"take-orders\"") && module.contains("async fn take_orders("), "{module}");
    let manifest = read(&folder, "Cargo.toml");
    assert!(manifest.contains("tusk-fn = { path = ") && manifest.contains("serde = {"), "{manifest}");
    // Not over what is there.
    let outcome = run(outside.path(), &options).expect_code(2);
    assert!(outcome.stderr.contains("already exists"), "{}", outcome.stderr);

    let outcome = run(&folder, &["add", "timer", "every_night"]).expect_code(0);
    assert!(outcome.stderr.contains("`every-night` in src/every_night.rs"), "{}", outcome.stderr);
    assert!(read(&folder, "src/main.rs").contains("mod take_orders;\nmod every_night;\n"));
    assert!(read(&folder, "Cargo.toml").contains("tracing = \"0.1\""));
}

#[test]
fn without_a_checkout_the_released_crate_is_meant() {
    let outside = tempfile::tempdir().unwrap();
    run(outside.path(), &["new", "shop"]).expect_code(0);
    let manifest = read(&outside.path().join("shop"), "Cargo.toml");
    assert!(manifest.contains("tusk-fn = \"0.1\""), "{manifest}");
}

#[test]
fn what_cannot_be_made_leaves_nothing_behind() {
    let outside = tempfile::tempdir().unwrap();
    for (arguments, said) in [
        (&["new", "shop", "--function", "CleanUp"][..], "did you mean `clean-up`?"),
        (&["new", "shop", "--function", "match"], "keyword"),
        (&["new", "shop", "--tusk-fn", "."], "help: give the folder that tusk-fn was cloned into"),
        (&["new", "shop", "--trigger", "htpp"], "'http'"),
        (&["new", "1shop"], "1shop"),
        (&["add", "http", "hello"], "Cargo.toml"),
    ] {
        let outcome = run(outside.path(), arguments).expect_code(2);
        assert!(outcome.stderr.contains(said), "{arguments:?}: {}", outcome.stderr);
        assert_eq!(files_below(outside.path()), Vec::<std::path::PathBuf>::new(), "{arguments:?}");
    }
}

#[test]
fn a_function_does_not_take_a_files_place() {
    let workspace = Workspace::with_app(&[]);
    workspace.write("app/src/orders/mod.rs", "");
    workspace.write("app/src/users.rs", "");
    let before = workspace.read("app/src/main.rs");
    for name in ["orders", "users"] {
        let outcome = workspace.run(&["add", "queue", name]).expect_code(2);
        assert!(outcome.stderr.contains("is there already"), "{}", outcome.stderr);
    }
    assert_eq!(workspace.read("app/src/main.rs"), before);
}

#[test]
fn every_shell_gets_completions() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let outcome = run(folder.path(), &["completions", shell]).expect_code(0);
        assert!(outcome.stdout.contains("schedule"), "{shell}");
    }
}
