//! Compiling for a machine that may not be this one.
//!
//! The target is always Linux with musl: such a program is linked statically and runs wherever it is put, while one that is
//! linked against this machine's glibc may not start on an older one. Programs in pure Rust need nothing beside the target's
//! standard library; where the system's own linker cannot do it, the one that comes with Rust does.

use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_config2::Config;
use tusk_fn_spec::provider::Target;

use crate::arch::Arch;
use crate::error::Error;

/// The linker that comes with Rust.
const BUNDLED_LINKER: &str = "rust-lld";

/// Which providers tusk-fn is compiled with, for its build script: what is deployed to one carries no other.
const ONLY: &str = "TUSK_FN_ONLY";

/// How to compile for another machine.
#[derive(Debug)]
pub(crate) struct Cross {
    triple: String,
    /// Variables for cargo.
    variables: Vec<(String, String)>,
}

impl Cross {
    /// Prepares to compile for Linux on this processor, and for this provider alone.
    ///
    /// # Errors
    /// The target's standard library is not installed, or cargo's configuration cannot be read.
    pub(crate) fn prepare(arch: Arch, target: Target) -> Result<Self, Error> {
        let triple = format!("{}-unknown-linux-musl", arch.rustc_name());
        let failed = |error| Error::Configuration(Box::new(error));
        let config = Config::load().map_err(failed)?;
        let compiler = Compiler::ask(&config, &triple)?;
        if !compiler.has_target {
            return Err(Error::MissingTarget { triple });
        }
        let mut variables = vec![(ONLY.to_owned(), target.name().to_owned())];
        if config.linker(&triple).map_err(failed)?.is_none() && needs_linker(&compiler.host, arch) {
            variables.push((linker_variable(&triple), BUNDLED_LINKER.to_owned()));
        }
        let mut flags = config.rustflags(&triple).map_err(failed)?.unwrap_or_default();
        for flag in compiler.remappings() {
            flags.push(flag);
        }
        variables.push(("CARGO_ENCODED_RUSTFLAGS".to_owned(), flags.encode().map_err(failed)?));
        Ok(Self { triple, variables })
    }

    /// Makes a call of cargo compile for that machine.
    pub(crate) fn apply(&self, command: &mut Command) {
        command.args(["--target", &self.triple]);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
    }
}

/// Whether the system's linker makes no programs for Linux on this processor.
fn needs_linker(host: &str, arch: Arch) -> bool {
    !(host.contains("-linux-") && host.starts_with(arch.rustc_name()))
}

/// The variable in which cargo looks for a target's linker.
fn linker_variable(triple: &str) -> String {
    format!("CARGO_TARGET_{}_LINKER", triple.to_uppercase().replace('-', "_"))
}

/// What rustc says about itself.
#[derive(Debug, Default)]
struct Compiler {
    /// The machine that it runs on.
    host: String,
    /// The commit that it was built of.
    commit: Option<String>,
    /// Where it is installed.
    sysroot: PathBuf,
    /// Whether it has the target's standard library.
    has_target: bool,
}

impl Compiler {
    fn ask(config: &Config, triple: &str) -> Result<Self, Error> {
        let version = output(config, &["-vV"])?;
        let field =
            |name: &str| version.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned());
        let folders = output(config, &["--print", "sysroot", "--print", "target-libdir", "--target", triple])?;
        let mut folders = folders.lines();
        Ok(Self {
            host: field("host:").unwrap_or_default(),
            commit: field("commit-hash:"),
            sysroot: folders.next().unwrap_or_default().into(),
            has_target: folders.next().is_some_and(|it| Path::new(it).is_dir()),
        })
    }

    /// Keeps this machine's folders out of the program, where panics in dependencies and in the standard library name their
    /// files: they are nobody's business, and would make each machine's program another one.
    fn remappings(&self) -> Vec<String> {
        let directory = std::env::current_dir().unwrap_or_default();
        let home = cargo_config2::cargo_home_with_cwd(&directory).map(|home| (home, "/cargo".to_owned()));
        // As rustc writes it where the library's source is not installed.
        let source =
            self.commit.as_ref().map(|commit| (self.sysroot.join("lib/rustlib/src/rust"), format!("/rustc/{commit}")));
        let pairs = home.into_iter().chain(source);
        pairs.map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())).collect()
    }
}

/// What rustc prints; nothing if it fails, as it does for a target that it does not know.
fn output(config: &Config, arguments: &[&str]) -> Result<String, Error> {
    let mut command: Command = config.rustc().into();
    let output = command.args(arguments).output();
    let program = config.rustc().path.display().to_string();
    let output = output.map_err(|source| Error::Start { program, source })?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_linker_is_for_other_machines() {
        assert!(!needs_linker("x86_64-unknown-linux-gnu", Arch::X86_64));
        assert!(needs_linker("x86_64-unknown-linux-gnu", Arch::Arm64));
        assert!(!needs_linker("aarch64-unknown-linux-gnu", Arch::Arm64));
        assert!(needs_linker("aarch64-apple-darwin", Arch::Arm64));
        assert!(needs_linker("x86_64-pc-windows-msvc", Arch::X86_64));
    }

    #[test]
    fn the_linker_s_variable_is_cargo_s() {
        let variable = linker_variable("aarch64-unknown-linux-musl");
        assert_eq!(variable, "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER");
    }
}
