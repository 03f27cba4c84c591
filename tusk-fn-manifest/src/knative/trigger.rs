//! What brings a function its events: a Trigger of the broker, with the function's name as the path.

use tusk_fn_spec::record::FunctionRecord;

use super::filter::Filter;
use super::{Deployed, broker, object};
use crate::yaml::{Tree, entries};

/// The Trigger of a function.
pub(super) fn trigger(record: &FunctionRecord, functions: &[&FunctionRecord], deployed: &Deployed<'_>) -> Tree {
    let mut tree = object("eventing.knative.dev/v1", "Trigger", &deployed.object(record));
    let mut spec = entries([("broker", deployed.broker().into())]);
    spec.extend(Filter::of(record).into_entry());
    spec.extend(entries([
        ("subscriber", deployed.function(record)),
        ("delivery", broker::delivery(record, functions, deployed)),
    ]));
    tree.extend(entries([("spec", Tree::Map(spec))]));
    Tree::Map(tree)
}
