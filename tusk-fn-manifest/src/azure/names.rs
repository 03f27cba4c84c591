//! What things are called: within the rules of each service, and never two of one kind alike.
//!
//! A resource's logical name is a DNS label that begins with a letter, so that what is made here beside them has a dot or a `_`, or
//! begins with a digit; capitals would not do, since ids know no case. Queues and topics of Service Bus share their names, and so do not have the same.
//! What has a name of its own in the world has the program's, and a hash of the resource group.

use std::fmt::Write as _;

/// The database of tables whose logical name has none, and of what the program keeps for itself.
pub(super) const DATABASE: &str = "tusk_tables";
/// Where functions remember how far they have read the changes of tables.
pub(super) const LEASES: &str = "tusk_leases";
/// Where idempotent functions remember what they have handled.
pub(super) const IDEMPOTENCY: &str = "tusk_idempotency";
/// Where the packed program lies.
pub(super) const PACKAGE: &str = "app-package";
/// Where events lie that could not be delivered.
pub(super) const UNDELIVERED: &str = "undelivered-events";

/// How much of a program's name is in the names of its resources: they have 44 characters at most (Cosmos DB), with a hash of
/// 13.
const LONGEST_LABEL: usize = 24;
/// "Service Bus quotas": a subscription. "Event Hubs quotas": a consumer group.
const LONGEST_GROUP: usize = 50;
/// "Naming rules and restrictions for Azure resources": event subscriptions.
const LONGEST_EVENT_SUBSCRIPTION: usize = 64;
/// "Naming rules and restrictions for Azure resources": containers, event subscriptions.
const SHORTEST: usize = 3;

/// A program's name as the names of its resources have it.
pub(super) fn label(program: &str) -> String {
    let small = program.to_lowercase();
    let words: Vec<&str> = small.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let label = words.join("-");
    let label = if label.starts_with(|c: char| c.is_ascii_lowercase()) { label } else { format!("app-{label}") };
    let cut: String = label.chars().take(LONGEST_LABEL).collect();
    cut.trim_end_matches('-').to_owned()
}

/// A topic of Service Bus.
pub(super) fn topic(name: &str) -> String {
    format!("{name}.topic")
}

/// The queue of the events that are for a function.
pub(super) fn inbox(function: &str) -> String {
    format!("{function}.inbox")
}

/// A function's subscription of a topic, or its group among the readers of a stream.
pub(super) fn group(function: &str) -> String {
    fitted(function, 1, LONGEST_GROUP, |c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// A function's subscription of events.
pub(super) fn event_subscription(function: &str) -> String {
    fitted(function, SHORTEST, LONGEST_EVENT_SUBSCRIPTION, |c| c.is_ascii_alphanumeric() || c == '-')
}

/// The container of a bucket.
pub(super) fn container(bucket: &str) -> String {
    if bucket.len() < SHORTEST { format!("0-{bucket}") } else { bucket.to_owned() }
}

/// The database and the container of a table.
pub(super) fn table(name: &str) -> (&str, &str) {
    name.split_once('/').unwrap_or((DATABASE, name))
}

/// The name itself if it keeps the rules; else what is left of it, with a hash.
fn fitted(name: &str, least: usize, most: usize, is_allowed: impl Fn(char) -> bool) -> String {
    const HASH: usize = 1 + 16;
    if (least..=most).contains(&name.len()) && name.chars().all(&is_allowed) {
        return name.to_owned();
    }
    let mut kept: String = name.chars().map(|c| if is_allowed(c) { c } else { '-' }).take(most - HASH).collect();
    let _ = write!(kept, "-{:016x}", hash(name));
    kept
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_keeps_the_rules_of_all_services() {
        for (program, expected) in [
            ("orders", "orders"),
            ("My_Shop", "my-shop"),
            ("7eleven", "app-7eleven"),
            ("__", "app"),
            ("a--b", "a-b"),
            ("a-program-whose-name-is-long", "a-program-whose-name-is"),
        ] {
            assert_eq!(label(program), expected);
        }
    }

    #[test]
    fn names_are_kept_where_they_keep_the_rules() {
        assert_eq!(group("get_user"), "get_user");
        assert_eq!(group(&"a".repeat(50)), "a".repeat(50));
        assert_eq!(event_subscription("invoice"), "invoice");
        assert_eq!(
            (container("b"), container("to"), container("uploads")),
            ("0-b".into(), "0-to".into(), "uploads".into())
        );
        assert_eq!((table("stock"), table("shop/stock")), (("tusk_tables", "stock"), ("shop", "stock")));
        assert_eq!(hash("foobar"), 0x8594_4171_f739_67e8);
    }

    proptest::proptest! {
        #[test]
        fn names_keep_the_rules_and_stay_apart(a in "[a-zA-Z][a-zA-Z0-9_-]{0,61}[a-z]", b in "[a-z][ab_-]{0,2}[a-z]?") {
            for name in [&a, &b] {
                assert!((1..=50).contains(&group(name).len()));
                let subscription = event_subscription(name);
                assert!((3..=64).contains(&subscription.len()) && !subscription.contains('_'), "{subscription}");
            }
            assert_eq!(group(&a) == group(&b), a == b);
            assert_eq!(event_subscription(&a) == event_subscription(&b), a == b);
        }
    }
}
