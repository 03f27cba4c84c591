//! Runs `cargo-tusk`, and makes workspaces for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// What a run printed, and how it ended.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// The same if it ended with this code; else the test fails and shows all of it.
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr);
        self
    }
}

/// `cargo-tusk` in a folder, without whatever this test's own cargo put into the environment for itself.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-tusk"));
    command.current_dir(folder).env("CARGO_NET_OFFLINE", "true").env("CARGO_TERM_COLOR", "never");
    for name in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_INCREMENTAL"]
    {
        command.env_remove(name);
    }
    command
}

/// Runs `cargo-tusk` with these arguments.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Outcome {
    finish(command(folder).args(arguments))
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command) -> Outcome {
    let output = command.output().unwrap();
    Outcome {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The line of a function that answers requests.
pub(crate) fn http(package: &str, name: &str, route: &str) -> String {
    let trigger = format!(r#"{{"kind":"http","route":"{route}","methods":["GET"]}}"#);
    record(package, name, &trigger)
}

/// The line of a function that a schedule runs.
pub(crate) fn timer(package: &str, name: &str, schedule: &str) -> String {
    record(package, name, &format!(r#"{{"kind":"timer","schedule":"{schedule}"}}"#))
}

fn record(package: &str, name: &str, trigger: &str) -> String {
    let (module, function) = (package.replace('-', "_"), name.replace('-', "_"));
    format!(
        r#"{{"v":1,"name":"{name}","trigger":{trigger},"source":{{"package":"{package}","module":"{module}","function":"{function}","file":"{package}/src/lib.rs","line":3}}}}"#
    ) + "\n"
}

/// Rust code that puts these lines where the attribute puts them.
pub(crate) fn declare(lines: &[String]) -> String {
    let statics = lines.iter().enumerate().map(|(at, line)| {
        let length = line.len();
        format!(
            "#[used]\n\
             #[cfg_attr(target_vendor = \"apple\", unsafe(link_section = \"__DATA,__tusk_fn\"))]\n\
             #[cfg_attr(windows, unsafe(link_section = \".tuskfn\"))]\n\
             #[cfg_attr(not(any(target_vendor = \"apple\", windows)), unsafe(link_section = \"tusk_fn\"))]\n\
             static RECORD_{at}: [u8; {length}] = *b{line:?};\n"
        )
    });
    statics.collect()
}

/// A workspace in a folder of its own, with an empty `tusk-fn`.
pub(crate) struct Workspace {
    folder: TempDir,
    members: Vec<String>,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        let mut workspace = Self { folder: tempfile::tempdir().unwrap(), members: Vec::new() };
        workspace.package("tusk-fn", "", &[("src/lib.rs", "")]);
        workspace
    }

    /// A workspace with one program, `app`, that holds these lines.
    pub(crate) fn with_app(lines: &[String]) -> Self {
        let mut workspace = Self::new();
        workspace.package("app", "tusk-fn = { path = \"../tusk-fn\" }", &[("src/main.rs", &main_with(lines))]);
        workspace
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Adds a package: its name, what follows `[dependencies]`, and its files.
    pub(crate) fn package(&mut self, name: &str, dependencies: &str, files: &[(&str, &str)]) {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n"
        );
        self.write(&format!("{name}/Cargo.toml"), &manifest);
        for (path, text) in files {
            self.write(&format!("{name}/{path}"), text);
        }
        self.members.push(name.to_owned());
        self.write_root("");
    }

    /// Writes the workspace's `Cargo.toml`, with more at its end.
    pub(crate) fn write_root(&self, more: &str) {
        let members = &self.members;
        self.write("Cargo.toml", &format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n{more}\n"));
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// Runs `cargo-tusk` in the workspace's root.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        run(self.path(), arguments)
    }
}

/// A `main.rs` that holds these lines.
pub(crate) fn main_with(lines: &[String]) -> String {
    format!("fn main() {{}}\n{}", declare(lines))
}

/// Every file below a folder, by its path.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}
