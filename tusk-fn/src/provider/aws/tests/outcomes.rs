//! Every outcome at every position of an event, and what the platform is told of it.
//!
//! What is to be expected is worked out here a second time, from the words that the items hold.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::sources::{Ordered, Source, Told, key, paid, queue_event, records, sources};
use super::support::{Mailbox, Word, blob, event, function, message, process, queue, queues, reply, s3_record};
use crate::private::Intake;
use crate::provider::aws::dead_letters::url_in;

/// What becomes of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Done,
    Retry,
    Reject,
}

/// What becomes of the items, before anything is dead-lettered.
fn ends(source: &Source, words: &[Word], together: bool) -> Vec<End> {
    let alone = |word: Word| match word {
        Word::Ok => End::Done,
        Word::Err | Word::Panic | Word::Hang => End::Retry,
        Word::Reject | Word::Garbage | Word::Broken => End::Reject,
    };
    let mut ends: Vec<End> = words.iter().map(|word| alone(*word)).collect();
    let all_fail = together && words.iter().any(|word| matches!(word, Word::Panic | Word::Hang));
    for at in 0..words.len() {
        let delivered = !matches!(words[at], Word::Broken);
        let readable = delivered && words[at] != Word::Garbage;
        let after_failed = (0..at).any(|earlier| {
            let bound = match source.ordered {
                Ordered::No => false,
                Ordered::Groups => earlier % 2 == at % 2,
                Ordered::All => true,
            };
            bound && ends[earlier] == End::Retry
        });
        let after_deadline = source.one_by_one && words[..at].contains(&Word::Hang);
        let held_up = delivered && (after_failed || (!together && after_deadline));
        if held_up || (all_fail && readable) {
            ends[at] = End::Retry;
        }
    }
    ends
}

/// What the mailbox does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mail {
    Works,
    Fails,
    Missing,
}

/// What is replied, or nothing if the invocation fails, and which items are dead-lettered.
fn expected(source: &Source, ends: &[End], mail: Mail) -> (Option<Value>, Vec<usize>) {
    let first_retry = ends.iter().position(|end| *end == End::Retry);
    let sent: Vec<usize> = (0..ends.len())
        .filter(|at| ends[*at] == End::Reject)
        .filter(|at| match source.told {
            Told::Each => true,
            Told::First => first_retry.is_none_or(|first| *at < first),
            Told::Whole => first_retry.is_none(),
        })
        .collect();
    let acknowledged = |at: &usize| ends[*at] == End::Done || (mail == Mail::Works && sent.contains(at));
    let failed: Vec<usize> = (0..ends.len()).filter(|at| !acknowledged(at)).collect();
    let named = |at: &usize| json!({"itemIdentifier": (source.identifier)(*at)});
    let reply = match source.told {
        Told::Each => Some(json!({"batchItemFailures": failed.iter().map(named).collect::<Vec<Value>>()})),
        Told::First => Some(json!({"batchItemFailures": failed.iter().take(1).map(named).collect::<Vec<Value>>()})),
        Told::Whole => failed.is_empty().then_some(Value::Null),
    };
    (reply, if mail == Mail::Works { sent } else { Vec::new() })
}

async fn check(source: &Source, words: &[Word], together: bool, mail: Mail) {
    let handler = if together { source.batch } else { Some(source.single) };
    let Some(handler) = handler else { return };
    let mailbox = Arc::new(Mailbox { broken: mail == Mail::Fails, ..Mailbox::default() });
    let intake = if together { Intake::Batch } else { Intake::Single };
    let process = process(
        vec![function("handle", &source.trigger, handler, intake)],
        (mail != Mail::Missing).then_some(&mailbox),
    );
    let limit = words.contains(&Word::Hang).then_some(Duration::from_millis(300));
    let replied = reply(&process, &(source.event)(words), limit).await;
    let (reply, sent) = expected(source, &ends(source, words, together), mail);
    let what = format!("{} {words:?} together: {together} {mail:?}: {replied:?}", source.name);
    assert_eq!(replied.ok(), reply, "{what}");
    let letters = mailbox.letters.lock().expect("no panic");
    assert_eq!(letters.len(), sent.len(), "{what}: {letters:?}");
    for (letter, at) in letters.iter().zip(sent) {
        assert_eq!(letter.attributes["function"], "handle", "{what}");
        assert!(!letter.attributes["reason"].is_empty(), "{what}");
        let expected = match words[at] {
            Word::Reject => "it is refused",
            Word::Garbage => "cannot be",
            _ => "handle",
        };
        assert!(letter.attributes["reason"].contains(expected), "{what}: {letter:?}");
    }
}

#[tokio::test]
async fn every_outcome_at_every_position_is_reported_as_the_source_wants() {
    for source in sources() {
        for word in [Word::Panic, Word::Garbage, Word::Err, Word::Reject, Word::Broken] {
            for at in 0..4 {
                let mut words = [Word::Ok; 4];
                words[at] = word;
                check(&source, &words, false, Mail::Works).await;
                check(&source, &words, true, Mail::Works).await;
            }
        }
    }
}

#[tokio::test]
async fn every_combination_of_outcomes_is_reported_as_the_source_wants() {
    let all = [Word::Ok, Word::Err, Word::Reject, Word::Broken];
    for source in sources() {
        for number in 0..256_usize {
            let words: Vec<Word> = (0..4).map(|at| all[number >> (2 * at) & 3]).collect();
            for mail in [Mail::Works, Mail::Fails, Mail::Missing] {
                check(&source, &words, false, mail).await;
                check(&source, &words, true, mail).await;
            }
        }
    }
}

#[tokio::test]
async fn what_has_not_ended_at_the_deadline_comes_again() {
    for source in &sources() {
        let mut checks = Vec::new();
        for at in 0..4 {
            for other in [Word::Ok, Word::Reject] {
                let mut words = [other; 4];
                words[at] = Word::Hang;
                for together in [false, true] {
                    checks.push(async move { check(source, &words, together, Mail::Works).await });
                }
            }
        }
        futures_util::future::join_all(checks).await;
    }
}

#[tokio::test]
async fn what_is_held_up_is_not_given_up_with_what_holds_it_up() {
    let trigger = json!({"kind": "queue", "queue": "orders", "ordered": true, "max_attempts": 3});
    let event = |attempt: u32| {
        let mut event = queue_event(&[Word::Err, Word::Err, Word::Ok, Word::Ok], true);
        for record in event["Records"].as_array_mut().expect("a list") {
            record["attributes"]["ApproximateReceiveCount"] = attempt.to_string().into();
        }
        event
    };
    let named = |ids: &[usize]| {
        let ids: Vec<Value> = ids.iter().map(|id| json!({"itemIdentifier": format!("id-{id}")})).collect();
        Ok(json!({ "batchItemFailures": ids }))
    };
    for (handler, intake) in [(queue as crate::private::HandlerFn, Intake::Single), (queues, Intake::Batch)] {
        let mailbox = Arc::new(Mailbox::default());
        let process = process(vec![function("fulfil", &trigger, handler, intake)], Some(&mailbox));
        assert_eq!(reply(&process, &event(2), None).await, named(&[0, 1, 2, 3]));
        assert_eq!(mailbox.letters.lock().expect("no panic").len(), 0);
        // SQS would now give up all four.
        assert_eq!(reply(&process, &event(3), None).await, named(&[]));
        let letters = mailbox.letters.lock().expect("no panic");
        let reasons: Vec<&str> = letters.iter().map(|letter| &*letter.attributes["reason"]).collect();
        assert_eq!(reasons.len(), 2, "{reasons:?}");
        assert!(reasons.iter().all(|reason| reason.ends_with(": it failed")), "{reasons:?}");
    }
    // Nobody else can give them up: all come again, and SQS decides.
    let process = process(vec![function("fulfil", &trigger, queue, Intake::Single)], None);
    assert_eq!(reply(&process, &event(3), None).await, named(&[0, 1, 2, 3]));
}

#[tokio::test]
async fn an_event_of_the_bus_alone_ends_as_its_function_does() {
    for (word, ends_well) in [
        (Word::Ok, true),
        (Word::Err, false),
        (Word::Panic, false),
        (Word::Hang, false),
        (Word::Reject, true),
        (Word::Garbage, true),
        (Word::Broken, true),
    ] {
        let mailbox = Arc::new(Mailbox::default());
        let trigger = json!({"kind": "event", "type": "paid"});
        let process = process(vec![function("handle", &trigger, event, Intake::Single)], Some(&mailbox));
        let replied = reply(&process, &paid(0, word), Some(Duration::from_millis(300))).await;
        assert_eq!(replied.is_ok(), ends_well, "{word:?}: {replied:?}");
        let rejected = matches!(word, Word::Reject | Word::Garbage | Word::Broken);
        let letters = mailbox.letters.lock().expect("no panic");
        assert_eq!(letters.len(), usize::from(rejected), "{word:?}");
        if let Some(letter) = letters.first() {
            let body: Value = serde_json::from_str(&letter.body).expect("the event");
            assert_eq!(body, paid(0, word));
        }
    }
}

#[tokio::test]
async fn a_message_of_several_objects_fails_with_any_of_them() {
    let path = json!({"kind": "blob", "path": "uploads/<word>", "events": ["created"]});
    let bodies: [&[Word]; 6] = [
        &[Word::Ok, Word::Ok],
        &[Word::Ok, Word::Err],
        &[Word::Reject, Word::Err, Word::Ok],
        &[Word::Reject, Word::Ok, Word::Broken],
        &[],
        &[Word::Garbage],
    ];
    let event = json!({"Records": bodies.iter().enumerate().map(|(at, words)| {
        let objects = records(words, |at, word| s3_record(at, key(word).as_deref()));
        message(at, Some(&objects.to_string()), false)
    }).collect::<Vec<Value>>()});
    let mailbox = Arc::new(Mailbox::default());
    let process = process(vec![function("handle", &path, blob, Intake::Single)], Some(&mailbox));
    let replied = reply(&process, &event, None).await;
    let failed = json!([{"itemIdentifier": "id-1"}, {"itemIdentifier": "id-2"}]);
    assert_eq!(replied, Ok(json!({"batchItemFailures": failed})));
    let letters = mailbox.letters.lock().expect("no panic");
    let bodies: Vec<Value> = letters.iter().map(|it| serde_json::from_str(&it.body).expect("JSON")).collect();
    let alone = |at, word| json!({"Records": [s3_record(at, key(word).as_deref())]});
    assert_eq!(bodies, [alone(0, Word::Reject), alone(2, Word::Broken), alone(0, Word::Garbage)]);
}

#[tokio::test]
async fn nothing_is_named_by_an_empty_text() {
    let queue = json!({"kind": "queue", "queue": "orders"});
    for broken in [json!(null), json!(""), json!(7)] {
        let mut event = queue_event(&[Word::Ok, Word::Ok], false);
        event["Records"][1]["messageId"] = broken;
        let run = async |mailbox: Option<&Arc<Mailbox>>| {
            let process = process(vec![function("handle", &queue, super::support::queue, Intake::Single)], mailbox);
            reply(&process, &event, None).await
        };
        let failure = run(None).await.expect_err("the whole batch fails");
        assert_eq!(failure.kind(), "UnnamedItem");
        assert_eq!(run(Some(&Arc::default())).await, Ok(json!({"batchItemFailures": []})));
    }
}

#[tokio::test]
async fn dead_letters_say_what_came_and_why() {
    let mailbox = Arc::new(Mailbox::default());
    let trigger = json!({"kind": "queue", "queue": "orders", "ordered": true});
    let process = process(vec![function("fulfil", &trigger, queue, Intake::Single)], Some(&mailbox));
    let mut event = queue_event(&[Word::Reject, Word::Garbage], true);
    event["Records"][0]["messageAttributes"]["region"] = json!({"stringValue": "eu", "dataType": "String"});
    event["Records"][1]["body"] = "\u{0}".into();
    assert_eq!(reply(&process, &event, None).await, Ok(json!({"batchItemFailures": []})));
    let letters = mailbox.letters.lock().expect("no panic");
    let mut letters = letters.iter().collect::<Vec<_>>();
    letters.sort_by(|a, b| a.attributes["id"].cmp(&b.attributes["id"]));
    let [rejected, garbage] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!(rejected.body, "\"reject\"");
    let mut attributes = rejected.attributes.clone();
    assert!(attributes.remove("reason").is_some_and(|reason| reason.ends_with(": it is refused")), "{rejected:?}");
    let expected = json!({
        "attempt": "2", "attributes": "{\"region\":\"eu\"}", "encoding": "text", "function": "fulfil", "id": "id-0",
        "source": "SQS"
    });
    assert_eq!(json!(attributes), expected);
    assert_eq!((&*rejected.group, &*rejected.deduplication), ("group-0", "id-0"));
    assert_eq!((&*garbage.body, &*garbage.attributes["encoding"]), ("AA==", "base64"));
}

#[test]
fn the_queue_for_dead_letters_is_among_the_resources() {
    let resources = r#"{"queue/orders":"https://q/orders","dead-letter":"https://q/dead"}"#;
    assert_eq!(url_in(resources).expect("JSON").as_deref(), Some("https://q/dead"));
    assert_eq!(url_in("{}").expect("JSON"), None);
    assert!(url_in("[").is_err());
}
