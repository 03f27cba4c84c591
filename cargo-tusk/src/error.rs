//! Every fault, and every word about it.
//!
//! What the spec and the manifests find is said in their words; here are those about files, cargo and the command line.

use std::io;
use std::path::{Path, PathBuf};

use tusk_fn_manifest::RenderError;
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::RecordError;
use tusk_fn_spec::suggest::{listed, nearest};

use crate::arch::ArchError;
use crate::image::ImageError;
use crate::lost::Lost;
use crate::registry::PushError;
use crate::template::NameFault;

/// Why a command ended before its time.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message())]
pub(crate) enum Error {
    /// A file cannot be read.
    Read { path: PathBuf, source: io::Error },
    /// A file or a folder cannot be written.
    Write { path: PathBuf, source: io::Error },
    /// Standard output cannot be written.
    Output(#[source] io::Error),
    /// A file is no program.
    NotAProgram { path: PathBuf, source: object::Error },
    /// A program has no functions.
    NoFunctions { path: PathBuf },
    /// A program has something else where the records should be.
    Record { path: PathBuf, source: Box<RecordError> },
    /// Cargo or rustc cannot be started.
    Start { program: String, source: io::Error },
    /// Cargo does not know what the workspace is.
    Metadata(Box<cargo_metadata::Error>),
    /// Cargo's configuration cannot be read.
    Configuration(Box<cargo_config2::Error>),
    /// Cargo could not build the program, and said why.
    Build,
    /// Cargo built no program.
    NothingBuilt { bin: String },
    /// There is no package of that name.
    UnknownPackage { name: String, known: Vec<String> },
    /// There is no program of that name.
    UnknownProgram { name: String, known: Vec<String> },
    /// The package has no program.
    NoProgram { packages: Vec<String> },
    /// There are several programs.
    SeveralPrograms { known: Vec<String> },
    /// The standard library for the target is not installed.
    MissingTarget { triple: String },
    /// Libraries whose functions are not in the program.
    Lost(Vec<Lost>),
    /// The provider cannot run the program.
    Render(Vec<RenderError>),
    /// Functions cannot run where they are to run.
    Impossible(Vec<Problem>),
    /// The manifests are not what would be written now.
    Stale { files: Vec<PathBuf> },
    /// The provider has no such processor.
    Arch(ArchError),
    /// The archive cannot be made.
    Archive(#[source] zip::result::ZipError),
    /// The image cannot be made.
    Image(#[source] ImageError),
    /// The provider runs no images.
    NothingToPush { target: Target },
    /// A function cannot have this name.
    Name { name: String, fault: NameFault },
    /// A file is to be made that is there already.
    Exists { path: PathBuf },
    /// A folder does not have the crate `tusk-fn`.
    NotTuskFn { path: PathBuf },
    /// A `Cargo.toml` cannot be read.
    Manifest { path: PathBuf, source: Box<toml_edit::TomlError> },
    /// The image cannot be pushed.
    Push(#[source] Box<PushError>),
}

/// What is printed about a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) place: Option<String>,
    pub(crate) help: Option<String>,
}

impl Error {
    /// 1 if a check failed, 2 if the command could not be carried out.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Lost(_) | Self::Render(_) | Self::Impossible(_) | Self::Stale { .. } => 1,
            // Whoever reads our output has read enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            _ => 2,
        }
    }

    /// What is printed; several for several faults, and nothing where cargo has said it all.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        match self {
            Self::Build => Vec::new(),
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Vec::new(),
            Self::Lost(libraries) => libraries.iter().map(Lost::problem).collect(),
            Self::Render(errors) => errors.iter().map(render_problem).collect(),
            Self::Impossible(problems) => problems.clone(),
            _ => vec![Problem { message: self.message(), place: None, help: self.help() }],
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Read { path, source } if source.kind() == io::ErrorKind::NotFound => {
                format!("there is no file `{}`", path.display())
            }
            Self::Read { path, source } => format!("`{}` cannot be read: {source}", path.display()),
            Self::Write { path, source } => format!("`{}` cannot be written: {source}", path.display()),
            Self::Output(source) => format!("standard output cannot be written: {source}"),
            Self::NotAProgram { path, source } => format!("`{}` is no compiled program: {source}", path.display()),
            Self::NoFunctions { path } => format!("`{}` has no functions", path.display()),
            Self::Record { path, source } => format!("`{}`: {source}", path.display()),
            Self::Start { program, source } => format!("`{program}` cannot be started: {source}"),
            Self::Metadata(source) => metadata_message(source),
            Self::Configuration(source) => format!("cargo's configuration cannot be read: {source}"),
            Self::Build => "cargo could not build the program".to_owned(),
            Self::NothingBuilt { bin } => format!("cargo built no program `{bin}`"),
            Self::UnknownPackage { name, .. } => format!("the workspace has no package `{name}`"),
            Self::UnknownProgram { name, .. } => format!("there is no program `{name}`"),
            Self::NoProgram { packages } => {
                format!("{} has no program to build", listed(packages.iter().map(String::as_str), "and"))
            }
            Self::SeveralPrograms { .. } => "there are several programs".to_owned(),
            Self::MissingTarget { triple } => format!("Rust's standard library for `{triple}` is not installed"),
            Self::Lost(_) => "functions are missing from the program".to_owned(),
            Self::Render(_) | Self::Impossible(_) => "the provider cannot run the program".to_owned(),
            Self::Stale { files } => {
                let names: Vec<_> = files.iter().map(|path| path.display().to_string()).collect();
                let are = if names.len() == 1 { "is" } else { "are" };
                format!("{} {are} not what would be written now", listed(names.iter().map(String::as_str), "and"))
            }
            Self::Arch(error) => error.to_string(),
            Self::Archive(source) => format!("the program cannot be packed: {source}"),
            Self::Image(error) => error.to_string(),
            Self::NothingToPush { target } => {
                format!("`--push` is for images, and `{}` is given an archive", target.name())
            }
            Self::Name { name, fault } => format!("a function cannot be called {name:?}: {}", fault.why),
            Self::Exists { path } => format!("`{}` is there already", path.display()),
            Self::NotTuskFn { path } => format!("`{}` has no crate `tusk-fn`", path.display()),
            Self::Manifest { path, source } => format!("`{}` cannot be read: {source}", path.display()),
            Self::Push(error) => error.to_string(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                "leave the file out, and the package is built first".to_owned()
            }
            Self::NotAProgram { path, .. } => not_a_program_help(path),
            Self::NoFunctions { .. } => {
                "a function has `#[tusk_fn(…)]` and the program `tusk_fn::main!()`; those of a library are only linked if the \
                 program names it: `use your_lib as _;`"
                    .to_owned()
            }
            Self::UnknownPackage { name, known } | Self::UnknownProgram { name, known } => {
                match nearest(name, known.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if known.is_empty() => return None,
                    None => format!("there is {}", listed(known.iter().map(String::as_str), "and")),
                }
            }
            Self::NoProgram { .. } => "choose a package that has one: `--package NAME`".to_owned(),
            Self::SeveralPrograms { known } => {
                format!("choose one with `--bin`: {}", listed(known.iter().map(String::as_str), "or"))
            }
            Self::MissingTarget { triple } => format!("install it: rustup target add {triple}"),
            Self::Stale { .. } => "write it with the same command without `--check`".to_owned(),
            Self::Arch(error) => error.help(),
            Self::Image(error) => return error.help(),
            Self::NothingToPush { .. } => {
                "leave out `--push`; `google` and `knative` are given images".to_owned()
            }
            Self::Name { fault, .. } => format!("did you mean `{}`?", fault.near.as_ref()?),
            Self::Exists { .. } => "choose another name, or remove it first; nothing was changed".to_owned(),
            Self::NotTuskFn { .. } => "give the folder that tusk-fn was cloned into".to_owned(),
            Self::Push(error) => return error.help(),
            _ => return None,
        })
    }
}

fn not_a_program_help(path: &Path) -> String {
    let source = path.extension().is_some_and(|it| it == "rs" || it == "toml");
    if source || path.is_dir() {
        "leave the path out, and the package is built first; `--manifest-path` chooses another one".to_owned()
    } else {
        "give an ELF, Mach-O or PE file, such as `target/release/NAME`".to_owned()
    }
}

/// Cargo's own words where it has said something.
fn metadata_message(error: &cargo_metadata::Error) -> String {
    match error {
        cargo_metadata::Error::CargoMetadata { stderr } => {
            let text = stderr.trim();
            text.strip_prefix("error: ").unwrap_or(text).to_owned()
        }
        other => format!("cargo does not say what the workspace is: {other}"),
    }
}

fn render_problem(error: &RenderError) -> Problem {
    Problem {
        message: error.to_string(),
        place: error.place.as_ref().map(|place| match error.key() {
            Some(key) => format!("{place}, key `{key}`"),
            None => place.to_string(),
        }),
        help: error.help(),
    }
}
