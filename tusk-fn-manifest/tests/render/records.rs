//! Records of programs to render.

use tusk_fn_spec::record::FunctionRecord;

/// A record: its name, its line, its trigger, and its other keys.
pub(crate) fn record(name: &str, line: u32, trigger: &str, more: &str) -> FunctionRecord {
    let function = name.replace('-', "_");
    let json = format!(
        r#"{{"v":1,"name":"{name}","trigger":{trigger},{more}
            "source":{{"package":"shop","module":"shop","function":"{function}","file":"src/main.rs","line":{line}}}}}"#
    );
    FunctionRecord::from_json(json.as_bytes()).unwrap()
}

pub(crate) fn http(route: &str, methods: &str, auth: &str) -> String {
    format!(r#"{{"kind":"http","route":"{route}","methods":{methods},"auth":"{auth}"}}"#)
}

pub(crate) fn timer(schedule: &str, more: &str) -> String {
    format!(r#"{{"kind":"timer","schedule":"{schedule}"{more}}}"#)
}

pub(crate) fn queue(name: &str, more: &str) -> String {
    format!(r#"{{"kind":"queue","queue":"{name}"{more}}}"#)
}

pub(crate) fn topic(name: &str, more: &str) -> String {
    format!(r#"{{"kind":"topic","topic":"{name}"{more}}}"#)
}

pub(crate) fn blob(path: &str, events: &str) -> String {
    format!(r#"{{"kind":"blob","path":"{path}","events":{events}}}"#)
}

pub(crate) fn database(table: &str, events: &str) -> String {
    format!(r#"{{"kind":"database","table":"{table}","events":{events}}}"#)
}

pub(crate) fn stream(name: &str, more: &str) -> String {
    format!(r#"{{"kind":"stream","stream":"{name}"{more}}}"#)
}

pub(crate) fn event(kind: &str, more: &str) -> String {
    format!(r#"{{"kind":"event","type":"{kind}"{more}}}"#)
}

/// Outputs as `kind/name` or `kind/name access`.
pub(crate) fn outputs(all: &[&str]) -> String {
    let output = |text: &&str| {
        let (resource, access) = text.split_once(' ').unwrap_or((text, "all"));
        let (kind, name) = resource.split_once('/').unwrap();
        format!(r#"{{"kind":"{kind}","name":"{name}","access":"{access}"}}"#)
    };
    format!(r#""outputs":[{}],"#, all.iter().map(output).collect::<Vec<_>>().join(","))
}

/// Requests and timers only.
pub(crate) fn shop() -> Vec<FunctionRecord> {
    let get = r#"["GET"]"#;
    vec![
        record(
            "users",
            10,
            &http("users/<id?>", get, "platform"),
            r#""doc":"Looks up one user,\nor lists: all of them.","#,
        ),
        record(
            "create-user",
            20,
            &http("users", r#"["POST"]"#, "platform"),
            r#""timeout_ms":1500,"memory":536870912,"#,
        ),
        record("health", 30, &http("health", get, "public"), ""),
        record("on", 40, &http("files/<path..>", "\"any\"", "platform"), ""),
        record("sweep", 50, &timer("0 */20 * * * *", ""), r#""timeout_ms":900000,"doc":"Cleans up.","#),
        record("Report_2", 60, &timer("0 0 9 * * MON-FRI", r#","tz":"Europe/Berlin""#), ""),
        record("azure-only", 70, &timer("*/10 * * * * *", ""), r#""targets":["azure"],"#),
    ]
}

/// Every kind of trigger, and of output.
pub(crate) fn orders() -> Vec<FunctionRecord> {
    vec![
        record(
            "place",
            10,
            &http("orders", r#"["POST"]"#, "platform"),
            &(outputs(&["queue/orders", "table/stock read"]) + r#""idempotent":{"payload":["order","id"]},"#),
        ),
        record(
            "fulfil",
            20,
            &queue("orders", r#","max_attempts":3,"batch_size":50,"dead_letter":"failed-orders""#),
            &(outputs(&["topic/paid", "table/stock", "secret/stripe-key", "event/com.example.paid"])
                + r#""timeout_ms":60000,"idempotent":"delivery","#),
        ),
        record("retry-failed", 30, &queue("failed-orders", ""), &outputs(&["queue/orders"])),
        record("invoice", 40, &topic("paid", ""), &outputs(&["bucket/invoices write"])),
        record("advertise", 50, &topic("paid", r#","filter":["region = eu | us*","test != yes"],"batch_size":1"#), ""),
        record("mail-invoice", 60, &blob("invoices/<year>/<name>.pdf", r#"["created"]"#), ""),
        record("forget", 70, &blob("invoices/<path..>", r#"["created","deleted"]"#), ""),
        record("reorder", 80, &database("stock", r#"["modify"]"#), &outputs(&["queue/purchases"])),
        record("audit", 90, &database("shop/ledger", r#"["insert","modify","remove"]"#), ""),
        record(
            "count",
            100,
            &stream("clicks", r#","batch_size":500,"from":"latest""#),
            &outputs(&["table/counts write"]),
        ),
        record(
            "ship",
            110,
            &event("com.example.paid", r#","source":"/shop*","subject":"orders/*""#),
            &outputs(&["event/com.example.shipped", "event/com.example.late", "bucket/invoices read"]),
        ),
        record("sweep", 120, &timer("0 0 3 * * *", ""), &outputs(&["bucket/invoices"])),
    ]
}

/// Every kind of trigger, and of what can be sent and read where there is nothing to store in.
pub(crate) fn parcels() -> Vec<FunctionRecord> {
    let sends = outputs(&["queue/parcels", "event/com.example.placed", "secret/stripe-key"]);
    vec![
        record("health", 10, &http("health", r#"["GET"]"#, "public"), ""),
        record("place", 20, &http("parcels", r#"["POST"]"#, "platform"), &(sends + r#""timeout_ms":45500,"#)),
        record(
            "deliver",
            30,
            &queue("parcels", r#","max_attempts":3,"concurrency":4,"dead_letter":"stranded""#),
            &(outputs(&["topic/delivered", "secret/stripe-key", "secret/map-key"])
                + r#""timeout_ms":60000,"memory":536870912,"#),
        ),
        record("bring-back", 40, &queue("stranded", r#","max_attempts":20"#), ""),
        record("Thank_2", 50, &topic("delivered", r#","filter":["region = eu | us*"]"#), r#""memory":1000000,"#),
        record("read-label", 60, &blob("labels/<year>/<name>.pdf", r#"["created"]"#), ""),
        record("forget", 70, &blob("labels/<path..>", r#"["created","deleted"]"#), ""),
        record("logo", 80, &blob("labels/logo.png", r#"["deleted"]"#), ""),
        record("restock", 90, &database("stock", r#"["modify","insert"]"#), ""),
        record("audit", 100, &database("shop/ledger", r#"["remove"]"#), ""),
        record("count", 110, &stream("clicks", r#","batch_size":500"#), ""),
        record("ship", 120, &event("com.example.placed", r#","source":"/shop*","subject":"orders/7""#), ""),
        record("watch", 130, &event("*", ""), ""),
        record("sweep", 140, &timer("0 30 2 * * MON-FRI", r#","tz":"Europe/Berlin""#), ""),
        record("tick", 150, &timer("*/10 * * * * *", ""), ""),
        record("azure-only", 160, &http("azure", r#"["GET"]"#, "admin"), r#""targets":["azure"],"#),
    ]
}
