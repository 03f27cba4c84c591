//! Writes files, and says so.

use std::fs;
use std::path::Path;

use crate::console;
use crate::error::Error;

/// Writes a file, which people may execute or not, and the folders that it is in.
pub(crate) fn write(path: &Path, contents: &[u8], executable: bool) -> Result<(), Error> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, contents).map_err(failed)?;
    if executable {
        make_executable(path).map_err(failed)?;
    }
    print_written(path, contents.len());
    Ok(())
}

/// Lets everybody execute a file who may read it.
#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// Other systems tell by a file's name what can be executed.
#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
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
