//! The data of an event of Google's, which is JSON where the trigger was told so.

use crate::event::EventItem;
use crate::provider::cloud_events;
use crate::provider::field::{self, Fault};

/// The data as JSON.
pub(super) fn json(event: &EventItem) -> Result<&str, Fault> {
    if let Some(kind) = event.data_content_type.as_deref().filter(|kind| !cloud_events::is_json(kind)) {
        return Err(Fault(format!(
            "`data` is `{kind}`, and must be JSON: create the trigger with `--event-data-content-type=application/json`"
        )));
    }
    if event.data.is_empty() {
        return Err(Fault("`data` is missing".to_owned()));
    }
    field::utf8(&event.data).map_err(|Fault(why)| Fault(format!("`data` cannot be read: {why}")))
}
