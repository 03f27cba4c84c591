//! Which resources a process has: manifests say it in one variable.

use std::collections::BTreeMap;

use tusk_fn_spec::output::{Output, OutputKind};

use crate::idempotency::TableStore;
use crate::output::OutputErrorKind;
use crate::provider::{RESOURCES_VARIABLE, variable};

/// What manifests call `queue/orders`, and what the platform calls it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resources {
    names: BTreeMap<String, String>,
}

impl Resources {
    /// Those that the environment names.
    ///
    /// # Errors
    /// The variable cannot be read.
    pub(crate) fn of_process() -> Result<Self, String> {
        variable(RESOURCES_VARIABLE).map_or_else(|| Ok(Self::default()), |text| Self::read(&text))
    }

    /// Those that the text names.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let names = serde_json::from_str(text);
        names.map(|names| Self { names }).map_err(|error| format!("`{RESOURCES_VARIABLE}` cannot be read: {error}"))
    }

    /// All of them: what manifests call each, and what the platform does.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|(key, name)| (key.as_str(), name.as_str()))
    }

    /// What the platform calls an output.
    pub(crate) fn of(&self, output: &Output) -> Result<&str, OutputErrorKind> {
        match output.kind {
            OutputKind::Event => self.named("event"),
            OutputKind::Table if output.name == TableStore::NAME => self.named("idempotency"),
            kind => self.named(&format!("{}/{}", kind.name(), output.name)),
        }
    }

    /// What the platform calls that.
    pub(crate) fn named(&self, key: &str) -> Result<&str, OutputErrorKind> {
        self.names.get(key).map(String::as_str).ok_or_else(|| {
            OutputErrorKind::Unknown(format!(
                "`{RESOURCES_VARIABLE}` has no `{key}`; deploy with the template that belongs to this program"
            ))
        })
    }
}
