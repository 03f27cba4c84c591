//! `cargo tusk build`: a program, packed, with its manifests.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anstyle::AnsiColor;
use similar::{ChangeTag, TextDiff};
use tusk_fn_manifest::{File, Manifest, Note, Project, ResourceKind, render, unsupported};

use crate::cargo::{self, Built, Profile, Workspace};
use crate::cli::{Arch, BuildOptions};
use crate::cross::Cross;
use crate::error::{Error, Problem};
use crate::program::Program;
use crate::{archive, binary, console, lost};

/// The archive's name, which the manifests refer to.
const ARCHIVE: &str = "bootstrap.zip";

pub(crate) fn run(options: &BuildOptions) -> Result<(), Error> {
    let target = options.provider.0;
    if let Some(error) = unsupported(target) {
        // Before the long way through the compiler.
        return Err(Error::Unsupported(Box::new(error)));
    }
    let workspace = Workspace::load(&options.selection)?;
    let program = workspace.program(&options.selection)?;
    let cross = Cross::prepare(options.arch, target)?;
    let built = cargo::build(&program, &options.selection, Profile::Release, Some(&cross))?;
    let bytes = binary::read(&built.executable)?;
    let manifest = manifest(&workspace, &program, &built, &bytes, options)?;
    for note in &manifest.notes {
        console::print_note(&problem_of(note));
    }
    let folder = match &options.out {
        Some(folder) => folder.clone(),
        None => workspace.target_directory().join("tusk").join(target.name()),
    };
    if options.check { check(&folder, &manifest.files) } else { write(&folder, &bytes, &manifest.files) }
}

fn manifest(
    workspace: &Workspace,
    program: &Program,
    built: &Built,
    bytes: &[u8],
    options: &BuildOptions,
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
        .with_architecture(options.arch.into())
        .with_command(command(program, options));
    for it in &options.existing {
        project = project.with_existing(it.kind, &it.name, &it.physical);
    }
    for it in &options.key {
        project = project.with_key(it.kind, &it.name, &it.physical);
    }
    render(&project, options.provider.0).map_err(Error::Render)
}

/// The command that writes these manifests: the same from wherever and however it was typed.
fn command(program: &Program, options: &BuildOptions) -> String {
    let mut words = vec!["cargo tusk build --provider".to_owned(), options.provider.0.name().to_owned()];
    match options.arch {
        Arch::Arm64 => {}
        Arch::X86_64 => words.extend(["--arch".to_owned(), options.arch.name().to_owned()]),
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

fn problem_of(note: &Note) -> Problem {
    Problem { message: note.message(), place: Some(note.place.to_string()), help: note.help() }
}

fn write(folder: &Path, program: &[u8], files: &[File]) -> Result<(), Error> {
    let packed = archive::pack(program).map_err(Error::Archive)?;
    write_file(&folder.join(ARCHIVE), &packed)?;
    for file in files {
        write_file(&folder.join(&file.path), file.contents.as_bytes())?;
    }
    Ok(())
}

fn write_file(path: &Path, contents: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, contents).map_err(failed)?;
    console::print_status("Wrote", format_args!("{} ({})", path.display(), size(contents.len())));
    Ok(())
}

/// A number of bytes for people.
fn size(bytes: usize) -> String {
    let kilobytes = bytes.div_ceil(1024);
    if kilobytes < 1024 {
        format!("{kilobytes} KB")
    } else {
        let tenths = kilobytes * 10 / 1024;
        format!("{}.{} MB", tenths / 10, tenths % 10)
    }
}

/// Compares the manifests in the folder with these, and prints how they differ.
fn check(folder: &Path, files: &[File]) -> Result<(), Error> {
    let mut stale = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        let present = match fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(Error::Read { path, source }),
        };
        if present != file.contents {
            print_difference(&path, &present, &file.contents).map_err(Error::Output)?;
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
