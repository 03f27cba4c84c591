//! What an earlier build wrote for functions that are there no longer.
//!
//! On Azure each function has a folder, and the host takes every folder with a `function.json` for a function: one that was left
//! would still have its route, and let in whom that once let in. The archive has none of them; the folder beside it is for the
//! host on one's own machine, and for whoever publishes it from there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tusk_fn_manifest::{File, Package as Layout};
use tusk_fn_spec::provider::Target;

use crate::console;
use crate::error::Error;

/// By which the host knows a function's folder.
const FUNCTION: &str = "function.json";

/// The files of functions, in the provider's folder, that are not among these.
pub(crate) fn find(target: Target, folder: &Path, files: &[File]) -> Result<Vec<PathBuf>, Error> {
    let Some(packed) = Layout::of(target).and_then(|layout| layout.folder) else { return Ok(Vec::new()) };
    let parent = folder.join(packed);
    let failed = |source| Error::Read { path: parent.clone(), source };
    let entries = match fs::read_dir(&parent) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path().join(FUNCTION);
        if path.is_file() && files.iter().all(|file| folder.join(&file.path) != path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Removes such files, and their folders if nothing else is there.
pub(crate) fn remove(paths: &[PathBuf]) -> Result<(), Error> {
    for path in paths {
        fs::remove_file(path).map_err(|source| Error::Write { path: path.clone(), source })?;
        // A folder with something else in it is no function's any more, and somebody's.
        let _ = path.parent().map(fs::remove_dir);
        console::print_status("Removed", path.display());
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn only_the_functions_of_earlier_builds_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let app = folder.path().join("app");
        for name in ["h10-users", "old", "kept"] {
            fs::create_dir_all(app.join(name)).unwrap();
            fs::write(app.join(name).join(FUNCTION), "{}").unwrap();
        }
        fs::write(app.join("kept/notes.txt"), "").unwrap();
        fs::create_dir_all(app.join("static")).unwrap();
        let file = |path: &str| File { path: path.to_owned(), contents: String::new(), executable: false };
        let files = [file("template.json"), file("app/host.json"), file("app/h10-users/function.json")];
        for target in [Target::Aws, Target::Google, Target::Knative] {
            assert!(find(target, folder.path(), &files).unwrap().is_empty());
        }
        assert!(find(Target::Azure, &folder.path().join("other"), &files).unwrap().is_empty());
        let found = find(Target::Azure, folder.path(), &files).unwrap();
        assert_eq!(found, ["kept", "old"].map(|name| app.join(name).join(FUNCTION)));
        remove(&found).unwrap();
        assert!(find(Target::Azure, folder.path(), &files).unwrap().is_empty());
        assert!(app.join("h10-users/function.json").is_file() && app.join("static").is_dir());
        assert!(app.join("kept/notes.txt").is_file() && !app.join("old").exists());
    }
}
