//! The checks that need all functions of a program.

use std::collections::BTreeMap;

use crate::record::FunctionRecord;

/// Something that two functions of one program have and only one may have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{what} is declared twice: by `{}` ({}:{}) and by `{}` ({}:{})",
    first.0, first.1, first.2, second.0, second.1, second.2
)]
pub struct Duplicate {
    /// What: a name, a route with its method, or a queue.
    pub what: String,
    /// The first function's path, its file and its line.
    pub first: (String, String, u32),
    /// The second function's.
    pub second: (String, String, u32),
}

/// Names and routes that occur more than once among a program's functions.
///
/// Within a crate the compiler refuses them, and across crates the linker; this is for what gets past both, such as one
/// function compiled into a program in two versions.
pub fn duplicates(records: &[FunctionRecord]) -> Vec<Duplicate> {
    let mut seen: BTreeMap<String, &FunctionRecord> = BTreeMap::new();
    let mut duplicates = Vec::new();
    for record in records {
        let name = format!("the function name `{}`", record.name);
        let routes =
            record.trigger.uniques().into_iter().map(|unique| format!("the {} `{}`", unique.key, unique.label));
        for what in std::iter::once(name).chain(routes) {
            match seen.get(&what) {
                Some(first) => duplicates.push(Duplicate { what, first: place(first), second: place(record) }),
                None => {
                    seen.insert(what, record);
                }
            }
        }
    }
    duplicates
}

fn place(record: &FunctionRecord) -> (String, String, u32) {
    let source = &record.source;
    (format!("{}::{}", source.module, source.function), source.file.clone(), source.line)
}
