//! How function records stand in an object file.
//!
//! Each `#[tusk_fn]` puts one line of JSON into a link section of its own. `cargo tusk` reads the section out of the finished
//! file, whatever its architecture, and never runs it. The linker may order the lines as it likes and put zero bytes between.

use crate::record::{FunctionRecord, RecordError};

/// The section's name in an ELF file.
pub const ELF: &str = "tusk_fn";
/// The section's name in a Mach-O file, within the segment `__DATA`.
pub const MACH_O: &str = "__tusk_fn";
/// The section's name in a PE file (eight bytes at most).
pub const PE: &str = ".tuskfn";

/// The records in a section's bytes, sorted by name.
///
/// # Errors
/// A line that is no record of this version of tusk-fn.
pub fn records(section: &[u8]) -> Result<Vec<FunctionRecord>, RecordError> {
    let mut records = section
        .split(|byte| *byte == b'\n' || *byte == 0)
        .filter(|line| !line.is_empty())
        .map(FunctionRecord::from_json)
        .collect::<Result<Vec<_>, _>>()?;
    records.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.source.file.cmp(&b.source.file)));
    Ok(records)
}
