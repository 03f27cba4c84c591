//! `cargo tusk manifest`: a program's deployment manifests, without the program. `cargo tusk build` writes the same.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anstyle::AnsiColor;
use similar::{ChangeTag, TextDiff};
use tusk_fn_manifest::{Architecture, File, Manifest, Note, Project, ResourceKind, render};
use tusk_fn_spec::provider::Target;

use crate::arch::Arch;
use crate::cargo::{self, Built, Profile, Workspace};
use crate::cli::ManifestOptions;
use crate::error::{Error, Problem};
use crate::program::Program;
use crate::{binary, console, files, leftover, lost};

pub(crate) fn run(options: &ManifestOptions) -> Result<(), Error> {
    let target = options.provider.0;
    let arch = Arch::choose(target, options.arch).map_err(Error::Arch)?;
    let workspace = Workspace::load(&options.selection)?;
    let program = workspace.program(&options.selection)?;
    let built = cargo::build(&program, &options.selection, Profile::Debug, None)?;
    let manifest = rendered(&workspace, &program, &built, &binary::read(&built.executable)?, arch, options)?;
    let folder = folder(&workspace, options);
    if options.check { check(target, &folder, &manifest.files) } else { write(target, &folder, &manifest.files) }
}

/// The folder that the manifests are in.
pub(crate) fn folder(workspace: &Workspace, options: &ManifestOptions) -> PathBuf {
    match &options.out {
        Some(folder) => folder.clone(),
        None => workspace.target_directory().join("tusk").join(options.provider.0.name()),
    }
}

/// Writes the manifests, and removes what an earlier run wrote for functions that are there no longer.
pub(crate) fn write(target: Target, folder: &Path, files: &[File]) -> Result<(), Error> {
    let leftover = leftover::find(target, folder, files)?;
    for file in files {
        files::write(&folder.join(&file.path), file.contents.as_bytes(), file.executable)?;
    }
    leftover::remove(&leftover)
}

/// The manifests of a program that was built.
pub(crate) fn rendered(
    workspace: &Workspace,
    program: &Program,
    built: &Built,
    bytes: &[u8],
    arch: Arch,
    options: &ManifestOptions,
) -> Result<Manifest, Error> {
    let records = binary::records_in_program(bytes, &built.executable)?;
    let lost = lost::find(workspace, program, built, &records);
    if !lost.is_empty() {
        return Err(Error::Lost(lost));
    }
    if records.is_empty() {
        return Err(Error::NoFunctions { path: built.executable.clone() });
    }
    let mut project = Project::new(&program.bin, records)
        .with_architecture(arch.into())
        .with_command(command(program, arch, options));
    for it in &options.existing {
        project = project.with_existing(it.kind, &it.name, &it.physical);
    }
    for it in &options.key {
        project = project.with_key(it.kind, &it.name, &it.physical);
    }
    let manifest = render(&project, options.provider.0).map_err(Error::Render)?;
    for note in &manifest.notes {
        console::print_note(&problem_of(note));
    }
    Ok(manifest)
}

/// The command that writes these manifests: the same from wherever and however it was typed.
fn command(program: &Program, arch: Arch, options: &ManifestOptions) -> String {
    let mut words = vec!["cargo tusk build --provider".to_owned(), options.provider.0.name().to_owned()];
    if Architecture::from(arch) != Architecture::usual(options.provider.0) {
        words.extend(["--arch".to_owned(), arch.name().to_owned()]);
    }
    let existing = options.existing.iter().map(|it| ("existing", it));
    for (option, it) in existing.chain(options.key.iter().map(|it| ("key", it))) {
        let word = it.kind.name().replace(' ', "-");
        let logical = if it.kind == ResourceKind::EventBus { word } else { format!("{word}/{}", it.name) };
        words.push(format!("--{option} {logical}={}", it.physical));
    }
    words.extend(program.choice.iter().cloned());
    words.extend(options.selection.feature_arguments());
    words.join(" ")
}

/// A note as it is printed.
pub(crate) fn problem_of(note: &Note) -> Problem {
    Problem { message: note.message(), place: Some(note.place.to_string()), help: note.help() }
}

/// Compares the manifests in the folder with these, and prints how they differ. What is left over should not be there.
pub(crate) fn check(target: Target, folder: &Path, files: &[File]) -> Result<(), Error> {
    let mut stale = Vec::new();
    let leftover = leftover::find(target, folder, files)?;
    let wanted = files.iter().map(|file| (folder.join(&file.path), file.contents.as_str()));
    for (path, contents) in wanted.chain(leftover.into_iter().map(|path| (path, ""))) {
        let present = match fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(Error::Read { path, source }),
        };
        if present != contents {
            print_difference(&path, &present, contents).map_err(Error::Output)?;
            stale.push(path);
        }
    }
    if !stale.is_empty() {
        return Err(Error::Stale { files: stale });
    }
    console::print_status("Fresh", listed(folder, files));
    Ok(())
}

fn listed(folder: &Path, files: &[File]) -> String {
    let paths: Vec<PathBuf> = files.iter().map(|file| folder.join(&file.path)).collect();
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// A unified difference, as `diff -u` and `git diff` write it.
fn print_difference(path: &Path, present: &str, rendered: &str) -> std::io::Result<()> {
    let mut out = anstream::stdout().lock();
    let difference = TextDiff::from_lines(present, rendered);
    let unified = difference.unified_diff();
    writeln!(out, "--- {}\n+++ {} (now)", path.display(), path.display())?;
    for hunk in unified.iter_hunks() {
        writeln!(out, "{}", hunk.header())?;
        for change in hunk.iter_changes() {
            let style = match change.tag() {
                ChangeTag::Delete => AnsiColor::Red.on_default(),
                ChangeTag::Insert => AnsiColor::Green.on_default(),
                ChangeTag::Equal => anstyle::Style::new(),
            };
            let line = change.value().trim_end_matches('\n');
            writeln!(out, "{style}{}{line}{style:#}", change.tag())?;
        }
    }
    Ok(())
}
