//! How a Service is told where the broker is: a `SinkBinding` writes the broker's URL into its variable `K_SINK`, and
//! whatever else a sender has to know ("Create a `SinkBinding`").
//!
//! A Service that starts before the broker has an address is told later, by a revision of its own.

use super::{Deployed, object, reference};
use crate::container::Service;
use crate::yaml::{Tree, entries, map};

/// The `SinkBinding` of a Service.
pub(super) fn binding(service: &Service<'_>, deployed: &Deployed<'_>) -> Tree {
    let mut tree = object("sources.knative.dev/v1", "SinkBinding", &service.name);
    let broker = reference("eventing.knative.dev/v1", "Broker", deployed.broker());
    let spec = map([
        ("subject", reference("serving.knative.dev/v1", "Service", &service.name)),
        ("sink", map([("ref", broker)])),
    ]);
    tree.extend(entries([("spec", spec)]));
    Tree::Map(tree)
}
