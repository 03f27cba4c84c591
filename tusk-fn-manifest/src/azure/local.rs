//! `local.settings.json`: what Azure Functions Core Tools tell the host on one's own machine. It is not deployed.
//!
//! Requests and timers run with Azurite alone; what needs Azure's services is off until its connection is put in.

use std::collections::BTreeMap;

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use super::settings::{HOST_STORAGE, PREFIX, PROVIDER};
use crate::json;
use crate::yaml::{Tree, map};

/// The text of the file.
pub(super) fn render(functions: &[&FunctionRecord]) -> String {
    let mut values: BTreeMap<String, Tree> = BTreeMap::new();
    for (name, value) in
        [("FUNCTIONS_WORKER_RUNTIME", "custom"), (HOST_STORAGE, "UseDevelopmentStorage=true"), PROVIDER, PREFIX]
    {
        values.insert(name.to_owned(), value.into());
    }
    for record in functions {
        match &record.trigger {
            Trigger::Http(_) | Trigger::Timer(_) => {}
            Trigger::Blob(_)
            | Trigger::Queue(_)
            | Trigger::Topic(_)
            | Trigger::Database(_)
            | Trigger::Stream(_)
            | Trigger::Event(_) => {
                values.insert(format!("AzureWebJobs.{}.Disabled", record.name), "true".into());
            }
        }
    }
    json::write(&map([("IsEncrypted", false.into()), ("Values", Tree::Map(values.into_iter().collect()))]))
}
