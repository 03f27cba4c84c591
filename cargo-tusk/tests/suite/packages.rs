//! `cargo tusk list` in a package, and libraries that the linker left out.

use crate::support::{Workspace, declare, http, main_with};

const TUSK_FN: &str = "tusk-fn = { path = \"../tusk-fn\" }";

#[test]
fn the_current_package_is_built_and_listed() {
    let workspace = Workspace::with_app(&[http("app", "users", "users")]);
    let outcome = workspace.run(&["list"]).expect_code(0);
    assert!(outcome.stdout.contains("GET /users"), "{}", outcome.stdout);
    assert!(outcome.stderr.contains("Compiling app"), "progress is visible: {}", outcome.stderr);
    let stripped = "[profile.release]\nlto = \"fat\"\nstrip = true\nopt-level = \"z\"\npanic = \"abort\"";
    workspace.write_root(stripped);
    let release = workspace.run(&["list", "--release"]).expect_code(0);
    assert_eq!(release.stdout, outcome.stdout);
}

#[test]
fn a_program_that_does_not_compile_is_cargo_s_to_explain() {
    let workspace = Workspace::with_app(&[]);
    workspace.write("app/src/main.rs", "fn main() { missing() }");
    let outcome = workspace.run(&["list"]).expect_code(2);
    assert!(outcome.stderr.contains("cannot find function `missing`"), "{}", outcome.stderr);
}

#[test]
fn a_folder_without_a_package_is_an_error_in_cargo_s_words() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = crate::support::run(folder.path(), &["list"]).expect_code(2);
    assert!(outcome.stderr.starts_with("error: could not find `Cargo.toml`"), "{}", outcome.stderr);
}

/// A program that depends on a library with functions and does not name it, a library without functions, and a library
/// that only a build script uses.
fn lossy() -> Workspace {
    let mut workspace = Workspace::new();
    let lines = [http("orders", "place", "orders"), http("orders", "fulfil", "fulfil")];
    workspace.package("orders", TUSK_FN, &[("src/lib.rs", &declare(&lines))]);
    workspace.package("silent", TUSK_FN, &[("src/lib.rs", "")]);
    workspace.package("tools", TUSK_FN, &[("src/lib.rs", &declare(&[http("tools", "tool", "tool")]))]);
    let dependencies = format!(
        "{TUSK_FN}\nsilent = {{ path = \"../silent\" }}\nshop-orders = {{ path = \"../orders\", package = \"orders\" }}\n\
         [build-dependencies]\ntools = {{ path = \"../tools\" }}"
    );
    let files = [("src/main.rs", main_with(&[http("app", "users", "users")])), ("build.rs", "fn main() {}".to_owned())];
    workspace.package("app", &dependencies, &files.each_ref().map(|(path, text)| (*path, text.as_str())));
    workspace
}

const LOST: &str = "\
error: the functions of `shop_orders` are not in the program: `fulfil` and `place`
  --> app/src/main.rs
help: the linker leaves out a library that nothing names; add `use shop_orders as _;` to app/src/main.rs
";

#[test]
fn a_library_that_nothing_names_is_reported_with_the_line_to_add() {
    let workspace = lossy();
    let outcome = workspace.run(&["list"]).expect_code(1);
    assert!(outcome.stderr.ends_with(LOST), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("users"), "what there is is listed all the same: {}", outcome.stdout);

    let main = workspace.read("app/src/main.rs");
    workspace.write("app/src/main.rs", &format!("use shop_orders as _;\n{main}"));
    let outcome = workspace.run(&["list"]).expect_code(0);
    for name in ["users", "place", "fulfil"] {
        assert!(outcome.stdout.contains(name), "{}", outcome.stdout);
    }
}

#[test]
fn link_time_optimisation_hides_no_loss() {
    let workspace = lossy();
    workspace.write_root("[profile.release]\nlto = \"fat\"\ncodegen-units = 1\nstrip = true");
    let outcome = workspace.run(&["list", "--release"]).expect_code(1);
    assert!(outcome.stderr.ends_with(LOST), "{}", outcome.stderr);
}

#[test]
fn the_program_s_own_library_can_be_lost_too() {
    let mut workspace = Workspace::new();
    let library = declare(&[http("the-app", "users", "users")]);
    workspace.package("the-app", TUSK_FN, &[("src/lib.rs", &library), ("src/main.rs", "fn main() {}")]);
    let outcome = workspace.run(&["list"]).expect_code(1);
    assert!(outcome.stderr.contains("add `use the_app as _;` to the-app/src/main.rs"), "{}", outcome.stderr);
}

#[test]
fn a_library_behind_a_library_is_named_in_that_one() {
    let mut workspace = Workspace::new();
    workspace.package("deep", TUSK_FN, &[("src/lib.rs", &declare(&[http("deep", "deep", "deep")]))]);
    workspace.package("middle", "deep = { path = \"../deep\" }", &[("src/lib.rs", "")]);
    let main = format!("use middle as _;\n{}", main_with(&[http("app", "users", "users")]));
    workspace.package("app", "middle = { path = \"../middle\" }", &[("src/main.rs", &main)]);
    let outcome = workspace.run(&["list"]).expect_code(1);
    assert!(outcome.stderr.contains("add `use deep as _;` to middle/src/lib.rs"), "{}", outcome.stderr);
}

#[test]
fn the_program_is_chosen_or_asked_for() {
    let mut workspace = Workspace::with_app(&[http("app", "users", "users")]);
    workspace.package("other", "", &[("src/main.rs", "fn main() {}")]);
    // The only one of two that depends on tusk-fn.
    workspace.run(&["list"]).expect_code(0);

    workspace.package("second", TUSK_FN, &[("src/main.rs", "fn main() {}")]);
    let outcome = workspace.run(&["list"]).expect_code(2);
    assert!(outcome.stderr.contains("error: there are several programs"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("help: choose one with `--bin`: `app` or `second`"), "{}", outcome.stderr);
    workspace.run(&["list", "--bin", "app"]).expect_code(0);
    workspace.run(&["list", "-p", "app"]).expect_code(0);

    let outcome = workspace.run(&["list", "-p", "ap"]).expect_code(2);
    assert!(outcome.stderr.contains("help: did you mean `app`?"), "{}", outcome.stderr);
    let outcome = workspace.run(&["list", "--bin", "secnd"]).expect_code(2);
    assert!(outcome.stderr.contains("help: did you mean `second`?"), "{}", outcome.stderr);
    let outcome = workspace.run(&["list", "-p", "tusk-fn"]).expect_code(2);
    assert!(outcome.stderr.contains("error: `tusk-fn` has no program to build"), "{}", outcome.stderr);
}
