//! Whole projects and what they render to. `UPDATE=1 cargo test -p tusk-fn-manifest` writes the golden files anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation is a failed test")]

mod azure;
mod configuration;
mod google;
mod knative;
mod permissions;
mod records;
mod resources;

use std::path::Path;

use proptest::prelude::*;
use tusk_fn_manifest::{Architecture, Manifest, Note, Project, RenderError, render};
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;

use self::records::{http, record, shop, timer};

fn rendered(functions: Vec<FunctionRecord>) -> Manifest {
    render(&Project::new("shop", functions), Target::Aws).unwrap()
}

fn rendered_for(target: Target, functions: Vec<FunctionRecord>) -> Manifest {
    render(&Project::new("shop", functions), target).unwrap()
}

fn errors(functions: Vec<FunctionRecord>) -> Vec<RenderError> {
    render(&Project::new("shop", functions), Target::Aws).unwrap_err()
}

fn messages(notes: &[Note]) -> Vec<String> {
    notes.iter().map(Note::message).collect()
}

fn assert_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == text, "{} is not what comes out now; `UPDATE=1` writes it anew", path.display());
}

#[test]
fn a_program_of_every_kind() {
    let manifest = rendered(shop());
    assert_eq!(manifest.files.len(), 1);
    assert_golden("shop.yaml", &manifest.files[0].contents);
    assert_eq!(messages(&manifest.notes), ["`azure-only` is not for `aws` (`targets`) and was left out"]);
}

#[test]
fn timers_alone_need_no_api() {
    let functions = shop().into_iter().filter(|it| it.name == "sweep").collect();
    let project = Project::new("timers", functions)
        .with_architecture(Architecture::X86_64)
        .with_command("cargo tusk build --provider aws --arch x86_64");
    assert_golden("timers.yaml", &render(&project, Target::Aws).unwrap().files[0].contents);
}

#[test]
fn all_errors_come_at_once_and_say_where() {
    let found = errors(vec![
        record("slow", 1, &http("slow", r#"["GET"]"#, "platform"), r#""timeout_ms":31000,"memory":1048576,"#),
        record("master", 2, &http("master", r#"["GET"]"#, "admin"), ""),
        record("often", 3, &timer("*/10 * * * * *", ""), ""),
        record("twice", 4, &http("x/<a>", r#"["GET"]"#, "public"), ""),
        record("twice", 5, &http("x/<b>", r#"["GET"]"#, "public"), ""),
    ]);
    let described: Vec<(Option<u32>, Option<&str>)> =
        found.iter().map(|error| (error.place.as_ref().map(|place| place.line), error.key())).collect();
    assert_eq!(
        described,
        [
            (None, None),
            (None, None),
            (Some(2), Some("auth")),
            (Some(1), Some("memory")),
            (Some(1), Some("timeout")),
            (Some(3), Some("schedule")),
        ]
    );
    assert!(found[0].to_string().contains("src/main.rs:4"), "{}", found[0]);
    assert!(found.iter().all(|error| error.help().is_some()));
}

#[test]
fn nothing_to_deploy_is_an_error() {
    let azure = shop().into_iter().filter(|it| it.name == "azure-only").collect();
    assert_eq!(errors(azure)[0].to_string(), "none of the program's functions (1) is for `aws`");
    assert_eq!(errors(Vec::new())[0].to_string(), "the program has no function to deploy to `aws`");
}

#[test]
fn more_than_one_api_or_stack_takes_is_an_error() {
    let many = |count: u32| {
        (0..count).map(|at| record(&format!("f{at}"), at, &http(&format!("f{at}"), "\"any\"", "public"), ""))
    };
    let found: Vec<String> = errors(many(301).collect()).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "the program needs 301 routes, and an API Gateway HTTP API has 300 at most",
            "the program needs 1207 resources, and a CloudFormation stack has 500 at most",
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_order_of_the_functions_does_not_matter(shuffled in Just(shop()).prop_shuffle()) {
        prop_assert_eq!(rendered(shuffled), rendered(shop()));
    }
}
