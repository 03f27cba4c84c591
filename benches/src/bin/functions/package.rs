//! A crate of functions: its files, and the commands that compile it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::Outcome;
use crate::frameworks::Framework;
use crate::measure::{Times, timed};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A crate that has been written.
pub(crate) struct Package {
    /// The framework's name, and the crate's.
    pub(crate) name: &'static str,
    folder: PathBuf,
}

impl Package {
    /// Writes the crate into a folder of its own.
    pub(crate) fn write(framework: &Framework, functions: usize, folder: &Path) -> Outcome<Self> {
        let package = Self { name: framework.name, folder: folder.join(framework.name) };
        std::fs::create_dir_all(package.folder.join("src"))?;
        std::fs::write(package.folder.join("Cargo.toml"), manifest(framework))?;
        std::fs::write(package.main(), framework.source(functions))?;
        // The versions that the project itself is built with; cargo drops what is too much and adds what is missing.
        std::fs::copy(Path::new(ROOT).join("Cargo.lock"), package.folder.join("Cargo.lock"))?;
        Ok(package)
    }

    /// Compiles the crate and whatever it depends on.
    pub(crate) fn prepare(&self, command: &str) -> Outcome<()> {
        let status = self.cargo(command).arg("--quiet").status()?;
        if !status.success() {
            return Err(format!("{}: cargo {command} failed", self.name).into());
        }
        Ok(())
    }

    /// Compiles the crate alone, as after a change of its source.
    pub(crate) fn compile(&self, command: &str) -> Outcome<Times> {
        File::options().write(true).open(self.main())?.set_modified(SystemTime::now())?;
        let mut cargo = self.cargo(command);
        cargo.args(["--quiet", "--offline", "--message-format=json"]).stderr(Stdio::inherit());
        let (output, times) = timed(&mut cargo)?;
        let messages = String::from_utf8(output.stdout)?;
        if !output.status.success() {
            return Err(format!("{}: cargo {command} failed: {messages}", self.name).into());
        }
        match messages.matches(r#""fresh":false"#).count() {
            1 => Ok(times),
            count => Err(format!("{}: cargo {command} compiled {count} crates instead of one", self.name).into()),
        }
    }

    fn main(&self) -> PathBuf {
        self.folder.join("src/main.rs")
    }

    fn cargo(&self, command: &str) -> Command {
        // Set when this runs under `cargo run`: the same toolchain compiles the crates.
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.arg(command).current_dir(&self.folder);
        cargo.arg("--target-dir").arg(self.folder.with_file_name("target"));
        // The profile is to be the manifest's, whatever this program was built with.
        for variable in ["CARGO_INCREMENTAL", "CARGO_PROFILE_DEV_DEBUG", "RUSTFLAGS", "TUSK_FN_ONLY"] {
            cargo.env_remove(variable);
        }
        cargo
    }
}

/// The manifest of a workspace of its own, so that no crate compiles with the features of another's dependencies.
fn manifest(framework: &Framework) -> String {
    format!(
        r#"[package]
name = "{}"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
serde = {{ version = "1", features = ["derive"] }}
{}

[profile.dev]
debug = false
incremental = false

[workspace]
"#,
        framework.name,
        framework.dependencies.replace("ROOT", ROOT).trim(),
    )
}
