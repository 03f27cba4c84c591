//! `deploy.sh`, run against a double of gcloud that keeps what was made (`double/gcloud`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tusk_fn_manifest::Project;

use super::double::{Double, Thing};
use super::{existing, orders, rendered, rest};

/// A folder with both files, and what the doubles keep.
struct Deployment {
    folder: PathBuf,
    double: Double,
}

/// How a run ended.
struct Outcome {
    code: Option<i32>,
    stdout: String,
    stderr: String,
    /// What was called, word by word.
    calls: Vec<Vec<String>>,
}

impl Deployment {
    fn of(test: &str, project: &Project) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("deploy").join(test);
        let _ = fs::remove_dir_all(&folder);
        let deployment = Self { double: Double::of(folder.join("double")), folder };
        deployment.write(project);
        deployment
    }

    fn write(&self, project: &Project) {
        for file in rendered(project).files {
            fs::write(self.folder.join(&file.path), &file.contents).unwrap();
        }
    }

    fn with_databases(self) -> Self {
        for name in ["(default)", "shop", "ledgers"] {
            self.double.make("firestore databases", name);
        }
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.double.command(&self.folder.join("deploy.sh"));
        command.args(arguments);
        command
    }

    fn run(&self) -> Outcome {
        self.finish(&mut self.command(&[]))
    }

    fn finish(&self, command: &mut Command) -> Outcome {
        let calls = self.double.0.join("calls");
        let _ = fs::remove_file(&calls);
        let output = command.output().unwrap();
        let calls = fs::read_to_string(calls).unwrap_or_default();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Outcome {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            calls: calls.lines().map(|line| line.split('\x1f').map(str::to_owned).collect()).collect(),
        }
    }
}

impl Outcome {
    fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr);
        self
    }

    /// The calls that begin with these words, apart from flags for all commands.
    fn called(&self, words: &str) -> Vec<String> {
        let calls = self.calls.iter().map(|call| {
            let own = call.iter().filter(|word| !word.starts_with("--project=") && *word != "--quiet");
            own.cloned().collect::<Vec<_>>().join(" ")
        });
        calls.filter(|call| call.starts_with(words)).collect()
    }
}

/// The flags that the reference of gcloud has for each command.
fn reference() -> BTreeMap<String, Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/render/google/flags.txt");
    let text = fs::read_to_string(path).unwrap();
    let entry = |line: &str| {
        let (command, flags) = line.split_once(':').unwrap();
        (command.to_owned(), flags.split_whitespace().map(str::to_owned).collect())
    };
    text.lines().filter(|line| !line.starts_with('#')).map(entry).collect()
}

fn check_against_reference(calls: &[Vec<String>]) {
    let reference = reference();
    for call in calls.iter().filter(|call| call[0] != "curl") {
        let words: Vec<&str> = call.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
        let command =
            (1..=words.len()).rev().map(|length| words[..length].join(" ")).find(|it| reference.contains_key(it));
        assert!(command.is_some(), "no such command: {call:?}");
        let command = command.unwrap();
        for flag in call.iter().filter_map(|word| word.strip_prefix("--")) {
            let flag = flag.split('=').next().unwrap();
            let known =
                ["format", "project", "quiet"].contains(&flag) || reference[&command].iter().any(|it| it == flag);
            assert!(known, "gcloud {command} has no flag --{flag}");
        }
    }
}

fn programs() -> Vec<(&'static str, Project)> {
    let existing = existing();
    vec![("orders", Project::new("shop", orders())), ("rest", Project::new("The_Rest", rest())), ("existing", existing)]
}

/// What the program's existing resources are in is the project that is deployed to.
fn own_project(project: &Project, deployment: &Deployment) -> Command {
    let mut command = deployment.command(&[]);
    if project.name == "legacy" {
        command.env("PROJECT_ID", "other-project");
        deployment.double.make("storage buckets", "gs://example-uploads");
    }
    command
}

#[test]
fn a_second_run_makes_nothing_and_changes_nothing() {
    for (name, project) in programs() {
        let deployment = Deployment::of(&format!("twice-{name}"), &project).with_databases();
        let first = deployment.finish(&mut own_project(&project, &deployment)).expect_code(0);
        check_against_reference(&first.calls);
        assert_eq!(first.stderr, "", "{name}");
        let made = deployment.double.things();
        let second = deployment.finish(&mut own_project(&project, &deployment)).expect_code(0);
        check_against_reference(&second.calls);
        assert_eq!(deployment.double.things(), made, "{name}");
        let creations = |outcome: &Outcome| {
            let is_creation =
                |call: &&Vec<String>| call.iter().any(|word| word == "create") && !call.contains(&"beta".to_owned());
            outcome.calls.iter().filter(is_creation).count()
        };
        assert!(creations(&first) > 5, "{name}");
        assert_eq!(creations(&second), 0, "{name}");
        assert!(!second.calls.iter().flatten().any(|word| word == "delete"), "{name}");
        assert!(!second.stdout.contains("- no longer part"), "{name}: {}", second.stdout);
    }
}

#[test]
fn things_are_made_as_functions_need_them() {
    let deployment = Deployment::of("values", &Project::new("shop", orders())).with_databases();
    let outcome = deployment.run().expect_code(0);
    let things = deployment.double.things();
    let thing =
        |kind: &str, name: &str| things.iter().find(|thing| (&*thing.kind, &*thing.name) == (kind, name)).unwrap();
    let said = |thing: &Thing, flags: &[&str]| {
        flags.iter().map(|flag| thing.flag(flag).unwrap().to_owned()).collect::<Vec<_>>()
    };
    let fulfil = thing("pubsub subscriptions", "projects/my-project/subscriptions/shop--fulfil");
    assert_eq!(
        said(fulfil, &["topic", "push-endpoint", "dead-letter-topic", "ack-deadline", "max-delivery-attempts"]),
        [
            "projects/my-project/topics/shop--queue-orders",
            "https://shop-events.example.run.app/fulfil",
            "projects/my-project/topics/shop--queue-failed-orders",
            "70",
            "5",
        ]
    );
    let token = ["push-auth-service-account", "push-auth-token-audience"];
    let invoker = ["shop-invoker@my-project.iam.gserviceaccount.com", "tusk-fn/my-project/europe-west1/shop-events"];
    assert_eq!(said(fulfil, &token), invoker);
    // What Eventarc made is set up the same way, and still pushes to where Eventarc wants it.
    let reorder = thing("pubsub subscriptions", "projects/my-project/subscriptions/eventarc-shop--reorder-updated");
    assert_eq!(
        said(reorder, &["push-endpoint", "ack-deadline", "max-delivery-attempts"]),
        ["https://shop-events.example.run.app/reorder?__GCP_CloudEventsMode=CE_PUBSUB_BINDING", "40", "11"]
    );
    assert_eq!(said(reorder, &token), invoker);
    let trigger = thing("eventarc triggers", "shop--reorder-updated");
    assert_eq!(
        said(trigger, &["location", "destination-run-path", "event-filters-path-pattern"]),
        ["europe-west1", "/reorder", "document=shop--stock/{id}"]
    );
    let sweep = thing("scheduler jobs", "shop--sweep");
    assert_eq!(said(sweep, &["schedule", "uri"]), ["0 3 * * *", "https://shop-events.example.run.app/sweep"]);
    assert!(outcome.stdout.contains("shop-platform answers at https://shop-platform.example.run.app\n"));
    assert!(
        outcome.stdout.contains("the secret shop--stripe-key has no value; put it in: gcloud secrets versions add")
    );
    // A subscription is there before what sends to its topic, and a service that clients call comes last.
    let at = |words: &str| outcome.calls.iter().position(|call| call.join(" ").contains(words)).unwrap();
    assert!(at("subscriptions create projects/my-project/subscriptions/shop--fulfil") < at("services replace"));
    assert!(at("jobs create") < outcome.calls.iter().rposition(|call| call.contains(&"replace".to_owned())).unwrap());
    let header = fs::read_to_string(deployment.double.0.join("headers")).unwrap();
    assert_eq!(header, "Authorization: Bearer a-token\n");
    let curl = outcome.called("curl");
    assert!(!curl[0].contains("a-token"), "everybody sees what a process is called with: {curl:?}");
    assert!(
        curl[0].contains(
            r#"{"policy":{"bindings":[{"role":"roles/eventarc.publisher","members":["serviceAccount:shop-events@my-project.iam.gserviceaccount.com"]}]}}"#
        ) && curl[0].ends_with("/v1/projects/my-project/locations/europe-west1/channels/shop:setIamPolicy"),
        "{curl:?}"
    );
}

#[test]
fn what_means_something_to_a_shell_arrives_as_it_is() {
    let deployment = Deployment::of("quotes", &Project::new("The_Rest", rest()));
    let outcome = deployment.run().expect_code(0);
    let filter = r#"NOT attributes.said = "it's \"so\"" AND (attributes."a.b" = "$x" OR attributes."a.b" = "`y`")"#;
    let created = &outcome.called("pubsub subscriptions create projects/my-project/subscriptions/the-rest--quote ")[0];
    assert!(created.ends_with(&format!("--message-filter={filter}")), "{created}");
    let trigger = &outcome.called("eventarc triggers create")[0];
    assert!(trigger.contains(" --event-filters=type=com.example.it's ") && !trigger.contains("source"), "{trigger}");
}

#[test]
fn services_are_deployed_with_their_values() {
    let deployment = Deployment::of("services", &Project::new("shop", orders())).with_databases();
    deployment.run().expect_code(0);
    let yaml = deployment.double.service("shop-events");
    let values: serde_json::Value = serde_saphyr::from_str(&yaml).unwrap();
    assert_eq!(values["metadata"]["name"], "shop-events");
    assert!(!yaml.contains("${") && !yaml.contains("shop-platform"), "{yaml}");
    let template = &values["spec"]["template"]["spec"];
    assert_eq!(template["containers"][0]["image"], "example.com/shop:1");
    assert_eq!(template["serviceAccountName"], "shop-events@my-project.iam.gserviceaccount.com");
}

#[test]
fn what_is_missing_is_said_with_what_to_type() {
    let deployment = Deployment::of("missing", &Project::new("shop", orders()));
    let with = |name: &str, value: &str| deployment.finish(deployment.command(&[]).env(name, value)).expect_code(1);
    for (name, value, said) in [
        (
            "PROJECT_ID",
            "",
            "error: PROJECT_ID is not the id of a project\nhelp: set it: export PROJECT_ID=my-project\n",
        ),
        ("PROJECT_ID", "a; rm -rf x", "error: PROJECT_ID is not the id of a project\n"),
        ("REGION", "Europe", "error: REGION is not a region\nhelp: set it: export REGION=europe-west1\n"),
        ("IMAGE", "a|b", "error: IMAGE is not the name of an image\n"),
    ] {
        let outcome = with(name, value);
        assert!(outcome.stderr.starts_with(said), "{}", outcome.stderr);
        assert_eq!(outcome.calls.len(), 0, "{name}");
    }
    let database = deployment.run().expect_code(1);
    assert_eq!(
        database.stderr,
        "error: the Firestore database (default) is not there\nhelp: make it: gcloud firestore databases create \
         --project='my-project' --database='(default)' --location='europe-west1'\n"
    );
    fs::write(deployment.double.0.join("logged-out"), "").unwrap();
    let outcome = deployment.run().expect_code(1);
    assert_eq!(outcome.stderr, "error: gcloud is not logged in\nhelp: log in: gcloud auth login\n");
    let help = deployment.finish(&mut deployment.command(&["--help"])).expect_code(0);
    assert!(help.stdout.starts_with("usage: PROJECT_ID="), "{}", help.stdout);
    let wrong = deployment.finish(&mut deployment.command(&["now"])).expect_code(2);
    assert!(wrong.stderr.starts_with("usage: "), "{}", wrong.stderr);
    let elsewhere = Deployment::of("elsewhere", &existing());
    elsewhere.double.make("firestore databases", "(default)");
    elsewhere.double.make("firestore databases", "ledgers");
    elsewhere.double.make("storage buckets", "gs://example-uploads");
    let outcome = elsewhere.run().expect_code(1);
    assert_eq!(
        outcome.stderr,
        "error: the table stock is in the project other-project\nhelp: deploy there: export PROJECT_ID=other-project\n"
    );
}

#[test]
fn what_pubsub_cannot_change_stops_the_script() {
    let filtered = |filter: &str| {
        let trigger = crate::records::topic("paid", &format!(r#","filter":["{filter}"]"#));
        Project::new("shop", vec![crate::records::record("hear", 1, &trigger, "")])
    };
    let deployment = Deployment::of("fixed", &filtered("a = 1"));
    deployment.run().expect_code(0);
    deployment.write(&filtered("a = 2"));
    let outcome = deployment.run().expect_code(1);
    assert_eq!(
        outcome.stderr,
        "error: the topic, the order or the filter of the subscription shop--hear is another one, and Pub/Sub changes none \
         of them\nhelp: once nothing waits in it: gcloud pubsub subscriptions delete \
         projects/my-project/subscriptions/shop--hear\n"
    );
}

#[test]
fn what_is_no_longer_described_is_named_and_left_alone() {
    let deployment = Deployment::of("stale", &Project::new("shop", orders())).with_databases();
    deployment.run().expect_code(0);
    let fewer = orders().into_iter().filter(|it| !matches!(&*it.name, "invoice" | "sweep" | "forget")).collect();
    deployment.write(&Project::new("shop", fewer));
    let before = deployment.double.things();
    let outcome = deployment.run().expect_code(0);
    assert_eq!(deployment.double.things().len(), before.len());
    let named: Vec<&str> = outcome
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("  - no longer part of the program: gcloud "))
        .collect();
    let expected = [
        "pubsub subscriptions delete projects/my-project/subscriptions/shop--forget.dead --project=my-project ",
        "pubsub subscriptions delete projects/my-project/subscriptions/shop--invoice --project=my-project ",
        "pubsub subscriptions delete projects/my-project/subscriptions/shop--invoice.dead --project=my-project ",
        "pubsub topics delete projects/my-project/topics/shop--forget.dead --project=my-project ",
        "pubsub topics delete projects/my-project/topics/shop--invoice.dead --project=my-project ",
        "eventarc triggers delete shop--forget-created --project=my-project ",
        "eventarc triggers delete shop--forget-deleted --project=my-project ",
        "scheduler jobs delete shop--sweep --project=my-project ",
    ];
    assert_eq!(named, expected);
}
