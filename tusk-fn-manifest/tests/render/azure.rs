//! Manifests for Azure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;
use tusk_fn_manifest::{Architecture, File, Manifest, Package, Project, RenderErrorKind, ResourceKind, render};
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;

use crate::records::{blob, database, event, http, orders, outputs, queue, record, shop, stream, timer, topic};
use crate::{assert_golden, messages};

/// What Azure does not do as the records ask is left out: zones, and changes that it cannot tell apart.
fn for_azure(functions: Vec<FunctionRecord>) -> Vec<FunctionRecord> {
    let mut functions: Vec<FunctionRecord> = functions.into_iter().filter(|it| it.name != "Report_2").collect();
    for function in &mut functions {
        if function.name == "reorder" {
            *function =
                record("reorder", 80, &database("stock", r#"["insert","modify"]"#), &outputs(&["queue/purchases"]));
        }
    }
    functions
}

fn rendered(functions: Vec<FunctionRecord>) -> Manifest {
    render(&Project::new("shop", functions), Target::Azure).unwrap()
}

fn errors(functions: Vec<FunctionRecord>) -> Vec<(String, Option<&'static str>)> {
    let found = render(&Project::new("shop", functions), Target::Azure).unwrap_err();
    assert!(found.iter().all(|error| error.help().is_some()), "{found:?}");
    found.iter().map(|error| (error.to_string(), error.key())).collect()
}

fn text<'m>(manifest: &'m Manifest, path: &str) -> &'m str {
    &manifest.files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("no {path}")).contents
}

fn parsed(manifest: &Manifest, path: &str) -> Value {
    serde_json::from_str(text(manifest, path)).unwrap()
}

/// Compares every file, and sees that no other one is among the golden ones.
fn assert_golden_folder(name: &str, manifest: &Manifest) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE").is_some() {
        let _ = std::fs::remove_dir_all(&folder);
    }
    for file in &manifest.files {
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(folder.join(&file.path).parent().unwrap()).unwrap();
        }
        assert_golden(&format!("{name}/{}", file.path), &file.contents);
    }
    let mut present = Vec::new();
    list(&folder, &folder, &mut present);
    let expected: BTreeSet<String> = manifest.files.iter().map(|file| file.path.clone()).collect();
    assert_eq!(present.into_iter().collect::<BTreeSet<_>>(), expected);
}

fn list(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(root, &path, found);
        } else {
            let path = path.strip_prefix(root).unwrap();
            found.push(path.components().map(|it| it.as_os_str().to_str().unwrap()).collect::<Vec<_>>().join("/"));
        }
    }
}

#[test]
fn requests_and_timers() {
    let manifest = rendered(for_azure(shop()));
    assert_golden_folder("azure/shop", &manifest);
    assert_eq!(messages(&manifest.notes), [] as [&str; 0]);
}

#[test]
fn a_program_of_every_kind() {
    let manifest = rendered(for_azure(orders()));
    assert_golden_folder("azure/orders", &manifest);
    assert_eq!(
        messages(&manifest.notes),
        [
            "the secret `stripe-key` is read from a Key Vault that has to be there already",
            "the 12 functions are one app with one identity: each may do what any of them asks for",
        ]
    );
    assert!(manifest.notes.iter().all(|note| note.help().is_some()));
}

#[test]
fn ordered_queues_and_long_names() {
    let long = "a-function-whose-name-is-as-long-as-a-name-may-be-on-this-earth";
    let functions = vec![
        record("first", 10, &queue("in-order", r#","ordered":true,"dead_letter":"late","max_attempts":7"#), ""),
        record("second", 20, &queue("late", r#","ordered":true,"concurrency":3"#), ""),
        record(long, 30, &topic("paid", r#","filter":["region != eu | us*"]"#), r#""memory":314572800,"#),
        record("Look_At", 40, &blob("b/in/<name>.csv", r#"["deleted"]"#), ""),
        record(
            "x",
            50,
            &event("com.example.*", r#","subject":"[orders]","source":"/shop""#),
            r#""timeout_ms":3600000,"#,
        ),
        record(&long.replace("this", "that"), 60, &stream("clicks", r#","from":"latest""#), ""),
        record("once", 70, &queue("once", ""), r#""idempotent":"delivery","#),
    ];
    assert_golden_folder("azure/edges", &rendered(functions));
}

#[test]
fn what_is_packed() {
    let manifest = rendered(for_azure(orders()));
    let package = Package::of(Target::Azure).unwrap();
    let packed: BTreeSet<&str> = manifest.files.iter().filter_map(|file| package.name_of(file)).collect();
    assert!(packed.contains("host.json") && packed.contains("fulfil/function.json"), "{packed:?}");
    assert!(packed.contains("h10-place/function.json"), "{packed:?}");
    assert_eq!(packed.len(), 13, "{packed:?}");
    assert!(!packed.contains("local.settings.json") && !packed.iter().any(|name| name.contains("template")));
    let executable: Vec<&str> = manifest.files.iter().filter(|it| it.executable).map(|it| it.path.as_str()).collect();
    assert_eq!(executable, ["deploy.sh"]);
    let host = parsed(&manifest, "app/host.json");
    assert_eq!(host["customHandler"]["description"]["defaultExecutablePath"], package.program);
    let deploy = text(&manifest, "deploy.sh");
    assert!(deploy.contains(package.archive), "{deploy}");
    assert!(Package::of(Target::Aws).unwrap().folder.is_none());
}

#[test]
fn the_host_knows_what_all_functions_have_in_common() {
    let host = |functions: Vec<FunctionRecord>| parsed(&rendered(functions), "app/host.json");
    let alone = host(for_azure(shop()));
    assert_eq!(alone.get("extensionBundle"), None);
    assert_eq!(alone["functionTimeout"], "00:15:01");
    let several = host(vec![
        record("a", 1, &queue("a", r#","concurrency":4"#), ""),
        record("b", 2, &queue("b", r#","ordered":true,"concurrency":20"#), r#""timeout_ms":1500,"#),
        record("c", 3, &stream("s", r#","batch_size":50"#), ""),
        record("d", 4, &stream("s", r#","batch_size":500"#), ""),
    ]);
    let bus = &several["extensions"]["serviceBus"];
    assert_eq!((&bus["maxConcurrentCalls"], &bus["maxConcurrentSessions"]), (&4.into(), &4.into()));
    assert_eq!(bus["maxAutoLockRenewalDuration"], "00:00:32");
    // Without it each group of messages would keep others out for a minute after its last one.
    assert_eq!(bus["sessionIdleTimeout"], "00:00:01");
    assert_eq!(alone["extensions"].get("serviceBus"), None);
    assert_eq!(
        host(vec![record("a", 1, &queue("a", ""), "")])["extensions"]["serviceBus"].get("sessionIdleTimeout"),
        None
    );
    // Fifty records, one after the other.
    assert_eq!(several["functionTimeout"], "00:25:01");
    let changes =
        vec![record("e", 5, &database("stock", r#"["insert","modify"],"batch_size":20"#), r#""timeout_ms":90000,"#)];
    assert_eq!(host(changes)["functionTimeout"], "00:30:01");
    let long = vec![record("f", 6, &stream("s", r#","batch_size":10000"#), r#""timeout_ms":60000,"#)];
    assert_eq!(host(long)["functionTimeout"], "23:59:59");
    assert_eq!(several["extensions"]["eventHubs"]["maxEventBatchSize"], 50);
    assert_eq!(several["extensions"]["eventHubs"]["initialOffsetOptions"]["type"], "fromStart");
    assert_eq!(several["extensionBundle"]["version"], "[4.*, 5.0.0)");
}

/// The order of the folders' names is what the program's own router prefers; the `any` of a route is what others leave.
#[test]
fn routes_are_found_in_the_programs_order() {
    let get = r#"["GET"]"#;
    let manifest = rendered(vec![
        record("a-rest", 1, &http("users/<path..>", get, "platform"), ""),
        record("b-one", 2, &http("users/<id>", get, "platform"), ""),
        record("c-list", 3, &http("users/list", get, "platform"), ""),
        record("d-any", 4, &http("users/<id>", "\"any\"", "platform"), ""),
        record("e-root", 5, &http("/", get, "public"), ""),
        record("f-admin", 6, &http("master", r#"["POST","DELETE"]"#, "admin"), ""),
    ]);
    let mut folders: Vec<&str> =
        manifest.files.iter().filter_map(|file| file.path.strip_suffix("/function.json")).collect();
    folders.sort_by_key(|folder| folder.to_ascii_lowercase());
    assert_eq!(
        folders,
        ["app/h0-e-root", "app/h10-f-admin", "app/h110-c-list", "app/h120-b-one", "app/h123-d-any", "app/h140-a-rest"]
    );
    let binding = |folder: &str| parsed(&manifest, &format!("app/{folder}/function.json"))["bindings"][0].clone();
    assert_eq!(binding("h123-d-any")["methods"], serde_json::json!(["post", "put", "patch", "delete", "options"]));
    assert_eq!(binding("h120-b-one")["methods"], serde_json::json!(["get", "head"]));
    assert_eq!(binding("h10-f-admin")["authLevel"], "admin");
    assert_eq!(binding("h0-e-root")["route"], "{root:maxlength(0)?}");
    assert_eq!(binding("h0-e-root")["authLevel"], "anonymous");
}

#[test]
fn what_azure_cannot_do_is_refused() {
    let get = r#"["GET"]"#;
    for (functions, expected) in [
        (
            vec![
                record("a", 1, &http("users/<id>", get, "public"), ""),
                record("b", 2, &http("users/x", get, "platform"), ""),
            ],
            vec![("a request can match both", "auth")],
        ),
        (
            vec![record("a", 1, &http("Users", get, "public"), ""), record("b", 2, &http("users", get, "public"), "")],
            vec![("the routes `Users` of `a` and `users` of `b` are one to Azure", "route")],
        ),
        (
            vec![record("a", 1, &http("administer", get, "public"), "")],
            vec![("the route `administer` begins with `admin`", "route")],
        ),
        (
            vec![record("api", 1, &queue("q", ""), "")],
            vec![("the function `api` has the name of the routes' prefix", "name")],
        ),
        (
            vec![record("h10-a", 1, &queue("q", ""), ""), record("a", 2, &http("a", get, "public"), "")],
            vec![("the function's folder would be `h10-a`", "name")],
        ),
        (
            vec![record("a", 1, &http("<a>", get, "public"), ""), record("A", 2, &queue("q", ""), "")],
            vec![("the functions `A` and `a` are one to Azure", "name")],
        ),
        (
            vec![record("deep", 1, &http(&vec!["x"; 130].join("/"), get, "public"), "")],
            vec![("the route has 130 segments, and Azure can tell at most 121 of this function apart", "route")],
        ),
        (
            vec![record("a", 1, &timer("0 0 9 * * *", r#","tz":"Europe/Berlin""#), "")],
            vec![("the time zone is Europe/Berlin", "schedule")],
        ),
        (
            vec![record("a", 1, &database("t", r#"["remove"]"#), "")],
            vec![("`azure` cannot run it: the change feed of Cosmos DB does not tell what was removed", "events")],
        ),
        (
            vec![record("a", 1, &stream("s", r#","from":"latest""#), ""), record("b", 2, &stream("t", ""), "")],
            vec![("the functions of an app begin to read streams at one end, and `a` begins at the other", "from")],
        ),
        (
            vec![
                record("a", 1, &queue("a", r#","dead_letter":"late""#), ""),
                record("b", 2, &queue("late", r#","ordered":true"#), ""),
            ],
            vec![("the queue `late` keeps an order, and takes nothing from one that keeps none", "dead_letter")],
        ),
        (
            vec![
                record("a", 1, &queue("a", r#","dead_letter":"b""#), ""),
                record("b", 2, &queue("b", r#","dead_letter":"a""#), ""),
            ],
            vec![("the queues `a` and `b` give up to each other", "dead_letter")],
        ),
        (
            vec![record("a", 1, &topic("t", &format!(r#","filter":{:?}"#, long_filter())), "")],
            vec![("this makes a filter of 1", "filter")],
        ),
        (
            vec![record("a", 1, &queue("a", ""), r#""memory":8589934592,"#)],
            vec![("`azure` gives a function at most 4096MB of memory", "memory")],
        ),
    ] {
        let found = errors(functions);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((message, key), (begin, expected_key)) in found.iter().zip(expected) {
            assert!(message.starts_with(begin), "{message}");
            assert_eq!(*key, Some(expected_key), "{message}");
        }
    }
}

fn long_filter() -> Vec<String> {
    (0..5).map(|at| format!("a{at} = {}", "x".repeat(220))).collect()
}

#[test]
fn what_concerns_the_project_is_refused() {
    let refused = |project: Project| render(&project, Target::Azure).unwrap_err().remove(0);
    let project = || Project::new("shop", for_azure(orders()));
    let error =
        refused(project().with_existing(ResourceKind::Queue, "orders", "https://x.servicebus.windows.net/orders"));
    assert!(matches!(error.kind, RenderErrorKind::ExistingUnsupported { .. }), "{error}");
    let error = refused(project().with_architecture(Architecture::Arm64));
    assert_eq!(error.to_string(), "`azure` has no arm64 processors for functions");
    let error = refused(Project::new("shop", Vec::new()));
    assert_eq!(error.to_string(), "the program has no function to deploy to `azure`");
    let many = (0..300).map(|at| record(&format!("f{at}"), at, &topic("t", ""), "")).collect();
    let error = refused(Project::new("shop", many));
    assert!(error.to_string().ends_with("resources, and a template of Azure has 800 at most"), "{error}");
}

/// A template's resources by the expressions of their ids.
struct Template {
    root: Value,
    ids: BTreeMap<String, Value>,
}

impl Template {
    fn of(manifest: &Manifest) -> Self {
        let root = parsed(manifest, "template.json");
        let mut ids = BTreeMap::new();
        for resource in root["resources"].as_array().unwrap() {
            let name = inside(resource["name"].as_str().unwrap());
            let names = if resource.get("scope").is_some() { name.to_owned() } else { parts(name) };
            flatten(resource, resource["type"].as_str().unwrap(), &names, &mut ids);
        }
        Self { root, ids }
    }

    fn of_type<'t>(&'t self, kind: &'t str) -> impl Iterator<Item = &'t Value> {
        self.ids.values().filter(move |it| it["type"] == kind)
    }

    /// The names of a role, and what it is for: `ROLE TYPE NAME…`, by the identity.
    fn granted(&self, identity: &str) -> BTreeSet<String> {
        let names = BTreeMap::from([
            ("b7e6dc6d", "owns"),
            ("ba92f5b4", "writes"),
            ("2a2b9908", "reads"),
            ("4f6d3b9b", "receives"),
            ("69a216fc", "sends"),
            ("a638d3c7", "follows"),
            ("d5a91429", "publishes"),
            ("4633458b", "knows"),
            ("3913510d", "measures"),
        ]);
        let of_azure = self.of_type("Microsoft.Authorization/roleAssignments").map(|it| {
            let role = it["properties"]["roleDefinitionId"].as_str().unwrap();
            let role = names[&role.rsplit_once('\'').unwrap().0.rsplit_once('\'').unwrap().1[..8]];
            (it, format!("{role} {}", plain(it["scope"].as_str().unwrap())))
        });
        let of_cosmos = self.of_type("Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments").map(|it| {
            let role = it["properties"]["roleDefinitionId"].as_str().unwrap();
            let role = if role.contains("000000000002") { "changes" } else { "looks" };
            let scope = it["properties"]["scope"].as_str().unwrap();
            (it, format!("{role} {}", scope.rsplit_once(", '").unwrap().1.trim_end_matches("')]")))
        });
        let principal = format!("userAssignedIdentities', {identity})");
        let own = |(it, said): (&Value, String)| {
            it["properties"]["principalId"].as_str().unwrap().contains(&principal).then_some(said)
        };
        of_azure.chain(of_cosmos).filter_map(own).collect()
    }
}

/// The resource and those within it, by their ids.
fn flatten(resource: &Value, kind: &str, names: &str, ids: &mut BTreeMap<String, Value>) {
    let id = match resource.get("scope").and_then(Value::as_str) {
        Some(scope) => format!("extensionResourceId({}, '{kind}', {names})", inside(scope)),
        None => format!("resourceId('{kind}', {names})"),
    };
    let mut own = resource.clone();
    own["type"] = kind.into();
    assert!(ids.insert(id.clone(), own).is_none(), "two resources are {id}");
    for child in resource["resources"].as_array().into_iter().flatten() {
        let kind = format!("{kind}/{}", child["type"].as_str().unwrap());
        flatten(child, &kind, &format!("{names}, '{}'", child["name"].as_str().unwrap()), ids);
    }
}

/// What is between the brackets of an expression.
fn inside(text: &str) -> &str {
    text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap()
}

/// The names of `concat(a, '/b/c')` as `resourceId` has them.
fn parts(name: &str) -> String {
    let concatenated = name.strip_prefix("concat(").and_then(|it| it.strip_suffix(')')?.split_once(", '/"));
    match concatenated {
        // A name that is an expression is behind a slash.
        Some((first, rest)) => match rest.strip_prefix("', ") {
            Some(expression) => format!("{first}, {expression}"),
            None => format!("{first}, {}", quoted(rest.trim_end_matches('\''))),
        },
        None => name.to_owned(),
    }
}

fn quoted(path: &str) -> String {
    path.split('/').map(|part| format!("'{part}'")).collect::<Vec<_>>().join(", ")
}

/// `queues orders` of an id's expression.
fn plain(id: &str) -> String {
    let inside = id.trim_start_matches("[resourceId('").trim_end_matches(")]");
    let (kind, names) = inside.split_once("', ").unwrap();
    let names: Vec<&str> = names.split(", ").skip(1).map(|name| name.trim_matches('\'')).collect();
    format!("{} {}", kind.rsplit_once('/').unwrap().1, names.join("/")).trim_end().to_owned()
}

/// Whatever is referred to is there or was there before, nothing is granted on more than one thing, and nothing is secret.
fn check(manifest: &Manifest) {
    let template = Template::of(manifest);
    for (id, resource) in &template.ids {
        for needed in resource["dependsOn"].as_array().into_iter().flatten() {
            let needed = inside(needed.as_str().unwrap());
            assert!(template.ids.contains_key(needed), "{id} depends on {needed}");
        }
        if let Some(scope) = resource.get("scope").and_then(Value::as_str) {
            let made = template.ids.contains_key(inside(scope));
            assert!(made || scope.contains("Microsoft.KeyVault/vaults/secrets"), "{id}: {scope}");
        }
    }
    let all = template.root.to_string();
    for word in ["listKeys", "SharedAccess", "AccountKey", "password"] {
        assert!(!all.contains(word), "{word}");
    }
    for account in
        ["Microsoft.ServiceBus/namespaces", "Microsoft.EventHub/namespaces", "Microsoft.DocumentDB/databaseAccounts"]
    {
        assert!(template.of_type(account).all(|it| it["properties"]["disableLocalAuth"] == true), "{account}");
    }
    let mut stack = vec![&template.root];
    while let Some(value) = stack.pop() {
        match value {
            Value::String(text) if text.starts_with('[') && !text.starts_with("[[") => balanced(text),
            Value::Array(items) => stack.extend(items),
            Value::Object(entries) => stack.extend(entries.values()),
            _ => {}
        }
    }
    let used = |kind: &str, name: &str| all.contains(&format!("{kind}('{name}')"));
    for (kind, part) in [("parameters", "parameters"), ("variables", "variables")] {
        for name in template.root[part].as_object().unwrap().keys() {
            assert!(used(kind, name), "{kind} {name} is for nothing");
        }
        for said in all.split(&format!("{kind}('")).skip(1) {
            let name = said.split('\'').next().unwrap();
            assert!(template.root[part].get(name).is_some(), "{kind} {name} is not there");
        }
    }
    functions(manifest, &template);
}

/// Brackets and quotes of an expression close.
fn balanced(text: &str) {
    let (mut depth, mut quoted) = (0_i32, false);
    for c in text.chars() {
        match c {
            '\'' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth -= 1,
            _ => {}
        }
        assert!(depth >= 0, "{text}");
    }
    assert!(depth == 0 && !quoted, "{text}");
}

/// What `function.json` files name is there, and its connection is among the settings.
fn functions(manifest: &Manifest, template: &Template) {
    let site = template.of_type("Microsoft.Web/sites").next().unwrap();
    let settings = site["properties"]["siteConfig"]["appSettings"].as_array().unwrap();
    let settings: BTreeMap<&str, &Value> =
        settings.iter().map(|it| (it["name"].as_str().unwrap(), &it["value"])).collect();
    let ids: BTreeSet<String> = template.ids.keys().map(|id| plain(&format!("[{id}]"))).collect();
    for file in manifest.files.iter().filter(|file| file.path.ends_with("function.json")) {
        let binding = &parsed(manifest, &file.path)["bindings"][0];
        let named = |key: &str| binding[key].as_str().unwrap_or_default();
        let expected = match named("type") {
            "httpTrigger" | "timerTrigger" => continue,
            "serviceBusTrigger" if binding.get("queueName").is_some() => vec![format!("queues {}", named("queueName"))],
            "serviceBusTrigger" => vec![format!("subscriptions {}/{}", named("topicName"), named("subscriptionName"))],
            "eventHubTrigger" => vec![format!("consumergroups {}/{}", named("eventHubName"), named("consumerGroup"))],
            "cosmosDBTrigger" => vec![
                format!("containers {}/{}", named("databaseName"), named("containerName")),
                format!("containers {}/{}", named("leaseDatabaseName"), named("leaseContainerName")),
            ],
            other => panic!("{other}"),
        };
        for id in expected {
            assert!(ids.contains(&id), "{}: {id} is not among {ids:?}", file.path);
        }
        let connection = named("connection");
        assert_eq!(settings[format!("{connection}__credential").as_str()], "managedidentity");
        assert!(settings.contains_key(format!("{connection}__clientId").as_str()));
    }
}

/// What the app may do, beyond what every app may.
fn granted(trigger: &str, used: &[&str]) -> Vec<String> {
    let used = if used.is_empty() { String::new() } else { outputs(used) };
    let manifest = rendered(vec![record("handle", 1, trigger, &used)]);
    check(&manifest);
    let always = ["measures components", "owns storageAccounts"];
    let granted = Template::of(&manifest).granted("variables('name')");
    assert!(always.iter().all(|it| granted.contains(*it)), "{granted:?}");
    granted.into_iter().filter(|it| !always.contains(&it.as_str())).collect()
}

#[test]
fn an_app_may_do_what_its_functions_ask_for_and_nothing_else() {
    let get = || http("x", r#"["GET"]"#, "public");
    for (trigger, used, expected) in [
        (get(), &[][..], &[][..]),
        (timer("0 0 * * * *", ""), &[], &[]),
        (queue("orders", ""), &[], &["receives queues orders"]),
        (queue("orders", r#","dead_letter":"late""#), &[], &["receives queues orders"]),
        (topic("paid", ""), &[], &["receives subscriptions paid.topic/handle"]),
        (blob("in/<a>", r#"["deleted"]"#), &[], &["receives queues handle.inbox"]),
        (
            blob("incoming/<a>", r#"["created"]"#),
            &[],
            &["reads containers default/incoming", "receives queues handle.inbox"],
        ),
        (event("a", ""), &[], &["receives queues handle.inbox"]),
        (stream("clicks", ""), &[], &["follows eventhubs clicks"]),
        (
            database("stock", r#"["insert","modify"]"#),
            &[],
            &["changes /dbs/tusk_tables/colls/tusk_leases", "looks /dbs/tusk_tables/colls/stock"],
        ),
        (get(), &["queue/orders"], &["sends queues orders"]),
        (get(), &["topic/paid"], &["sends topics paid.topic"]),
        (get(), &["event/a", "event/b"], &["publishes topics"]),
        (get(), &["bucket/files read"], &["reads containers default/files"]),
        (get(), &["bucket/files write"], &["writes containers default/files"]),
        (get(), &["bucket/files"], &["writes containers default/files"]),
        (get(), &["table/stock read"], &["looks /dbs/tusk_tables/colls/stock"]),
        (get(), &["table/shop/stock write"], &["changes /dbs/shop/colls/stock"]),
        (get(), &["secret/key", "secret/other"], &["knows secrets key", "knows secrets other"]),
    ] {
        assert_eq!(granted(&trigger, used), expected, "{trigger} {used:?}");
    }
}

/// Event Grid delivers as an identity of its own, which may do nothing that the app may.
#[test]
fn event_grid_may_deliver_and_nothing_else() {
    let template = Template::of(&rendered(for_azure(orders())));
    let granted = template.granted("concat(variables('name'), '-events')");
    let expected = [
        "sends queues forget.inbox",
        "sends queues mail-invoice.inbox",
        "sends queues ship.inbox",
        "writes containers default/undelivered-events",
    ];
    assert_eq!(granted.into_iter().collect::<Vec<_>>(), expected);
}

/// Every output there is.
const OUTPUTS: [&str; 13] = [
    "queue/orders",
    "queue/failed-orders",
    "queue/other",
    "topic/paid",
    "event/com.example.a",
    "bucket/invoices",
    "bucket/invoices read",
    "bucket/a write",
    "table/stock",
    "table/shop/ledger read",
    "table/shop-ledger write",
    "secret/stripe-key",
    "secret/other-key",
];

fn programs() -> impl Strategy<Value = Vec<FunctionRecord>> {
    let functions = for_azure([shop(), orders().into_iter().filter(|it| it.name != "sweep").collect()].concat());
    let count = functions.len();
    let used = prop::sample::subsequence(OUTPUTS.to_vec(), 0..=OUTPUTS.len());
    (prop::sample::subsequence(functions, 1..=count), used, any::<bool>()).prop_map(|(mut functions, used, ordered)| {
        let more = format!(r#","ordered":{ordered},"dead_letter":"failed-orders""#);
        functions.push(record("in-order", 1, &queue("sequence", &more), ""));
        functions.push(record("uses", 2, &queue("work", ""), &outputs(&used)));
        functions
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_named_is_there_and_nothing_is_secret(functions in programs()) {
        check(&rendered(functions));
    }

    #[test]
    fn the_order_of_the_functions_does_not_matter(shuffled in Just(for_azure(orders())).prop_shuffle()) {
        prop_assert_eq!(rendered(shuffled), rendered(for_azure(orders())));
    }
}

#[test]
fn a_file_is_in_the_archive_or_not() {
    let manifest = rendered(for_azure(shop()));
    let package = Package::of(Target::Aws).unwrap();
    assert!(manifest.files.iter().all(|file: &File| package.name_of(file).is_none()));
}
