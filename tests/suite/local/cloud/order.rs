//! Ordered queues and streams: order within a group, whatever fails, and no waiting between groups.

use serde_json::json;

use super::{cloud, folder, notes, open, send_with, sorted, wait_for_dead, wait_for_notes, wait_for_quiet};
use crate::support::Program;

fn send_group(program: &Program, group: &str, job: &serde_json::Value) {
    send_with(program, "groups", &json!({ "body": job, "group": group }));
}

#[test]
fn a_group_keeps_its_order_when_messages_fail() {
    let data = folder();
    let program = cloud(&data, "groups").serve();
    send_group(&program, "a", &json!({"name": "1", "fails": 2}));
    send_group(&program, "a", &json!({"name": "2", "rejects": true}));
    send_group(&program, "a", &json!({"name": "3", "fails": 9}));
    send_group(&program, "a", &json!({"misspelt": 1}));
    send_group(&program, "a", &json!({"name": "5", "panics": true}));
    send_group(&program, "a", &json!({"name": "6"}));
    program.wait_for_event("groups a 6 1");
    wait_for_quiet(&program);
    assert_eq!(
        notes(&program, "groups a "),
        ["1 1", "1 2", "1 3", "2 1", "3 1", "3 2", "3 3", "5 1", "5 2", "5 3", "6 1",]
    );
    wait_for_dead(&program, "groups", 4);
}

#[test]
fn a_group_that_hangs_or_fails_holds_up_no_other() {
    let data = folder();
    let program = cloud(&data, "groups").serve();
    send_group(&program, "stuck", &json!({"name": "1", "waits": true}));
    send_group(&program, "fails", &json!({"name": "1", "fails": 2}));
    for n in 2..30 {
        send_group(&program, "stuck", &json!({"name": n.to_string()}));
        send_group(&program, "fails", &json!({"name": n.to_string()}));
        send_group(&program, "runs", &json!({"name": n.to_string()}));
    }
    send_with(&program, "groups", &json!({"body": {"name": "alone"}}));
    program.wait_for_event("groups  alone 1");
    let runs = wait_for_notes(&program, "groups runs ", 28);
    assert_eq!(runs, (2..30).map(|n| format!("{n} 1")).collect::<Vec<_>>());
    assert_eq!(notes(&program, "groups stuck "), ["1 1"]);
    wait_for_notes(&program, "groups fails ", 31);
    open(&program, 1);
    wait_for_quiet(&program);
    assert_eq!(notes(&program, "groups stuck ").len(), 30);
}

#[test]
fn groups_run_at_the_same_time_and_each_by_itself() {
    let data = folder();
    let program = cloud(&data, "groups").serve();
    for n in 0..3 {
        for group in ["a", "b", "c", "d", "e"] {
            send_group(&program, group, &json!({"name": n.to_string(), "waits": true}));
        }
    }
    // Four at the same time, as the function says, each of another group.
    assert_eq!(sorted(wait_for_notes(&program, "groups ", 4)), ["a 0 1", "b 0 1", "c 0 1", "d 0 1"]);
    open(&program, 15);
    wait_for_quiet(&program);
    for group in ["a", "b", "c", "d", "e"] {
        let expected = ["0 1", "0 ended", "1 1", "1 ended", "2 1", "2 ended"];
        let found = notes(&program, &format!("groups {group} "));
        // What a job says before it waits and after are two notes: none of the next may stand between.
        assert_eq!(found.iter().map(|note| &note[..1]).collect::<String>(), "001122", "{found:?}");
        assert_eq!(found.len(), expected.len());
    }
}

#[test]
fn what_is_sent_at_once_keeps_its_order() {
    let data = folder();
    let program = cloud(&data, "groups,send-groups").serve();
    let sent = program.request("POST", "/groups/300", &[], b"");
    assert_eq!(sent.status, 200, "{}", sent.text());
    wait_for_quiet(&program);
    for group in 0..3 {
        let found = notes(&program, &format!("groups {group} "));
        assert_eq!(found, (group..300).step_by(3).map(|n| format!("{n} 1")).collect::<Vec<_>>());
    }
}

#[test]
fn an_ordered_queue_delays_nothing() {
    let data = folder();
    let program = cloud(&data, "groups,delayed-group").serve();
    let said = "the queue is ordered, and delays no messages; send it without `delay`";
    let delayed = r#"{"body": {}, "group": "a", "delay": "1s"}"#;
    let response = program.admin("POST", "/queues/groups/messages", delayed);
    assert_eq!((response.status, response.detail()), (400, said.to_owned()));
    let response = program.request("POST", "/delayed-group", &[], b"");
    assert_eq!(response.text(), format!("queue groups: {said}"));
}

fn write(program: &Program, partition: &str, job: &serde_json::Value) {
    let record = json!({ "partition": partition, "body": job });
    let response = program.admin("POST", "/streams/clicks/records", &record.to_string());
    assert_eq!((response.status, &response.json()["functions"]), (202, &2.into()), "{}", response.text());
}

#[test]
fn the_records_of_a_partition_come_in_order_to_each_function() {
    let data = folder();
    let program = cloud(&data, "clicks,clicks-together").serve();
    for n in 0..20 {
        write(&program, "a", &json!({"name": n.to_string(), "fails": u32::from(n == 3) * 2}));
        write(&program, "b", &json!({"name": n.to_string(), "rejects": n == 5}));
    }
    program.wait_for_event("clicks a 19 1");
    program.wait_for_event("clicks b 19 1");
    wait_for_quiet(&program);
    let in_order = |beginning: &str| {
        let notes = notes(&program, beginning);
        notes.iter().map(|note| note.split(' ').next().unwrap().parse().unwrap()).collect::<Vec<u32>>()
    };
    let mut with_retries: Vec<u32> = (0..20).collect();
    with_retries.splice(3..3, [3, 3]);
    assert_eq!(in_order("clicks a "), with_retries);
    assert_eq!(in_order("clicks b "), (0..20).collect::<Vec<_>>());
    for partition in ["together a ", "together b "] {
        assert_eq!(in_order(partition), (0..20).collect::<Vec<_>>());
    }
    assert_eq!(wait_for_dead(&program, "clicks", 1)[0].0, "5");
}
