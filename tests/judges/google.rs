//! What is written for Google: services by Cloud Run's schema, scripts by shellcheck, and their commands by gcloud itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::setup;

/// The schema of what Cloud Run takes.
pub(crate) const SCHEMA: &str = "cloud-run-v1.json";

pub(crate) fn services() {
    let mut check = setup::script("schema_check.py");
    check.arg(setup::schemas(SCHEMA).expect("it was found before")).args(setup::golden_of_google("service.yaml"));
    setup::succeed(check);
}

pub(crate) fn shellcheck() {
    let mut shellcheck = Command::new(setup::judges().join("bin/shellcheck"));
    shellcheck.args(setup::golden_of_google("deploy.sh")).args(["gcloud", "curl"].map(|name| doubles().join(name)));
    setup::succeed(shellcheck);
}

fn doubles() -> PathBuf {
    setup::tests().with_file_name("tusk-fn-manifest").join("tests/render/google/double")
}

/// The parser of gcloud knows every command that a first and a second run call, and each of their flags. The commands are those that
/// the double of gcloud was called with.
pub(crate) fn gcloud() {
    let (python, root) = setup::gcloud().expect("it was found before");
    for script in setup::golden_of_google("deploy.sh") {
        let folder = script.parent().expect("it is in a folder");
        let program = folder.file_name().expect("it has a name").to_string_lossy().into_owned();
        let kept = setup::scratch(&format!("gcloud-{program}"));
        let things = |kind: &str| {
            let things = kept.join("things").join(kind);
            std::fs::create_dir_all(&things).expect("it can be made");
            things
        };
        for name in ["(default)", "shop", "ledgers"] {
            std::fs::write(things("firestore databases").join(name), "").expect("it can be written");
        }
        std::fs::write(things("storage buckets").join("gs:%%example-uploads"), "").expect("it can be written");
        for _ in 0..2 {
            deploy(&script, &kept);
        }
        let mut parse = Command::new(&python);
        parse.env("CLOUDSDK_CONFIG", setup::scratch("gcloud-config")).env("PYTHONDONTWRITEBYTECODE", "1");
        parse.arg(setup::tests().join("judges/gcloud_parse.py")).arg(&root).arg(kept.join("calls"));
        setup::succeed(parse);
    }
}

fn deploy(script: &Path, kept: &Path) {
    let path = std::env::var("PATH").expect("there is a PATH");
    let mut deploy = Command::new("bash");
    deploy.arg(script).env("PATH", format!("{}:{path}", doubles().display())).env("DOUBLE", kept).env("TMPDIR", kept);
    deploy.env("PROJECT_ID", "other-project").env("REGION", "europe-west1").env("IMAGE", "example.com/shop:1");
    setup::succeed(deploy);
}
