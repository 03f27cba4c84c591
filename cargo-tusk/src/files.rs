//! Writes files, and says so.

use std::fs;
use std::path::Path;

use crate::console;
use crate::error::Error;

/// Writes a file, and the folders that it is in.
pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, contents).map_err(failed)?;
    print_written(path, contents.len());
    Ok(())
}

/// Says that something of so many bytes was written.
pub(crate) fn print_written(path: &Path, bytes: usize) {
    console::print_status("Wrote", format_args!("{} ({})", path.display(), size(bytes)));
}

/// A number of bytes for people.
pub(crate) fn size(bytes: usize) -> String {
    let kilobytes = bytes.div_ceil(1024);
    if kilobytes < 1024 {
        format!("{kilobytes} KB")
    } else {
        let tenths = kilobytes * 10 / 1024;
        format!("{}.{} MB", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_for_people() {
        assert_eq!(size(1), "1 KB");
        assert_eq!(size(300 * 1024), "300 KB");
        assert_eq!(size(5 * 1024 * 1024 / 2), "2.5 MB");
    }
}
