//! The examples on Knative, as its manifests deploy them. There are no tables, no buckets and no order of groups, so that not all of
//! the shop can run: which functions cannot is said by the verdicts, by whoever renders manifests, and by the program itself.

use std::path::Path;

use serde_json::json;
use tusk_fn::FunctionRecord;
use tusk_fn_manifest::{Manifest, Project, render};
use tusk_fn_spec::portability::impossible;
use tusk_fn_spec::provider::Target;

use super::orders;
use super::verdicts::KNATIVE;
use crate::knative::{Cluster, Delivery, Event};
use crate::support::{built, program, records};
use crate::users as story;

/// The functions of the shop that cannot run, with what the program says that is started with one of them all the same.
const REFUSED: [(&str, &str); 6] = [
    ("discontinue", "`discontinue`: table stock: Knative has no tables"),
    ("fill", "`fill`: table stock: Knative has no tables"),
    ("fulfil", "`knative` cannot run `fulfil`: a Knative broker keeps no order of groups"),
    ("give-up", "`knative` cannot run `give-up`: a Knative broker keeps no order of groups"),
    ("invoice", "`invoice`: bucket invoices: Knative has no buckets"),
    ("report", "`report`: table sales: Knative has no tables"),
];

fn rendered(project: &Project) -> Manifest {
    render(project, Target::Knative).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// The shop as somebody writes it who also wants it on Knative: functions that cannot run there list other `targets`.
fn possible(mut project: Project) -> Project {
    for record in &mut project.functions {
        if !impossible(record, Target::Knative).is_empty() {
            record.targets = vec![Target::Aws, Target::Azure, Target::Google];
        }
    }
    project
}

fn delivered(trigger: &str, path: &str, status: u16) -> Delivery {
    Delivery { trigger: Some(trigger.to_owned()), path: path.to_owned(), status }
}

/// An event in the form that this program's functions take, from somebody else in the cluster.
fn own(kind: &str, subject: &str, data: &str) -> Event {
    Event::new(kind, "/apis/v1/namespaces/shop/others", data).with("subject", subject)
}

#[test]
fn users_live_through_their_story_on_knative_as_it_is_deployed() {
    let binary = built(&["users"]).join("users");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users.json");
    let manifest = rendered(&Project::new("users", records(&binary)));
    let cluster = Cluster::apply(&manifest, &binary, &[("USERS_FILE", file.to_str().unwrap())]);
    story::tell(|method, path, body| {
        let response = cluster.request("health", method, path, body.unwrap_or_default());
        (response.status, response.text().to_owned())
    });
    let (schedule, zone, status) = cluster.ping("clean-up", "2026-01-31T12:05:00.271Z");
    assert_eq!((&*schedule, &*zone, status), ("*/5 * * * *", "UTC", 202));
    cluster.says("clean-up", &["cleaned up"], 1);
}

#[test]
fn the_whole_shop_is_refused_with_each_reason() {
    let (binary, project) = orders();
    let errors = render(&project, Target::Knative).unwrap_err();
    let said = errors.iter().map(|error| (error.place.as_ref().unwrap().function.as_str(), error.to_string()));
    let expected = KNATIVE.iter().flat_map(|(function, reasons, _)| {
        reasons.iter().map(|reason| (*function, format!("`knative` cannot run it: {reason}")))
    });
    assert_eq!(said.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    let impossible = KNATIVE.iter().filter(|(_, reasons, _)| !reasons.is_empty()).map(|(function, ..)| *function);
    assert_eq!(impossible.collect::<Vec<_>>(), REFUSED.map(|(function, _)| function));
    for (function, said) in REFUSED {
        let errors = refusal(&binary, function);
        assert!(errors.contains(said), "{function}: {errors}");
    }
}

/// Why a function does not start where somebody runs it on Knative all the same.
fn refusal(binary: &Path, function: &str) -> String {
    let starter =
        program(binary.to_str().unwrap()).env("K_SERVICE", "orders-events").env("K_REVISION", "orders-events-1");
    let starter = starter.env("TUSK_FN", function).env("K_SINK", "http://127.0.0.1:9/shop/orders");
    let (errors, status) = starter.fail();
    assert_eq!(status.code(), Some(1), "{errors}");
    errors
}

#[test]
fn the_rest_of_the_shop_runs_on_knative() {
    let (binary, project) = orders();
    let project = possible(project);
    let cluster = Cluster::apply(&rendered(&project), &binary, &[]);

    // An order is placed. The function that would fulfil it is not here, and a broker keeps nothing.
    let order = json!({ "id": "o-1", "customer": "Ada", "sku": "lamp", "pieces": 1 });
    let placed = cluster.request("place", "POST", "/orders", &order.to_string());
    assert_eq!((placed.status, placed.json()), (202, order.clone()));
    let nobody = Delivery { trigger: None, path: String::new(), status: 0 };
    assert_eq!(cluster.settle(), [nobody]);
    assert_eq!(
        cluster.request("place", "POST", "/orders", r#"{"customer":"Ada","sku":"lamp","pieces":0}"#).status,
        400
    );

    watch_the_stock(&cluster);
    count_views(&cluster);
    announce(&cluster);
}

/// Somebody tells of a table's changes. Both subscriptions have every notification, and take those that their filters let through.
fn watch_the_stock(cluster: &Cluster) {
    let change =
        |kind: &str, data: serde_json::Value| own(&format!("tusk-fn.database.{kind}"), "stock", &data.to_string());
    let lamp = |pieces: u32| json!({ "pieces": pieces, "cents": 4900 });
    let watched = || delivered("orders-watch-stock", "/watch-stock", 202);
    let key = json!({ "id": "lamp" });
    cluster.send(&change("insert", json!({ "key": key, "new": lamp(4) })));
    cluster.send(&change("modify", json!({ "key": key, "old": lamp(4), "new": lamp(3) })));
    assert_eq!(cluster.settle(), [watched(), watched()]);
    for said in ["stock: new", "stock: changed"] {
        cluster.says("watch-stock", &[said], 1);
    }
    for (kind, data, said) in [
        ("modify", json!({ "key": key, "old": lamp(3), "new": lamp(1) }), "only 1 of `lamp` left"),
        ("upsert", json!({ "key": key, "new": lamp(0) }), "only 0 of `lamp` left"),
        ("remove", json!({ "key": key, "old": lamp(0) }), "`lamp` is no longer sold"),
    ] {
        cluster.send(&change(kind, data));
        let told = ["email", "operations"].map(|name| delivered(&format!("orders-{name}"), &format!("/{name}"), 202));
        let [email, operations] = told;
        assert_eq!(cluster.settle(), [watched(), email, operations]);
        cluster.says("operations", &["message to operations", said], 1);
    }
    assert!(!cluster.log("email").contains("email to the customer"), "{}", cluster.log("email"));
    // A table of another name is none of the shop's.
    cluster.send(&own("tusk-fn.database.remove", "others", r#"{"key":{"id":"lamp"}}"#));
    assert_eq!(cluster.settle(), [Delivery { trigger: None, path: String::new(), status: 0 }]);
}

fn count_views(cluster: &Cluster) {
    for (partition, page) in [("a", "/"), ("b", "/lamps"), ("a", "/")] {
        let view = own("tusk-fn.stream", "page-views", &json!({ "page": page }).to_string());
        cluster.send(&view.with("partitionkey", partition));
    }
    assert_eq!(cluster.settle(), [(); 3].map(|()| delivered("orders-count-views", "/count-views", 202)));
    cluster.says("count-views", &[r#"{"/": 2, "/lamps": 1}"#], 1);
}

/// Somebody may tell of an object, but there is no bucket to read it from: it is tried as often as the manifest says, and lost.
fn announce(cluster: &Cluster) {
    cluster.send(&own("tusk-fn.blob.created", "invoices/o-1.pdf", ""));
    assert_eq!(cluster.settle(), [Delivery { trigger: None, path: String::new(), status: 0 }]);
    cluster.send(&own("tusk-fn.blob.created", "invoices/o-1.txt", ""));
    assert_eq!(cluster.settle(), [(); 5].map(|()| delivered("orders-announce", "/announce", 500)));
    cluster.says("announce", &["the function failed", "Knative has no buckets"], 5);
}

#[test]
fn dead_letters_go_where_knatives_manifest_says() {
    let binary = Path::new(env!("CARGO_BIN_EXE_cloud"));
    let is_asked_for = |record: &FunctionRecord| matches!(&*record.name, "letters" | "parcels" | "undelivered");
    let functions = records(binary).into_iter().filter(is_asked_for).collect();
    let cluster = Cluster::apply(&rendered(&Project::new("post", functions)), binary, &[]);
    let letters = |status| delivered("post-letters", "/letters", status);
    let undelivered = delivered("post-letters", "/undelivered", 202);
    for (job, deliveries) in [
        (json!({ "name": "a" }), vec![letters(202)]),
        // Every attempt is told as the first, so that a function which fails once fails always.
        (json!({ "name": "b", "fails": 1 }), vec![letters(500), letters(500), undelivered]),
    ] {
        cluster.send(&own("tusk-fn.queue", "letters", &job.to_string()));
        assert_eq!(cluster.settle(), deliveries, "{job}");
    }
    cluster.send(&own("tusk-fn.queue", "letters", r#"{"name":"c","rejects":true}"#));
    let undelivered = delivered("post-letters", "/undelivered", 202);
    assert_eq!(cluster.settle(), [letters(400), undelivered], "what is rejected is not tried again");
    cluster.send(&own("tusk-fn.queue", "parcels", r#"{"name":"d","fails":1}"#));
    let parcels = |path: &str, status| delivered("post-parcels", path, status);
    assert_eq!(cluster.settle(), [parcels("/parcels", 500), parcels("/undelivered", 202)]);
}
