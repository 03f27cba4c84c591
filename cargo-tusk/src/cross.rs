//! Compiling for a machine that may not be this one.
//!
//! The target is always Linux with musl: such a program is linked statically and runs wherever it is put, while one that is
//! linked against this machine's glibc may not start on an older one. Programs in pure Rust need nothing beside the target's
//! standard library; where the system's own linker cannot do it, the one that comes with Rust does.

use std::path::Path;
use std::process::Command;

use cargo_config2::Config;

use crate::cli::Arch;
use crate::error::Error;

/// The linker that comes with Rust.
const BUNDLED_LINKER: &str = "rust-lld";

/// How to compile for another machine.
#[derive(Debug)]
pub(crate) struct Cross {
    triple: String,
    /// Variables for cargo.
    variables: Vec<(String, String)>,
}

impl Cross {
    /// Prepares to compile for Linux on this processor.
    ///
    /// # Errors
    /// The target's standard library is not installed, or cargo's configuration cannot be read.
    pub(crate) fn prepare(arch: Arch) -> Result<Self, Error> {
        let triple = format!("{}-unknown-linux-musl", arch.rustc_name());
        let failed = |error| Error::Configuration(Box::new(error));
        let config = Config::load().map_err(failed)?;
        check_installed(&config, &triple)?;
        let mut variables = Vec::new();
        let host = config.host_triple().map_err(failed)?;
        if config.linker(&triple).map_err(failed)?.is_none() && needs_linker(host, arch) {
            variables.push((linker_variable(&triple), BUNDLED_LINKER.to_owned()));
        }
        let mut flags = config.rustflags(&triple).map_err(failed)?.unwrap_or_default();
        let directory = std::env::current_dir().unwrap_or_default();
        if let Some(home) = cargo_config2::cargo_home_with_cwd(&directory) {
            // Else every message of a panic in a dependency would hold the path of this machine's registry.
            flags.push(format!("--remap-path-prefix={}=/cargo", home.display()));
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

fn check_installed(config: &Config, triple: &str) -> Result<(), Error> {
    let mut command: Command = config.rustc().into();
    let output = command.args(["--print", "target-libdir", "--target", triple]).output();
    let program = config.rustc().path.display().to_string();
    let output = output.map_err(|source| Error::Start { program, source })?;
    let directory = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && Path::new(directory.trim()).is_dir() {
        Ok(())
    } else {
        Err(Error::MissingTarget { triple: triple.to_owned() })
    }
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
