//! `cargo tusk new`: a package with a function that builds, runs and passes its test.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::cargo;
use crate::cli::NewOptions;
use crate::dependencies::{self, TuskFn};
use crate::error::Error;
use crate::template::Name;
use crate::{console, files};

pub(crate) fn run(options: &NewOptions) -> Result<(), Error> {
    let folder = &options.path;
    let word = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let package = options.name.clone().unwrap_or_else(|| word.clone());
    let typed = options.function.clone().unwrap_or_else(|| "hello".to_owned());
    let function = Name::read(&typed).map_err(|fault| Error::Name { name: typed, fault })?;
    let tusk_fn = match &options.tusk_fn {
        Some(path) => TuskFn::at(path)?,
        None => TuskFn::Released,
    };
    // Cargo knows which names a package may have, whether the folder is one of a workspace or of a repository, and what is there.
    cargo_new(folder, &package)?;
    let module = options.trigger.module(&function);
    let manifest = folder.join("Cargo.toml");
    dependencies::add(&manifest, &tusk_fn, &module)?;
    let main = format!("//! The functions of `{package}`.\n\nmod {};\n\ntusk_fn::main!();\n", function.identifier);
    files::write(&folder.join("src/main.rs"), main.as_bytes(), false)?;
    files::write(&folder.join("src").join(format!("{}.rs", function.identifier)), module.as_bytes(), false)?;
    let run = if options.trigger.0 == "http" {
        format!("`cargo run` serves it: `curl localhost:8080/{}`", function.kebab)
    } else {
        "`cargo run` runs it, and prints the address and the token of the admin API, which invokes it".to_owned()
    };
    console::print_status("Next", format_args!("`cd {}`, `cargo test`; {run}", folder.display()));
    Ok(())
}

/// Makes an empty package.
fn cargo_new(folder: &Path, name: &str) -> Result<(), Error> {
    let program = cargo();
    let mut command = Command::new(&program);
    command.args(["new", "--quiet", "--bin", "--name", name]).arg(folder);
    let status = command
        .status()
        .map_err(|source| Error::Start { program: PathBuf::from(program).display().to_string(), source })?;
    if status.success() { Ok(()) } else { Err(Error::Build) }
}
