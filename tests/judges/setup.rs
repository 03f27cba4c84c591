//! Installs the judges, builds what they judge, and runs programs.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// Why a judge cannot run here.
#[derive(Clone, Debug)]
pub(crate) struct Missing(pub(crate) String);

/// The folder of this package.
pub(crate) fn tests() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the workspace.
pub(crate) fn repository() -> PathBuf {
    tests().with_file_name("")
}

/// The folder that cargo builds into.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| tests().with_file_name("target"), PathBuf::from)
}

/// Where the judges are installed.
pub(crate) fn judges() -> PathBuf {
    target().join("judges")
}

/// An empty folder of a test's own.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let folder = target().join("tests").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    folder
}

/// Installs the Python judges, unless that was done with the same list before.
pub(crate) fn python() -> Result<(), Missing> {
    let wanted = std::fs::read(tests().join("judges/requirements.txt")).expect("the list is in the repository");
    let done = judges().join("installed.txt");
    if std::fs::read(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    eprintln!("installing the judges into {}: this takes a few minutes, once", judges().display());
    let missing = |what: &str, error: &str| Missing(format!("{what}: {error}"));
    run(Command::new("python3").args(["-m", "venv"]).arg(judges())).map_err(|e| missing("python3 -m venv", &e))?;
    run(Command::new(judges().join("bin/pip"))
        .args(["install", "--quiet", "--requirement"])
        .arg(tests().join("judges/requirements.txt")))
    .map_err(|error| missing("pip install", &error))?;
    install_emulator().map_err(|error| missing("the Runtime Interface Emulator", &error))?;
    std::fs::write(done, wanted).map_err(|error| missing("target", &error.to_string()))
}

/// Installs the judges of Node.js, unless that was done with the same list before.
pub(crate) fn node() -> Result<(), Missing> {
    let wanted = std::fs::read(tests().join("judges/package.json")).expect("the list is in the repository");
    let folder = judges().join("node");
    let done = folder.join("installed.json");
    if std::fs::read(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let missing = |what: &str, error: &str| Missing(format!("{what}: {error}"));
    let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(folder.join("package.json"), &wanted));
    written.map_err(|error| missing("target", &error.to_string()))?;
    run(Command::new("npm").args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(&folder))
        .map_err(|error| missing("npm install", &error))?;
    std::fs::write(done, wanted).map_err(|error| missing("target", &error.to_string()))
}

/// A script of this folder. Python is to leave nothing beside it.
pub(crate) fn script(name: &str) -> Command {
    let mut script = Command::new(judges().join("bin/python"));
    script.env("PYTHONDONTWRITEBYTECODE", "1").arg(tests().join("judges").join(name));
    script
}

/// SAM's package brings the emulator, but not as an executable.
fn install_emulator() -> Result<(), String> {
    let find = "import samcli.local.rapid; print(list(samcli.local.rapid.__path__)[0])";
    let folder = run(Command::new(judges().join("bin/python")).args(["-c", find]))?;
    let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let emulator = Path::new(folder.trim()).join(format!("aws-lambda-rie-{machine}"));
    let installed = judges().join("aws-lambda-rie");
    std::fs::copy(emulator, &installed).map_err(|error| error.to_string())?;
    run(Command::new("chmod").arg("755").arg(installed)).map(drop)
}

/// Whether programs of another processor can be run here.
pub(crate) fn qemu() -> Result<(), Missing> {
    run(Command::new("qemu-aarch64-static").arg("--version")).map(drop).map_err(|_| {
        Missing("qemu-aarch64-static is not installed (Debian: apt-get install qemu-user-static)".to_owned())
    })
}

/// Whether images can be read, run and pushed here. Each tool is asked for what it is, which all of them answer.
pub(crate) fn containers() -> Result<(), Missing> {
    for (tool, package) in [
        ("skopeo", "skopeo"),
        ("umoci", "umoci"),
        ("podman", "podman"),
        ("runc", "runc"),
        ("docker-registry", "docker-registry"),
        ("htpasswd", "apache2-utils"),
        ("openssl", "openssl"),
    ] {
        let found = run(Command::new("sh").args(["-c", &format!("command -v {tool}")]));
        found.map_err(|_| Missing(format!("{tool} is not installed (Debian: apt-get install {package})")))?;
    }
    if rustix::process::geteuid().is_root() {
        Ok(())
    } else {
        Err(Missing("containers are run as root here".to_owned()))
    }
}

/// A program that runs another one under qemu.
pub(crate) fn qemu_wrapper(binary: &Path) -> PathBuf {
    let script = scratch("qemu").join("bootstrap");
    std::fs::write(&script, format!("#!/bin/sh\nexec qemu-aarch64-static '{}'\n", binary.display()))
        .expect("the script is written");
    make_executable(&script);
    script
}

/// Makes a file one that can be run.
pub(crate) fn make_executable(path: &Path) {
    run(Command::new("chmod").arg("755").arg(path)).expect("it is made executable");
}

/// What `cargo tusk build` wrote.
pub(crate) struct Built {
    pub(crate) template: PathBuf,
    pub(crate) binary: PathBuf,
}

/// The example, built for the emulator's processor.
pub(crate) fn template_and_binary() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| build("users", here()))
}

/// The example with all kinds of trigger and output, for the same processor.
pub(crate) fn orders() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| build("orders", here()))
}

/// This machine's processor.
const fn here() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
}

/// The templates that the tests of the manifests hold.
pub(crate) fn golden_templates() -> Vec<PathBuf> {
    let folder = tests().with_file_name("tusk-fn-manifest").join("tests/golden");
    let entries = std::fs::read_dir(&folder).expect("the golden files are there");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")).collect()
}

/// The objects for Knative that the tests of the manifests hold, without kustomizations.
pub(crate) fn golden_objects() -> Vec<PathBuf> {
    let golden = tests().with_file_name("tusk-fn-manifest").join("tests/golden/knative");
    let entries = |folder: PathBuf| {
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        entries.map(|entry| entry.expect("it can be read").path())
    };
    let files = entries(golden).flat_map(entries);
    files.filter(|path| !path.ends_with("kustomization.yaml")).collect()
}

/// What the tests of the manifests hold for Google: the files of that name, one for each program.
pub(crate) fn golden_of_google(name: &str) -> Vec<PathBuf> {
    let folder = tests().with_file_name("tusk-fn-manifest").join("tests/golden/google");
    let programs = std::fs::read_dir(&folder).expect("the golden files are there");
    let files = programs.map(|program| program.expect("it can be read").path().join(name));
    files.filter(|path| path.exists()).collect()
}

/// The variable that names the folder of schemas which others wrote.
const SCHEMAS_VARIABLE: &str = "TUSK_FN_SCHEMAS";

/// Such a schema, or a folder of them.
pub(crate) fn schemas(of: &str) -> Result<PathBuf, Missing> {
    let path = std::env::var_os(SCHEMAS_VARIABLE).map(|folder| PathBuf::from(folder).join(of));
    let missing = || Missing(format!("`{SCHEMAS_VARIABLE}` names no folder with `{of}` (see tests/README.md)"));
    path.filter(|path| path.exists()).ok_or_else(missing)
}

/// gcloud's own Python and where gcloud is, without whatever account it knows.
pub(crate) fn gcloud() -> Result<(PathBuf, PathBuf), Missing> {
    let mut info = Command::new("gcloud");
    info.args(["info", "--format=value(basic.python_location,installation.sdk_root)"]);
    let paths = run(info.env("CLOUDSDK_CONFIG", scratch("gcloud-info")).env("CLOUDSDK_CORE_DISABLE_PROMPTS", "1"));
    let missing = || Missing("gcloud is not installed (see https://cloud.google.com/sdk/docs/install)".to_owned());
    let paths = paths.map_err(|_| missing())?;
    let (python, root) = paths.trim().split_once('\t').ok_or_else(missing)?;
    Ok((PathBuf::from(python), PathBuf::from(root)))
}

/// The example, built as it is deployed by default.
pub(crate) fn arm64() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| build("users", "arm64"))
}

fn build(package: &str, arch: &str) -> Built {
    /// Two builds at once would only wait for each other.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let out = scratch(&format!("aws-{package}-{arch}"));
    let out_text = out.display().to_string();
    tusk(&["build", "--provider", "aws", "--arch", arch, "-p", package, "--out", &out_text]);
    let unzip = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extract('bootstrap', sys.argv[2])";
    run(Command::new("python3").args(["-c", unzip]).arg(out.join("bootstrap.zip")).arg(&out)).expect("the zip opens");
    make_executable(&out.join("bootstrap"));
    Built { template: out.join("template.yaml"), binary: out.join("bootstrap") }
}

/// Runs `cargo tusk` of this repository, and gives what it printed.
pub(crate) fn tusk(arguments: &[&str]) -> String {
    run(&mut tusk_command(arguments)).unwrap_or_else(|error| panic!("cargo tusk {}: {error}", arguments.join(" ")))
}

/// `cargo tusk` of this repository.
pub(crate) fn tusk_command(arguments: &[&str]) -> Command {
    let mut tusk = Command::new(env!("CARGO"));
    tusk.current_dir(repository()).args(["run", "--quiet", "-p", "cargo-tusk", "--", "tusk"]);
    // A build that fails shows its errors, not the hundred packages before them.
    tusk.env("CARGO_TERM_QUIET", "true").args(arguments);
    tusk
}

/// Runs a program to its end; gives what it printed, or why it failed.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(format!("{}\n{}{}", output.status, text(&output.stdout), text(&output.stderr)))
    }
}

/// Runs a judge, and fails with what it printed.
pub(crate) fn succeed(mut command: Command) {
    run(&mut command).unwrap_or_else(|error| panic!("{error}"));
}

/// Runs a judge, and gives what it printed.
pub(crate) fn output(mut command: Command) -> String {
    run(&mut command).unwrap_or_else(|error| panic!("{error}"))
}

/// A port that nobody uses now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    listener.local_addr().expect("it has an address").port()
}

/// A server that is stopped when the test ends.
pub(crate) struct Running(Child);

impl Running {
    /// Starts it, and waits until it listens.
    pub(crate) fn start(mut command: Command, port: u16) -> Self {
        let child = command.stdin(Stdio::null()).spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut running = Self(child);
        let until = Instant::now() + Duration::from_mins(1);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Ok(Some(status)) = running.0.try_wait() {
                panic!("{command:?} ended with {status}");
            }
            assert!(Instant::now() < until, "{command:?} does not listen on port {port}");
            std::thread::sleep(Duration::from_millis(50));
        }
        running
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // SIGTERM, so that it can stop what it started itself.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until {
            if matches!(self.0.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
