//! The file that is uploaded: the program, ready to be executed, and what is packed with it.
//!
//! Its bytes depend on those of what is in it and on nothing else: no time, no owner, no order in which files were found, one
//! implementation of the compression.

use std::io::{Cursor, Write as _};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// A file of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry<'a> {
    /// Its path, with `/`.
    pub(crate) name: &'a str,
    pub(crate) contents: &'a [u8],
    /// Whether it is executed.
    pub(crate) executable: bool,
}

/// An archive with these files in it.
pub(crate) fn pack(mut entries: Vec<Entry<'_>>) -> Result<Vec<u8>, ZipError> {
    entries.sort_unstable();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        writer.start_file(entry.name, options(entry.executable))?;
        writer.write_all(entry.contents)?;
    }
    Ok(writer.finish()?.into_inner())
}

fn options(executable: bool) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .system(System::Unix)
        .unix_permissions(if executable { 0o755 } else { 0o644 })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn a_program_is_executable_and_the_bytes_are_always_the_same() {
        let program = Entry { name: "handler", contents: b"program", executable: true };
        let host = Entry { name: "host.json", contents: b"{}", executable: false };
        let packed = pack(vec![program, host]).unwrap();
        assert_eq!(packed, pack(vec![host, program]).unwrap());
        let mut archive = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        assert_eq!(archive.len(), 2);
        for (entry, mode) in [(program, 0o755), (host, 0o644)] {
            let mut file = archive.by_name(entry.name).unwrap();
            assert_eq!(file.unix_mode().map(|mode| mode & 0o777), Some(mode));
            assert_eq!(file.last_modified(), Some(DateTime::default()));
            let mut contents = Vec::new();
            file.read_to_end(&mut contents).unwrap();
            assert_eq!(contents, entry.contents);
        }
    }
}
