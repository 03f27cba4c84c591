//! The image of `examples/users`: what other tools read in it, whether it answers in a container, and whether a registry gives it
//! back as it was.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::registry::Registry;
use crate::setup::{self, Running, free_port, output, scratch};
use crate::{http, users};

/// The only tag of the image: the version of its package.
const TAG: &str = env!("CARGO_PKG_VERSION");
/// The functions that everybody may call: one process has functions of one kind of caller.
const PUBLIC: &str = "create-user,get-user,health,list-users";

/// An image as `cargo tusk build` writes it.
struct Image {
    folder: PathBuf,
}

impl Image {
    fn built() -> &'static Self {
        static BUILT: OnceLock<Image> = OnceLock::new();
        BUILT.get_or_init(|| {
            let out = scratch("knative-users");
            let arguments = build_arguments(&out);
            setup::tusk(&arguments.each_ref().map(String::as_str));
            Self { folder: out.join("image") }
        })
    }

    /// As the tools name it.
    fn name(&self) -> String {
        format!("oci:{}:{TAG}", self.folder.display())
    }

    fn digest(&self) -> String {
        digest(&self.name(), &[])
    }
}

fn build_arguments(out: &Path) -> [String; 7] {
    let out = out.display().to_string();
    ["build", "--provider", "knative", "-p", "users", "--out", &out].map(str::to_owned)
}

/// The digest of the manifest of an image, wherever it is.
fn digest(name: &str, options: &[&str]) -> String {
    let mut skopeo = Command::new("skopeo");
    skopeo.args(["inspect", "--format", "{{.Digest}}"]).args(options).arg(name);
    output(skopeo).trim().to_owned()
}

/// What skopeo and umoci find in it, and the archive that `docker load` and `podman load` take.
pub(crate) fn is_read_by_other_tools() {
    let image = Image::built();
    let mut skopeo = Command::new("skopeo");
    skopeo.args(["inspect", "--config", &image.name()]);
    let config: Value = serde_json::from_str(&output(skopeo)).expect("JSON");
    assert_eq!([&config["os"], &config["architecture"]], ["linux", "amd64"]);
    let run = &config["config"];
    assert_eq!([&run["User"], &run["WorkingDir"]], ["65532:65532", "/"]);
    assert_eq!(run["Entrypoint"], json!(["/app"]));

    let bundle = scratch("image-bundle").join("bundle");
    let mut umoci = Command::new("umoci");
    umoci.args(["unpack", "--image", &format!("{}:{TAG}", image.folder.display())]).arg(&bundle);
    setup::succeed(umoci);
    let mut find = Command::new("find");
    find.current_dir(bundle.join("rootfs")).args([".", "-printf", "%M %U:%G %p\\n"]);
    let found = output(find);
    let mut files: Vec<&str> = found.lines().collect();
    files.sort_unstable_by_key(|line| line.rsplit(' ').next());
    let expected = [
        "drwxr-xr-x 0:0 .",
        "-rwxr-xr-x 0:0 ./app",
        "drwxr-xr-x 0:0 ./etc",
        "drwxr-xr-x 0:0 ./etc/ssl",
        "drwxr-xr-x 0:0 ./etc/ssl/certs",
        "-rw-r--r-- 0:0 ./etc/ssl/certs/ca-certificates.crt",
        "drwxrwxrwt 0:0 ./tmp",
    ];
    assert_eq!(files, expected);

    let archive = archive(image);
    let mut skopeo = Command::new("skopeo");
    skopeo.args(["inspect", "--config", &format!("docker-archive:{}:users:{TAG}", archive.display())]);
    assert_eq!(serde_json::from_str::<Value>(&output(skopeo)).expect("JSON"), config);
}

/// What the README pipes into `docker load`.
fn archive(image: &Image) -> PathBuf {
    let archive = scratch("image-archive").join("image.tar");
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(&image.folder).arg("-cf").arg(&archive).arg(".");
    setup::succeed(tar);
    archive
}

/// A folder of images of a test's own.
struct Podman {
    folder: PathBuf,
}

impl Podman {
    fn new(name: &str) -> Self {
        Self { folder: scratch(name) }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut podman = Command::new("podman");
        podman.arg("--root").arg(self.folder.join("root")).arg("--runroot").arg(self.folder.join("run"));
        podman.args(["--storage-driver", "vfs", "--runtime", "runc"]).args(arguments);
        podman
    }
}

/// In a container as strict as a cluster may make it, with what Knative sets: a user without rights, and a file system that
/// cannot be written to but for `/tmp`.
pub(crate) fn answers_in_a_container() {
    let podman = Podman::new("image-container");
    setup::succeed(podman.command(&["load", "--input", &archive(Image::built()).display().to_string()]));
    let port = free_port();
    let variables = [
        "K_SERVICE=users".to_owned(),
        "K_REVISION=users-00001".to_owned(),
        format!("PORT={port}"),
        format!("TUSK_FN={PUBLIC}"),
    ];
    let mut run = podman.command(&["run", "--rm", "--pull", "never", "--name", "users", "--network", "host"]);
    run.args(["--read-only", "--read-only-tmpfs=false", "--tmpfs", "/tmp"]);
    run.args(["--cap-drop", "all", "--security-opt", "no-new-privileges"]);
    // Podman's own limits are higher than those of some machines that builds run on.
    run.args(["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"]);
    for variable in &variables {
        run.args(["--env", variable]);
    }
    run.arg(format!("docker.io/library/users:{TAG}"));
    let _container = Running::start(run, port);

    let process = output(podman.command(&["inspect", "--format", "{{.State.Pid}}", "users"]));
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.trim())).expect("it runs");
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("it has this line");
        line.split_ascii_whitespace().collect::<Vec<_>>()
    };
    assert_eq!(field("Uid:"), ["65532"; 4]);
    assert_eq!(field("Gid:"), ["65532"; 4]);
    assert_eq!(field("CapEff:"), ["0000000000000000"]);
    users::tell(|method, path, body| http::call(port, method, path, body));
}

/// Builds and pushes with `cargo tusk`, and gives what it printed, or why not.
fn push(reference: &str, variables: &[(&str, &Path)]) -> Result<String, String> {
    let arguments = build_arguments(&scratch("knative-users-pushed"));
    let mut tusk = setup::tusk_command(&arguments.each_ref().map(String::as_str));
    // Nothing that this machine has, and no proxy: the registry is here.
    for name in
        ["REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
    {
        tusk.env_remove(name);
    }
    tusk.env("DOCKER_CONFIG", "/nowhere").envs(variables.iter().copied());
    setup::run(tusk.args(["--push", reference])).map(|printed| printed.trim().to_owned())
}

/// What is pulled is what was pushed: by tag and by digest, and also what is already there.
pub(crate) fn is_given_back_by_a_registry() {
    let registry = Registry::start("image-registry", None);
    let image = Image::built();
    let reference = registry.reference("1.2");
    let expected = format!("{}@{}", registry.reference("1.2").replace(":1.2", ""), image.digest());
    for _ in 0..2 {
        assert_eq!(push(&reference, &[]).as_deref(), Ok(&*expected));
    }
    for name in [reference, expected] {
        assert_eq!(digest(&format!("docker://{name}"), &["--tls-verify=false"]), image.digest());
    }
    let pulled = format!("oci:{}:pulled", scratch("image-pulled").display());
    let mut copy = Command::new("skopeo");
    copy.args(["copy", "--src-tls-verify=false", &format!("docker://{}", registry.reference("1.2")), &pulled]);
    setup::succeed(copy);
    assert_eq!(digest(&pulled, &[]), image.digest());
}

/// The logins of docker's file, of podman's file and of a credential helper, and none.
pub(crate) fn logins_are_those_of_docker_and_podman() {
    let registry = Registry::start("image-guarded", Some(("ada", "s3cret")));
    let reference = registry.reference("1.2");
    let error = push(&reference, &[]).expect_err("nobody is logged in");
    assert!(error.contains("wants a login, and docker and podman have none for it"), "{error}");
    assert!(error.contains(&format!("help: log in: docker login {}", registry.address())), "{error}");

    let folder = scratch("image-logins");
    let log_in = |file: &Path, password: &str| {
        let mut login = Command::new("skopeo");
        login.args(["login", "--tls-verify=false", "--username", "ada", "--password", password, "--authfile"]);
        setup::run(login.arg(file).arg(registry.address()))
    };
    let file = folder.join("auth.json");
    log_in(&file, "s3cret").expect("the registry knows her");
    let pushed = push(&reference, &[("REGISTRY_AUTH_FILE", &file)]).expect("podman's login");
    assert!(pushed.ends_with(&Image::built().digest()), "{pushed}");
    let docker = folder.join("docker");
    std::fs::create_dir_all(&docker).expect("a folder");
    std::fs::copy(&file, docker.join("config.json")).expect("the same format");
    push(&reference, &[("DOCKER_CONFIG", &docker)]).expect("docker's login");

    // The names of a helper's answer are the protocol's.
    let helper = folder.join("docker-credential-judge");
    let script = "#!/bin/sh\nread -r server\n[ \"$1 $server\" = \"get $EXPECTED\" ] || exit 1\n\
        echo '{\"ServerURL\": \"'$server'\", \"Username\": \"ada\", \"Secret\": \"'$SECRET'\"}'\n";
    let script = script.replace("$EXPECTED", registry.address());
    let configuration = json!({"credHelpers": {registry.address(): "judge"}}).to_string();
    std::fs::write(docker.join("config.json"), configuration).expect("a file");
    for (secret, is_right) in [("s3cret", true), ("gu3ssed", false)] {
        std::fs::write(&helper, script.replace("$SECRET", secret)).expect("a file");
        setup::make_executable(&helper);
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
        match push(&reference, &[("DOCKER_CONFIG", &docker), ("PATH", Path::new(&path))]) {
            Ok(_) => assert!(is_right, "the registry takes another password"),
            Err(error) => {
                assert!(!is_right && error.contains("does not take the login that"), "{error}");
                assert!(!error.contains(secret), "{error}");
            }
        }
    }
}

/// A registry with a certificate of an authority of its own.
pub(crate) fn registries_are_trusted_by_their_certificates() {
    let registry = Registry::start_with_tls("image-tls");
    let reference = registry.reference("1.2");
    let error = push(&reference, &[]).expect_err("nobody knows that authority");
    assert!(error.contains("is not trusted") && error.contains("SSL_CERT_FILE"), "{error}");
    let pushed = push(&reference, &[("SSL_CERT_FILE", &registry.authority())]).expect("it is trusted");
    assert!(pushed.ends_with(&Image::built().digest()), "{pushed}");
    assert_eq!(digest(&format!("docker://{reference}"), &["--tls-verify=false"]), Image::built().digest());
}
