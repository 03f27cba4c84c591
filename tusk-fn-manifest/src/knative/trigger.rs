//! What brings a function its events: a Trigger of the broker, with the function's name as the path.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use super::filter::Filter;
use super::{Deployed, broker, object_with};
use crate::yaml::{Tree, entries, map};

/// Kafka's broker keeps the order of a partition only where it is told to ("Configuring the order of delivered events"); the
/// others keep none, and do not read this.
const ORDER: (&str, &str) = ("kafka.eventing.knative.dev/delivery.order", "ordered");

/// The Trigger of a function.
pub(super) fn trigger(record: &FunctionRecord, functions: &[&FunctionRecord], deployed: &Deployed<'_>) -> Tree {
    let order = || entries([("annotations", map([(ORDER.0, ORDER.1.into())]))]);
    let more = if is_log(record) { order() } else { Vec::new() };
    let mut tree = object_with("eventing.knative.dev/v1", "Trigger", &deployed.object(record), more);
    let mut spec = entries([("broker", deployed.broker().into())]);
    spec.extend(Filter::of(record).into_entry());
    spec.extend(entries([
        ("subscriber", deployed.function(record)),
        ("delivery", broker::delivery(record, functions, deployed)),
    ]));
    tree.extend(entries([("spec", Tree::Map(spec))]));
    Tree::Map(tree)
}

/// Whether a function's events have an order: the records of a stream, and the changes of a table.
fn is_log(record: &FunctionRecord) -> bool {
    match &record.trigger {
        Trigger::Stream(_) | Trigger::Database(_) => true,
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Queue(_)
        | Trigger::Topic(_)
        | Trigger::Event(_) => false,
    }
}
