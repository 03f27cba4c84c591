//! Tables: writes, conditions, and the events of each change.

use serde_json::json;

use super::{cloud, folder, notes, wait_for_quiet};
use crate::support::Program;

fn write(program: &Program, key: &str, how: &str, pieces: &str) -> String {
    let response = program.request("POST", &format!("/shelf/{key}/{how}/{pieces}"), &[], b"");
    assert_eq!(response.status, 200, "{}", response.text());
    response.text().to_owned()
}

#[test]
fn each_change_is_told_with_old_and_new_and_none_is_told_of_no_change() {
    let data = folder();
    let program = cloud(&data, "shelf-changes,shelf-removals,write").serve();
    for (how, pieces) in [
        ("put", "1"),
        ("put", "1"),
        ("put", "2"),
        ("replace", "2"),
        ("replace", "3"),
        ("delete", "-"),
        ("delete", "-"),
        ("put", "4"),
    ] {
        assert_eq!(write(&program, "lamp", how, pieces), "written", "{how}");
    }
    wait_for_quiet(&program);
    let changes: Vec<String> = notes(&program, "").into_iter().filter(|note| !note.starts_with("gone")).collect();
    assert_eq!(
        changes,
        [
            "insert lamp 1",
            "modify lamp Some(\"1\") 2",
            "modify lamp Some(\"2\") 3",
            "remove lamp Some(\"3\")",
            "insert lamp 4",
        ]
    );
    assert_eq!(notes(&program, "gone "), ["lamp"]);
}

#[test]
fn a_condition_that_does_not_hold_writes_and_tells_nothing() {
    let data = folder();
    let program = cloud(&data, "shelf-changes,write").serve();
    let failed = "true table shelf: the item is not as the condition demands";
    assert_eq!(write(&program, "lamp", "insert", "1"), "written");
    assert_eq!(write(&program, "lamp", "insert", "2"), failed);
    // What was written in between changed nothing but the version.
    assert_eq!(write(&program, "lamp", "late-replace", "3"), failed);
    assert_eq!(write(&program, "lamp", "late-delete-unchanged", "-"), failed);
    assert_eq!(write(&program, "lamp", "delete-unchanged", "-"), "written");
    wait_for_quiet(&program);
    assert_eq!(notes(&program, ""), ["insert lamp 1", "remove lamp Some(\"1\")"]);
}

#[test]
fn items_are_read_and_written_by_the_admin_api() {
    let data = folder();
    let program = cloud(&data, "shelf-changes,rooms").serve();
    let put = |path: &str, item: serde_json::Value| program.admin("PUT", path, &item.to_string()).status;
    assert_eq!(put("/tables/shelf/lamp", json!({"pieces": "1"})), 200);
    assert_eq!(program.admin("GET", "/tables/shelf/lamp", "").json(), json!({"id": "lamp", "pieces": "1"}));
    // A key may have a slash, and so may a table's name.
    assert_eq!(put("/tables/shelf/a%2Fb%20c", json!({"pieces": "2"})), 200);
    assert_eq!(put("/tables/stores%2Frooms/1", json!({})), 200);
    let all = program.admin("GET", "/tables/shelf", "").json();
    assert_eq!(all, json!({"lamp": {"id": "lamp", "pieces": "1"}, "a/b c": {"id": "a/b c", "pieces": "2"}}));
    assert_eq!(program.admin("DELETE", "/tables/shelf/lamp", "").status, 200);
    let gone = program.admin("GET", "/tables/shelf/lamp", "");
    assert_eq!((gone.status, gone.detail()), (404, "the table `shelf` has no item `lamp`".to_owned()));
    wait_for_quiet(&program);
    let expected = ["insert a/b c 2", "insert lamp 1", "remove lamp Some(\"1\")", "room 1"];
    assert_eq!(super::sorted(notes(&program, "")), expected);
}

/// A key may be longer than the name of a group, in which its changes are ordered.
#[test]
fn a_long_key_can_be_written() {
    let data = folder();
    let program = cloud(&data, "shelf-changes").serve();
    let key = "k".repeat(1500);
    let written = program.admin("PUT", &format!("/tables/shelf/{key}"), r#"{"pieces": "1"}"#);
    assert_eq!(written.status, 200, "{}", written.text());
    program.wait_for_event(&format!("insert {key} 1"));
    let too_long = program.admin("PUT", &format!("/tables/shelf/{}", "k".repeat(3000)), "{}");
    assert_eq!(too_long.status, 400);
    assert!(too_long.detail().ends_with("has 3000 bytes; use 1 to 2048"), "{}", too_long.detail());
}
