//! What a function adds that runs for events of the event bus.
//!
//! `EventBridge` calls an event's type `detail-type`. It knows no subject; the program puts that first among the `resources`.

use tusk_fn_spec::filter::Wildcard;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::event::Event;

use super::resource::Resources;
use super::rule::{self, Rule};
use super::{Part, Rendered, cfn};
use crate::yaml::{Tree, map};
use crate::{EVENT_BUS, ResourceKind};

pub(super) fn part(record: &FunctionRecord, event: &Event, resources: &Resources<'_>) -> Rendered<Part> {
    let is_existing = resources.is_existing(ResourceKind::EventBus, EVENT_BUS);
    let bus = is_existing.then(|| cfn::value(&resources.arn(ResourceKind::EventBus, EVENT_BUS)));
    rule::part(record, Rule { pattern: pattern(event), key: "type", bus }, Vec::new(), resources)
}

fn pattern(event: &Event) -> Tree {
    let fields = [
        ("detail-type", Some(&event.event_type)),
        ("source", event.source.as_ref()),
        ("resources", event.subject.as_ref()),
    ];
    let condition = |(key, wanted): (&str, Option<&Wildcard>)| wanted.map(|it| (key.to_owned(), [matching(it)].into()));
    Tree::Map(fields.into_iter().filter_map(condition).collect())
}

/// A text, or all that begin with one. That it is there is all that is left of one that begins with nothing.
pub(super) fn matching(wanted: &Wildcard) -> Tree {
    match wanted {
        Wildcard::Exact(text) => text.as_str().into(),
        Wildcard::Prefix(prefix) if prefix.is_empty() => map([("exists", true.into())]),
        Wildcard::Prefix(prefix) => map([("prefix", prefix.as_str().into())]),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_what_the_function_asks_for() {
        let event = |event_type: &str, source: Option<&str>, subject: Option<&str>| Event {
            event_type: event_type.parse().unwrap(),
            source: source.map(|text| text.parse().unwrap()),
            subject: subject.map(|text| text.parse().unwrap()),
        };
        assert_eq!(
            pattern(&event("com.example.paid", None, Some("orders/*"))),
            map([
                ("detail-type", ["com.example.paid"].into()),
                ("resources", [map([("prefix", "orders/".into())])].into())
            ])
        );
        assert_eq!(
            pattern(&event("*", Some("/shop"), None)),
            map([("detail-type", [map([("exists", true.into())])].into()), ("source", ["/shop"].into())])
        );
    }
}
