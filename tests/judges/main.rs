//! The judges: programs of others that decide whether our output is right.
//!
//! They need Python 3, and one of them Node.js; on the first run they are installed into `target/judges`. Those of images are Debian's packages.
//! One that cannot run is reported as
//! ignored, with the reason; where `CI` is set it fails instead.

#![allow(clippy::expect_used, clippy::panic, reason = "a failed expectation is a failed test")]

mod azure;
mod azurite;
mod emulator;
mod event_source;
mod google;
mod google_clients;
mod http;
mod image;
mod moto;
mod registry;
mod setup;
mod shop;
mod sources;
mod stack;

#[path = "../stories/shop.rs"]
mod story;
#[path = "../stories/users.rs"]
mod users;

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::setup::{Missing, arm64, judges, template_and_binary};

fn main() {
    let arguments = Arguments::from_args();
    let judges = setup::python();
    let knative = judges.clone().and_then(|()| setup::schemas("knative").map(drop));
    let cloud_run = judges.clone().and_then(|()| setup::schemas(google::SCHEMA).map(drop));
    let gcloud = setup::gcloud().map(drop);
    let arm_schemas = judges.clone().and_then(|()| setup::schemas(azure::RESOURCES).map(drop));
    let host_schema = judges.clone().and_then(|()| setup::schemas(azure::HOST).map(drop));
    let node = setup::node();
    let arm = judges.clone().and_then(|()| setup::qemu());
    let containers = setup::containers();
    let trials = vec![
        trial("functions_are_read_out_of_stripped_binaries", &Ok(()), listed),
        trial("a_release_binary_opens_no_local_server", &Ok(()), release_is_not_local),
        trial("sam_gateway_serves_the_user_story", &judges, user_story),
        trial("emulator_runs_the_timer", &judges, timer),
        trial("emulator_reports_failures_by_kind", &judges, failures),
        trial("emulator_reports_a_failed_init", &judges, failed_init),
        trial("what_sam_generates_reaches_its_function", &judges, sources::each_source_reaches_its_function),
        trial("orders_go_through_the_deployed_shop", &judges, shop::orders_go_through_the_shop),
        trial("moto_takes_what_clients_send", &judges, moto::takes_what_clients_send),
        trial("googles_messages_are_what_clients_send", &judges, google_clients::takes_what_clients_send),
        trial("azurite_takes_what_clients_send", &node, azurite::takes_what_clients_send),
        trial("aws_lint_finds_nothing", &judges, aws_lint),
        trial("checkov_finds_nothing", &judges, checkov),
        where_it_can_run("knative_takes_the_manifests", &knative, knative_check),
        where_it_can_run("cloud_run_takes_the_services", &cloud_run, google::services),
        trial("shellcheck_finds_nothing", &judges, google::shellcheck),
        where_it_can_run("gcloud_understands_the_scripts", &gcloud, google::gcloud),
        where_it_can_run("azure_takes_the_resources", &arm_schemas, azure::resources),
        where_it_can_run("azures_host_takes_its_settings", &host_schema, azure::host),
        trial("shellcheck_finds_nothing_for_azure", &judges, azure::shellcheck),
        trial("checkov_finds_nothing_for_azure", &judges, azure::checkov),
        trial("a_script_deploys_to_azure", &Ok(()), azure::deploys),
        trial("an_image_is_read_by_other_tools", &containers, image::is_read_by_other_tools),
        trial("an_image_answers_in_a_container", &containers, image::answers_in_a_container),
        trial("a_registry_gives_back_what_was_pushed", &containers, image::is_given_back_by_a_registry),
        trial("logins_are_those_of_docker_and_podman", &containers, image::logins_are_those_of_docker_and_podman),
        trial(
            "registries_are_trusted_by_their_certificates",
            &containers,
            image::registries_are_trusted_by_their_certificates,
        ),
        trial("aarch64_binary_answers_under_qemu", &arm, aarch64),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

/// A test that is ignored, with the reason, where what it needs is missing; in CI it fails.
fn trial(name: &str, needs: &Result<(), Missing>, test: fn()) -> Trial {
    match needs {
        Err(Missing(why)) if std::env::var_os("CI").is_some() => {
            let why = why.clone();
            Trial::test(name, move || Err(why.into()))
        }
        needs => where_it_can_run(name, needs, test),
    }
}

/// One that needs what no script can install: it is left out where that is not there, in CI as well, and says so.
fn where_it_can_run(name: &str, needs: &Result<(), Missing>, test: fn()) -> Trial {
    match needs {
        Ok(()) => Trial::test(name, run(test)),
        Err(Missing(why)) => {
            eprintln!("not run: {name}: {why}");
            Trial::test(format!("{name} (not run: {why})"), run(test)).with_ignored_flag(true)
        }
    }
}

/// A test as the harness wants it; what panics has failed.
fn run(test: fn()) -> impl FnOnce() -> Result<(), Failed> + Send + 'static {
    move || {
        test();
        Ok(())
    }
}

/// The functions stand in what is deployed, whatever its processor: the link was optimised and the file stripped.
fn listed() {
    let names = |binary: &Path| -> Vec<Value> {
        let list = setup::tusk(&["list", "--json", &binary.display().to_string()]);
        let records: Vec<Value> = serde_json::from_str(&list).expect("JSON");
        records.into_iter().map(|record| record["name"].clone()).collect()
    };
    let expected = ["clean-up", "create-user", "get-user", "health", "list-users"];
    assert_eq!(names(&template_and_binary().binary), expected);
    assert_eq!(names(&arm64().binary), expected);
}

/// A release binary that recognises no platform stops, and says what it looked for.
fn release_is_not_local() {
    let output = Command::new(&template_and_binary().binary).env_clear().output().expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("none of `TUSK_FN_PROVIDER`, `AWS_LAMBDA_RUNTIME_API`"), "{errors}");
}

/// The user story, through SAM's router, event builder and response parser, and one emulator for each function.
fn user_story() {
    let built = template_and_binary();
    let users_file = setup::scratch("user-story").join("users.json");
    let port = setup::free_port();
    let mut gateway = setup::script("sam_gateway.py");
    gateway.arg(&built.template).arg(&built.binary).arg(port.to_string()).env("USERS_FILE", &users_file);
    let _gateway = setup::Running::start(gateway, port);
    let call = |method: &str, path: &str, body: Option<&str>| http::call(port, method, path, body);
    users::tell(call);
}

fn timer() {
    let emulator = Emulator::start(&template_and_binary().binary, &[("TUSK_FN", "clean-up")], "timer");
    let input = |at: &str| json!({"tusk_fn": {"timer": {"function": "clean-up", "scheduled_at": at, "attempt": "1"}}});
    assert_eq!(emulator.invoke(&input("2026-01-31T12:00:00Z")), json!(0));
    let default = json!({"version": "0", "id": "x", "detail-type": "Scheduled Event", "source": "aws.scheduler",
        "account": "1", "time": "2026-01-31T12:00:00Z", "region": "eu-central-1", "resources": [], "detail": "{}"});
    assert_eq!(emulator.invoke(&default), json!(0));
}

fn failures() {
    let emulator = Emulator::start(&template_and_binary().binary, &[], "failures");
    let kind = |event: &Value| emulator.invoke(event)["errorType"].as_str().map(str::to_owned);
    let wrong = json!({"tusk_fn": {"timer": {"function": "other", "scheduled_at": "2026-01-31T12:00:00Z"}}});
    assert_eq!(kind(&wrong).as_deref(), Some("NoSuchFunction"));
    let at_the_beginning_of_time =
        json!({"tusk_fn": {"timer": {"function": "clean-up", "scheduled_at": "-009999-01-02T01:59:59Z"}}});
    assert_eq!(kind(&at_the_beginning_of_time).as_deref(), Some("StoreError"));
    let sqs = json!({"Records": [{"eventSource": "aws:sqs", "body": "x"}]});
    assert_eq!(kind(&sqs).as_deref(), Some("UnsupportedEvent"));
}

fn failed_init() {
    let emulator = Emulator::start(&template_and_binary().binary, &[("USERS_FILE", "/nowhere/users.json")], "init");
    let answer = emulator.invoke(&json!({}));
    assert_eq!(answer["errorType"], "StoreError", "{answer}");
    let message = answer["errorMessage"].as_str().unwrap_or_default();
    assert!(message.contains("open_store") && message.contains("cannot use the file of users"), "{answer}");
}

/// The templates that linters judge: those of the examples, and the golden ones.
fn templates() -> Vec<PathBuf> {
    let examples = [template_and_binary(), setup::orders()].map(|built| built.template.clone());
    examples.into_iter().chain(setup::golden_templates()).collect()
}

fn aws_lint() {
    for template in templates() {
        let mut lint = setup::script("aws_lint.py");
        lint.arg(template);
        setup::succeed(lint);
    }
}

fn checkov() {
    let mut checkov = Command::new(judges().join("bin/checkov"));
    checkov.args(["--compact", "--quiet", "--framework", "cloudformation", "--file"]).args(templates());
    setup::succeed(checkov);
}

/// The objects are what the API server takes: the CRDs' own schemas, with unknown fields refused.
fn knative_check() {
    let crds = setup::schemas("knative").expect("it was found before");
    let mut check = setup::script("knative_check.py");
    check.arg(crds).args(setup::golden_objects());
    setup::succeed(check);
}

/// The binary that is deployed by default, run by an emulator of its processor.
fn aarch64() {
    let wrapper = setup::qemu_wrapper(&arm64().binary);
    let emulator = Emulator::start(&wrapper, &[], "aarch64");
    assert_eq!(emulator.invoke(&emulator::http_event("GET", "/health"))["body"], "ok");
}
