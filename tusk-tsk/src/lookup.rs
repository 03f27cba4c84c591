//! Which files are a project's configuration, and how they are put together.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Fault};
use crate::evaluate::Session;
use crate::reader::{Reader, Tree};
use crate::source::Span;
use crate::value::{Node, Table, Value};

/// The variable that names the file to read in place of those that are found.
pub const CONFIG_VARIABLE: &str = "TUSKLANG_CONFIG";

/// The file's name, and the other one that is found.
const NAMES: [&str; 2] = ["peanut.tsk", "peanu.tsk"];

impl Reader<'_> {
    /// Reads a project's configuration: `peanut.tsk` (or `peanu.tsk`) of a package, of the folders above it, and of the
    /// workspace's root, where the search ends. Tables are merged, and what is nearer to the package wins.
    ///
    /// If the environment has [`CONFIG_VARIABLE`], the file that it names, relative to the package, is read and no other. Home
    /// directories and `/etc` are never looked at. A project without a file has an empty configuration.
    ///
    /// # Errors
    ///
    /// A fault of one of the files, both names in one folder, or a file that is named and not there.
    pub fn load(&self, package: &Path, workspace: &Path) -> Result<Tree<'static>, Error> {
        let mut session = Session::new(self);
        let read = match self.variable(CONFIG_VARIABLE).filter(|path| !path.is_empty()) {
            Some(named) => load_named(&mut session, &package.join(named)),
            None => load_found(&mut session, package, workspace),
        };
        match read {
            Ok(table) => Ok(Tree { root: Node::new(Value::Table(table), Span::default()), sources: session.sources }),
            Err(Failure::Fault(fault)) => Err(fault.located(&session.sources)),
            Err(Failure::File(path, kind)) => Err(Error::new(kind).in_file(&path.to_string_lossy())),
        }
    }
}

enum Failure {
    /// Within a file.
    Fault(Fault),
    /// Of a file as a whole.
    File(PathBuf, ErrorKind),
}

fn load_named(session: &mut Session<'_>, path: &Path) -> Result<Table<'static>, Failure> {
    match text_of(session.reader, path)? {
        Some(text) => read(session, path, &text),
        None => Err(unreadable(path, format!("there is no such file, and `{CONFIG_VARIABLE}` names it"))),
    }
}

fn load_found(session: &mut Session<'_>, package: &Path, workspace: &Path) -> Result<Table<'static>, Failure> {
    let inside = package.starts_with(workspace);
    let mut merged = Table::open();
    let mut found = Vec::new();
    for directory in package.ancestors() {
        let mut here = Vec::new();
        for name in NAMES {
            let path = directory.join(name);
            if let Some(text) = text_of(session.reader, &path)? {
                here.push((path, text));
            }
        }
        if let [_, (second, _)] = here.as_slice() {
            let kind = ErrorKind::TwoFiles { directory: directory.to_string_lossy().into_owned() };
            return Err(Failure::File(second.clone(), kind));
        }
        found.extend(here);
        if directory == workspace || !inside {
            break;
        }
    }
    for (path, text) in found.into_iter().rev() {
        merged.overlay(read(session, &path, &text)?);
    }
    Ok(merged)
}

fn read(session: &mut Session<'_>, path: &Path, text: &str) -> Result<Table<'static>, Failure> {
    session.read(path.to_path_buf(), text).map(Table::into_owned).map_err(Failure::Fault)
}

fn text_of(reader: &Reader<'_>, path: &Path) -> Result<Option<String>, Failure> {
    match reader.file(path) {
        Some(Ok(text)) => Ok(text),
        Some(Err(error)) => Err(unreadable(path, error.to_string())),
        None => {
            Err(Failure::File(path.to_path_buf(), ErrorKind::NoFiles { file: path.to_string_lossy().into_owned() }))
        }
    }
}

fn unreadable(path: &Path, reason: String) -> Failure {
    let file = path.to_string_lossy().into_owned();
    Failure::File(path.to_path_buf(), ErrorKind::UnreadableFile { file, reason })
}
