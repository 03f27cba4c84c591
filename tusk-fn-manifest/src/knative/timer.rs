//! What fires a timer: a `PingSource`, straight to the function. It has no data: the event's own time is all that a timer needs.
//!
//! The zone is always named: without one, a `PingSource` means the clock of whatever runs it.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::schedule::UnsupportedSchedule;
use tusk_fn_spec::trigger::timer::Timer;

use super::{Deployed, object};
use crate::yaml::{Tree, entries, map};

/// The source of a timer's instants.
pub(super) fn source(
    record: &FunctionRecord,
    timer: &Timer,
    deployed: &Deployed<'_>,
) -> Result<Tree, UnsupportedSchedule> {
    let schedule = timer.schedule.to_knative()?;
    let mut tree = object("sources.knative.dev/v1", "PingSource", &deployed.object(record));
    let spec = map([
        ("schedule", schedule.into()),
        ("timezone", timer.zone.as_str().into()),
        ("sink", deployed.function(record)),
    ]);
    tree.extend(entries([("spec", spec)]));
    Ok(Tree::Map(tree))
}
