//! Events that are not what they should be: none panics, and none is more than it was sent.

use std::fmt::Write as _;
use std::iter::repeat_n;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::all_fixtures;
use super::support::{bus_event, message, notification, s3_record};
use crate::provider::aws::fuzz::decode_any;

/// Events to begin with: the fixtures, and events within messages.
static SEEDS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let s3 = json!({"Records": [s3_record(0, Some("a/b.c"))]});
    let object = bus_event(
        0,
        "Object Created",
        "aws.s3",
        &json!({"bucket": {"name": "b"}, "object": {"key": "a/b.c", "size": 1, "sequencer": "0"}}),
    );
    let within = |event: &Value| json!({"Records": [message(0, Some(&event.to_string()), true)]});
    let published = |event: &Value| notification(0, Some(&event.to_string()));
    let made = [&s3, &object].into_iter().flat_map(|event| [within(event), within(&published(event)), event.clone()]);
    all_fixtures().map(|(_, event)| serde_json::from_slice(&event).expect("JSON")).chain(made).collect()
});

/// A change of a part of an event.
#[derive(Clone, Debug)]
enum Change {
    Replace(Value),
    Remove,
    /// Twice the same, in a list.
    Double,
    /// As JSON within a text.
    Wrap,
    /// The other way round: a text of JSON as what it says, changed itself.
    Within(Box<Change>, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([{"a": [null]}])),
        Just(json!("aws:sqs")),
        Just(json!("aws:s3")),
        Just(json!("Notification")),
    ];
    let flat = prop_oneof![
        4 => value.prop_map(Change::Replace),
        2 => Just(Change::Remove),
        1 => Just(Change::Double),
        1 => Just(Change::Wrap),
    ];
    (flat, any::<Option<Index>>()).prop_map(|(change, within)| match within {
        Some(index) => Change::Within(Box::new(change), index),
        None => change,
    })
}

/// The parts of a value, by their pointers.
fn parts(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                parts(value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                parts(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn apply(event: &mut Value, at: Index, change: &Change) {
    let mut pointers = Vec::new();
    parts(event, "", &mut pointers);
    let pointer = at.get(&pointers);
    let Some(part) = event.pointer_mut(pointer) else { return };
    match change {
        Change::Replace(value) => *part = value.clone(),
        Change::Remove => {
            let Some((parent, name)) = pointer.rsplit_once('/') else { return };
            if let Some(Value::Object(fields)) = event.pointer_mut(parent) {
                fields.remove(name);
            }
        }
        Change::Double => *part = json!([part.clone(), part.clone()]),
        Change::Wrap => *part = part.to_string().into(),
        Change::Within(change, index) => {
            if let Some(mut inner) = part.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()) {
                apply(&mut inner, *index, change);
                *part = inner.to_string().into();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_event_never_panics(seed: Index, changes in prop::collection::vec((any::<Index>(), change()), 1..6)) {
        let mut event = seed.get(&SEEDS).clone();
        for (at, change) in changes {
            apply(&mut event, at, &change);
        }
        let text = event.to_string();
        prop_assert!(decode_any(text.as_bytes()) <= text.len());
    }

    #[test]
    fn damaged_bytes_never_panic(seed: Index, at: Index, byte: u8, length: Index) {
        let mut bytes = seed.get(&SEEDS).to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        decode_any(&bytes);
        bytes.truncate(length.index(bytes.len()));
        decode_any(&bytes);
    }

    #[test]
    fn any_bytes_never_panic(bytes: Vec<u8>) {
        prop_assert_eq!(decode_any(&bytes), 0);
    }
}

/// Puts a text in place of a part of each seed, which need not be a part that serde could hold.
fn everywhere(text: &str) {
    const PLACE: &str = "\"here it goes\"";
    for seed in &*SEEDS {
        let mut pointers = Vec::new();
        parts(seed, "", &mut pointers);
        for pointer in pointers.iter().step_by(pointers.len() / 40 + 1) {
            let mut event = seed.clone();
            if let Some(part) = event.pointer_mut(pointer) {
                *part = "here it goes".into();
            }
            decode_any(event.to_string().replace(PLACE, text).as_bytes());
        }
    }
}

#[test]
fn deep_nesting_is_no_deep_recursion() {
    let depth = 20_000;
    for (open, close) in [("[", "]"), ("{\"M\":", "}"), ("{\"Records\":[", "]}")] {
        let mut deep: String = repeat_n(open, depth).collect();
        deep.push_str("null");
        deep.extend(repeat_n(close, depth));
        decode_any(deep.as_bytes());
        let event = json!({"Records": [message(0, Some(&deep), false)]});
        decode_any(event.to_string().as_bytes());
        for place in [
            "{\"Records\":[{\"eventSource\":\"aws:dynamodb\",\"eventName\":\"INSERT\",\"dynamodb\":{\"SequenceNumber\":\"1\",\
              \"Keys\":{},\"NewImage\":{\"a\":@}}}]}",
            "{\"id\":\"1\",\"detail-type\":\"a\",\"source\":\"b\",\"detail\":@}",
            "{\"EventSource\":\"aws:sns\",\"Records\":[{\"EventSource\":\"aws:sns\",\"Sns\":{\"Message\":\"\",\"MessageId\":\"1\",\
              \"MessageAttributes\":{\"a\":{\"Type\":\"String.Array\",\"Value\":@}}}}]}",
        ] {
            decode_any(place.replace('@', &deep).as_bytes());
        }
    }
}

#[test]
fn numbers_of_any_size_are_read_or_refused() {
    let long: String = repeat_n('9', 5000).collect();
    for number in ["1e999", "-1e999", "1e-999", "0.1", "-0", "18446744073709551616", &long] {
        everywhere(number);
    }
}

#[test]
fn half_a_character_is_no_text() {
    everywhere("\"\\ud800\"");
}

#[test]
fn a_message_of_many_tiny_records_is_one_broken_item() {
    let mut body = "{\"Records\":[{}".to_owned();
    for _ in 0..100_000 {
        let _ = write!(body, ",{{}}");
    }
    body.push_str("]}");
    let attribute: String = repeat_n('x', 200_000).collect();
    let mut event = json!({"Records": [message(0, Some(&body), false)]});
    event["Records"][0]["messageAttributes"]["a"] = json!({"stringValue": attribute, "dataType": "String"});
    // It is a message of the queue; no function for blobs finds an object.
    assert_eq!(decode_any(event.to_string().as_bytes()), 1);
}
