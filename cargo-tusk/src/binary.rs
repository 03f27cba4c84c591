//! Reads records out of what a compiler wrote: programs (ELF, Mach-O, also for several processors, PE) and Rust libraries.
//!
//! Nothing is executed, and the processor does not matter.

use std::path::Path;

use object::read::archive::ArchiveFile;
use object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use object::{BinaryFormat, FileKind, Object as _, ObjectSection as _};
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::section;

use crate::bitcode;
use crate::error::Error;

/// The records of a program, sorted by name.
///
/// # Errors
/// A file that cannot be read or is no program, one without records, and records of another version.
pub(crate) fn records_of_program(path: &Path) -> Result<Vec<FunctionRecord>, Error> {
    let records = records_in_program(&read(path)?, path)?;
    if records.is_empty() { Err(Error::NoFunctions { path: path.to_owned() }) } else { Ok(records) }
}

/// The records of a program, of which there may be none.
pub(crate) fn records_in_program(bytes: &[u8], path: &Path) -> Result<Vec<FunctionRecord>, Error> {
    let section = section_of_program(bytes).map_err(|source| Error::NotAProgram { path: path.to_owned(), source })?;
    section::records(&section).map_err(|source| Error::Record { path: path.to_owned(), source: Box::new(source) })
}

/// The records that a Rust library (`.rlib`) declares. What cannot be read declares none: this is asked to find out whether
/// something is missing elsewhere.
pub(crate) fn records_of_library(path: &Path) -> Vec<FunctionRecord> {
    let Ok(bytes) = std::fs::read(path) else { return Vec::new() };
    let Ok(archive) = ArchiveFile::parse(bytes.as_slice()) else { return Vec::new() };
    archive
        .members()
        .filter_map(|member| member.ok()?.data(bytes.as_slice()).ok())
        .flat_map(|member| {
            if bitcode::is_bitcode(member) {
                return bitcode::records(member);
            }
            let section = section_of_object(member).unwrap_or_default();
            section::records(&section).unwrap_or_default()
        })
        .collect()
}

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

fn section_of_program(bytes: &[u8]) -> object::Result<Vec<u8>> {
    match FileKind::parse(bytes)? {
        FileKind::MachOFat32 => section_of_slices(bytes, MachOFatFile32::parse(bytes)?.arches()),
        FileKind::MachOFat64 => section_of_slices(bytes, MachOFatFile64::parse(bytes)?.arches()),
        _ => section_of_object(bytes),
    }
}

/// The first slice of a universal file that has records: all slices are one program.
fn section_of_slices(bytes: &[u8], slices: &[impl FatArch]) -> object::Result<Vec<u8>> {
    for slice in slices {
        let section = section_of_object(slice.data(bytes)?)?;
        if !section.is_empty() {
            return Ok(section);
        }
    }
    Ok(Vec::new())
}

fn section_of_object(bytes: &[u8]) -> object::Result<Vec<u8>> {
    let file = object::File::parse(bytes)?;
    let name = match file.format() {
        BinaryFormat::MachO => section::MACH_O,
        BinaryFormat::Coff | BinaryFormat::Pe => section::PE,
        _ => section::ELF,
    };
    let mut all = Vec::new();
    for section in file.sections() {
        if section.name_bytes().is_ok_and(|it| it == name.as_bytes()) {
            all.extend_from_slice(section.data()?);
            // An object file may have several; their last lines need not end.
            all.push(b'\n');
        }
    }
    Ok(all)
}
