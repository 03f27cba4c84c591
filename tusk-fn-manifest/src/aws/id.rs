//! Logical ids: letters and digits only, made of the names of functions and resources so that two names never become one id.
//!
//! `get-user` becomes `GetUser`. That is unambiguous for names of small letters and digits in words that begin with a letter,
//! joined by single `-`: a capital stands for the beginning of a word. Every other name (`get_user`, `GetUser`, `v-2`,
//! `shop/stock`) is written character by character behind a small `n`, with a capital before what is no small letter or digit;
//! no id of the first kind begins with a small letter.
//!
//! What belongs to a function or is a resource has that and a word behind it. No such word ends in another one, nor does an id
//! that is fixed or that SAM makes up end in one, so that the function `users` with `Role` and a queue `users-function` stay
//! apart from all else.

use crate::ResourceKind;

/// The HTTP API.
pub(super) const API: &str = "Api";
/// The log group of the API's requests.
pub(super) const ACCESS_LOG: &str = "ApiAccessLog";
/// The parameter that says for how many days logs are kept.
pub(super) const RETENTION: &str = "LogRetentionDays";
/// The parameter that says how many requests a second the API lets through.
pub(super) const RATE: &str = "RequestsPerSecond";
/// The parameter that says how many requests the API lets through at once.
pub(super) const BURST: &str = "RequestBurst";
/// The parameter that says who is told of what could not be handled.
pub(super) const ALARM_TOPIC: &str = "AlarmTopicArn";
/// The condition that somebody is told.
pub(super) const ALARMS_ARE_SENT: &str = "AlarmsAreSent";
/// The table of the deliveries that were handled.
pub(super) const IDEMPOTENCY: &str = "Idempotency";

/// SAM's id of what it makes of a function's event is the function's and this.
pub(super) mod event {
    /// Messages of a queue.
    pub(in crate::aws) const MESSAGES: &str = "Messages";
    /// Changes of a table.
    pub(in crate::aws) const CHANGES: &str = "Changes";
    /// Records of a stream.
    pub(in crate::aws) const RECORDS: &str = "Records";
    /// Events of a bus.
    pub(in crate::aws) const RULE: &str = "Rule";
    /// A schedule.
    pub(in crate::aws) const SCHEDULE: &str = "Schedule";
}

/// What belongs to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    /// The function itself.
    Function,
    /// What the function may do.
    Role,
    /// What the function logs.
    Logs,
    /// What the scheduler may do.
    Invoker,
    /// The events that could not be handled.
    DeadLetters,
    /// Who else may send to the queue of those events.
    DeadLettersPolicy,
    /// Says that there are such events.
    DeadLettersAlarm,
    /// The queue of the function's own copies of a topic's messages.
    Inbox,
    /// Who may send to that queue.
    InboxPolicy,
    /// What brings the messages there.
    Subscription,
}

impl Own {
    const fn word(self) -> &'static str {
        match self {
            Self::Function => "Function",
            Self::Role => "Role",
            Self::Logs => "Logs",
            Self::Invoker => "Invoker",
            Self::DeadLetters => "DeadLetters",
            Self::DeadLettersPolicy => "DeadLettersPolicy",
            Self::DeadLettersAlarm => "DeadLettersAlarm",
            Self::Inbox => "Inbox",
            Self::InboxPolicy => "InboxPolicy",
            Self::Subscription => "Subscription",
        }
    }
}

/// The logical id of something that belongs to a function.
pub(super) fn of(name: &str, own: Own) -> String {
    stem(name) + own.word()
}

/// The logical id of a resource that functions refer to.
pub(super) fn of_resource(kind: ResourceKind, name: &str) -> String {
    stem(name) + word_of(kind)
}

/// The logical id of the alarm of a queue of dead letters.
pub(super) fn of_queue_alarm(name: &str) -> String {
    stem(name) + QUEUE_ALARM
}

/// The logical id of what is allowed with a bucket.
pub(super) fn of_bucket_policy(name: &str) -> String {
    stem(name) + BUCKET_POLICY
}

const QUEUE_ALARM: &str = "QueueAlarm";
const BUCKET_POLICY: &str = "BucketPolicy";

const fn word_of(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Queue => "Queue",
        ResourceKind::Topic => "Topic",
        ResourceKind::Bucket => "Bucket",
        ResourceKind::Table => "Table",
        ResourceKind::Stream => "Stream",
        ResourceKind::Secret => "Secret",
        ResourceKind::EventBus => "EventBus",
    }
}

fn stem(name: &str) -> String {
    if name.split('-').all(is_word) { name.split('-').map(capitalised).collect() } else { spelled(name) }
}

fn is_word(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_lowercase())
        && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
    first.to_ascii_uppercase() + rest
}

fn spelled(name: &str) -> String {
    let mut out = String::from("n");
    for c in name.chars() {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'A'..='Z' => out.extend(['C', c.to_ascii_lowercase()]),
            '-' => out.push('D'),
            '_' => out.push('U'),
            '/' => out.push('S'),
            // No name has another character; if one did, its number would still tell it apart.
            other => out.extend(["X", &format!("{:x}", u32::from(other)), "X"]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [Own; 10] = [
        Own::Function,
        Own::Role,
        Own::Logs,
        Own::Invoker,
        Own::DeadLetters,
        Own::DeadLettersPolicy,
        Own::DeadLettersAlarm,
        Own::Inbox,
        Own::InboxPolicy,
        Own::Subscription,
    ];

    /// Every word that can stand behind a name.
    fn words() -> Vec<&'static str> {
        let resources = ResourceKind::ALL.map(word_of);
        OWN.map(Own::word).into_iter().chain(resources).chain([QUEUE_ALARM, BUCKET_POLICY]).collect()
    }

    #[test]
    fn ordinary_names_read_well() {
        assert_eq!(of("users", Own::Function), "UsersFunction");
        assert_eq!(of("get-user2", Own::Role), "GetUser2Role");
        assert_eq!(of("get_user", Own::Logs), "ngetUuserLogs");
        assert_eq!(of("v-2", Own::Logs), "nvD2Logs");
        assert_eq!(of_resource(ResourceKind::Table, "stock"), "StockTable");
        assert_eq!(of_resource(ResourceKind::Table, "shop/stock"), "nshopSstockTable");
        assert_eq!(of_queue_alarm("failed-orders"), "FailedOrdersQueueAlarm");
    }

    #[test]
    fn no_word_ends_in_another() {
        let fixed = [API, ACCESS_LOG, RETENTION, RATE, BURST, ALARM_TOPIC, ALARMS_ARE_SENT, IDEMPOTENCY];
        let events = [event::MESSAGES, event::CHANGES, event::RECORDS, event::RULE, event::SCHEDULE];
        let by_sam = ["Stage", "Permission", "Config"];
        for word in words() {
            for other in words().into_iter().chain(fixed).chain(events).chain(by_sam) {
                assert!(word == other || !other.ends_with(word), "{other} ends in {word}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_two_names_have_one_id(
            a in "[a-cA-C][a-cA-CSU12_/-]{0,5}", b in "[a-cA-C][a-cA-CSU12_/-]{0,5}", x in 0..19usize, y in 0..19usize
        ) {
            let words = words();
            let (first, second) = (stem(&a) + words[x], stem(&b) + words[y]);
            proptest::prop_assert!(first.bytes().all(|b| b.is_ascii_alphanumeric()));
            proptest::prop_assert_eq!(first == second, a == b && x == y, "{} {}", a, b);
        }
    }
}
