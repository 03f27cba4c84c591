//! The functions that the program was linked with.
//!
//! Attributes register them through `inventory`, in no order that could be relied on; here they are sorted, their records
//! read again with the spec, and everything that could be wrong with them found before the first event.

use tusk_fn_spec::project::{Duplicate, duplicates};
use tusk_fn_spec::record::{FunctionRecord, RecordError};
use tusk_fn_spec::suggest::{listed, nearest};

use crate::dispatch::Function;
use crate::private::{Intake, Registration};
use crate::state::StateKey;

/// The functions of a program and the states that they take.
pub(crate) struct Registry {
    pub(crate) functions: Vec<Function>,
    pub(crate) wanted_states: Vec<(String, StateKey)>,
}

/// Something that is wrong with the functions of a program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// A record that cannot be read.
    #[error("this program holds a function that it cannot read: {0}")]
    Record(#[from] RecordError),
    /// A name or a route occurs twice.
    #[error(transparent)]
    Duplicate(#[from] Duplicate),
    /// No function at all.
    #[error(
        "this program has no functions; if they are in a library crate, the linker left it out: \
         name the crate in this program, as in `use your_library as _;`"
    )]
    Empty,
    /// A function for batches is to tell deliveries apart.
    #[error(
        "the function `{name}` takes a `Batch`, and has `idempotent`, which tells single items apart: take one item, or look in \
         the function for what was handled before"
    )]
    IdempotentBatch {
        /// The function.
        name: String,
    },
    /// A function is named that is not there.
    #[error("`{by}` names the function `{name}`, which this program does not have; {}", suggest(name, known))]
    Unknown {
        /// What names it: `TUSK_FN`, or what stands in its place.
        by: &'static str,
        /// The name.
        name: String,
        /// The functions that are there.
        known: Vec<String>,
    },
    /// What names functions is there, and names nothing.
    #[error("`{by}` is set, and names no function; name some of {}, or unset it", listed(known.iter().map(String::as_str), "and"))]
    NoneNamed {
        /// What should name them.
        by: &'static str,
        /// The functions that are there.
        known: Vec<String>,
    },
}

fn suggest(name: &str, known: &[String]) -> String {
    let known = known.iter().map(String::as_str);
    match nearest(name, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", listed(known, "and")),
    }
}

/// The functions that a process is limited to.
#[derive(Clone, Debug)]
pub(crate) struct Only {
    /// What says so.
    pub(crate) by: &'static str,
    /// Their names, separated by commas.
    pub(crate) names: String,
}

impl Registry {
    /// Collects the functions; `only` those, if the process is limited to some.
    pub(crate) fn collect(only: Option<&Only>) -> Result<Self, Vec<RegistryError>> {
        let mut errors = Vec::new();
        let mut found: Vec<(FunctionRecord, &Registration)> = Vec::new();
        for registration in inventory::iter::<Registration> {
            match FunctionRecord::from_json(registration.record.trim_ascii_end()) {
                Ok(record) => found.push((record, registration)),
                Err(error) => errors.push(error.into()),
            }
        }
        found.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let records: Vec<FunctionRecord> = found.iter().map(|(record, _)| record.clone()).collect();
        errors.extend(duplicates(&records).into_iter().map(RegistryError::from));
        if found.is_empty() && errors.is_empty() {
            errors.push(RegistryError::Empty);
        }
        if let Some(only) = only {
            errors.extend(select(&mut found, only));
        }
        let mut wanted_states = Vec::new();
        let mut functions = Vec::new();
        for (record, registration) in found {
            let requirements = (registration.requirements)();
            let source = &record.source;
            let place = format!("`{}` ({}:{})", source.function, source.file, source.line);
            wanted_states.extend(requirements.states.iter().map(|key| (place.clone(), *key)));
            if record.idempotent.is_some() && requirements.intake != Intake::Single {
                errors.push(RegistryError::IdempotentBatch { name: record.name.clone() });
            }
            functions.push(Function::new(record, registration.handler, &requirements));
        }
        if errors.is_empty() { Ok(Self { functions, wanted_states }) } else { Err(errors) }
    }
}

/// Leaves only the named functions.
fn select(found: &mut Vec<(FunctionRecord, &Registration)>, only: &Only) -> Vec<RegistryError> {
    let by = only.by;
    let names: Vec<&str> = only.names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let known: Vec<String> = found.iter().map(|(record, _)| record.name.clone()).collect();
    let unknown = names.iter().filter(|name| !known.iter().any(|it| it == *name));
    let mut errors: Vec<RegistryError> =
        unknown.map(|name| RegistryError::Unknown { by, name: (*name).to_owned(), known: known.clone() }).collect();
    if names.is_empty() && !known.is_empty() {
        errors.push(RegistryError::NoneNamed { by, known });
    }
    found.retain(|(record, _)| names.contains(&record.name.as_str()));
    errors
}
