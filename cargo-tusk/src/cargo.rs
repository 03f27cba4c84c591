//! Talks to cargo: what the workspace is, and building a program of it.

use std::ffi::OsString;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::{Artifact, Message, Metadata, MetadataCommand, PackageId, TargetKind};

use crate::cli::Selection;
use crate::cross::Cross;
use crate::error::Error;
use crate::program::Program;

/// What cargo knows of the workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) metadata: Metadata,
}

/// How much the compiler is to optimise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Debug,
    Release,
}

/// What a build made.
#[derive(Debug)]
pub(crate) struct Built {
    /// The program.
    pub(crate) executable: PathBuf,
    /// The Rust libraries that it was made of, some of which the linker may have left out.
    pub(crate) libraries: Vec<Library>,
}

/// A Rust library and its package.
#[derive(Debug)]
pub(crate) struct Library {
    pub(crate) package: PackageId,
    pub(crate) path: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn load(selection: &Selection) -> Result<Self, Error> {
        let mut command = MetadataCommand::new();
        command.cargo_path(cargo());
        if let Some(path) = &selection.manifest_path {
            command.manifest_path(path);
        }
        let mut options = selection.feature_arguments();
        if selection.locked {
            options.push("--locked".to_owned());
        }
        command.other_options(options);
        let metadata = command.exec().map_err(|error| Error::Metadata(Box::new(error)))?;
        Ok(Self { metadata })
    }

    /// Cargo's target directory.
    pub(crate) fn target_directory(&self) -> &Path {
        self.metadata.target_directory.as_std_path()
    }

    /// A path as a person would write it, from the workspace's root.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(self.metadata.workspace_root.as_std_path()).unwrap_or(path).display().to_string()
    }
}

/// Builds a program. What cargo says about it goes to standard error as it comes.
pub(crate) fn build(
    program: &Program,
    selection: &Selection,
    profile: Profile,
    cross: Option<&Cross>,
) -> Result<Built, Error> {
    let mut command = Command::new(cargo());
    command.args(["build", "--message-format", "json-render-diagnostics", "--bin", &program.bin]);
    command.arg("--manifest-path").arg(&program.manifest);
    command.args(selection.feature_arguments());
    if selection.locked {
        command.arg("--locked");
    }
    if profile == Profile::Release {
        command.arg("--release");
    }
    if let Some(cross) = cross {
        cross.apply(&mut command);
    }
    let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let failed = |source| Error::Start { program: cargo().to_string_lossy().into_owned(), source };
    let mut child = started.map_err(failed)?;
    let mut artifacts = Vec::new();
    if let Some(output) = child.stdout.take() {
        let messages = Message::parse_stream(BufReader::new(output));
        artifacts.extend(messages.map_while(Result::ok).filter_map(|message| match message {
            Message::CompilerArtifact(artifact) => Some(artifact),
            _ => None,
        }));
    }
    if !child.wait().map_err(failed)?.success() {
        return Err(Error::Build);
    }
    built(program, artifacts)
}

fn built(program: &Program, artifacts: Vec<Artifact>) -> Result<Built, Error> {
    let mut executable = None;
    let mut libraries = Vec::new();
    for artifact in artifacts {
        let is_program = artifact.package_id == program.package
            && artifact.target.name == program.bin
            && artifact.target.kind.contains(&TargetKind::Bin);
        if is_program {
            executable = artifact.executable.map(Into::into);
            continue;
        }
        let library = artifact.filenames.into_iter().find(|path| path.extension() == Some("rlib"));
        libraries.extend(library.map(|path| Library { package: artifact.package_id, path: path.into() }));
    }
    match executable {
        Some(executable) => Ok(Built { executable, libraries }),
        None => Err(Error::NothingBuilt { bin: program.bin.clone() }),
    }
}

/// The cargo that called this program, or the one in the path.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
