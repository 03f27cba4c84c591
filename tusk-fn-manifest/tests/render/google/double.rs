//! `deploy.sh`, run with doubles of gcloud and curl (`double/`), which keep in files what was made.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The project, where the script is run, and what it deploys.
pub(crate) const PROJECT: &str = "my-project";
pub(crate) const REGION: &str = "europe-west1";
pub(crate) const IMAGE: &str = "example.com/shop:1";

/// The folder of what the doubles keep.
pub(crate) struct Double(pub(crate) PathBuf);

/// A thing that was made.
#[derive(Debug, PartialEq)]
pub(crate) struct Thing {
    /// The command of gcloud that makes it, such as `pubsub topics`.
    pub(crate) kind: String,
    pub(crate) name: String,
    /// What was said of it: flags and their values, sorted by the flags.
    pub(crate) said: Vec<(String, String)>,
}

impl Thing {
    /// What a flag said.
    pub(crate) fn flag(&self, name: &str) -> Option<&str> {
        self.flags(name).last()
    }

    /// What a flag said that can be given several times.
    pub(crate) fn flags(&self, name: &str) -> impl Iterator<Item = &str> {
        self.said.iter().filter(move |(flag, _)| flag == name).map(|(_, value)| value.as_str())
    }
}

impl Double {
    /// What is kept in this folder, where there may be nothing yet.
    pub(crate) fn of(folder: PathBuf) -> Self {
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// Puts a thing there that nobody is to make.
    pub(crate) fn make(&self, kind: &str, name: &str) {
        let path = self.0.join("things").join(kind).join(name.replace('/', "%"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }

    /// What runs a script.
    pub(crate) fn command(&self, script: &Path) -> Command {
        let doubles =
            Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("tusk-fn-manifest/tests/render/google/double");
        let path = format!("{}:{}", doubles.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command.arg(script).env("PATH", path).env("DOUBLE", &self.0);
        command.env("PROJECT_ID", PROJECT).env("REGION", REGION).env("IMAGE", IMAGE);
        command
    }

    /// Everything that was made, sorted by kind and name.
    pub(crate) fn things(&self) -> Vec<Thing> {
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut things = Vec::new();
        for kind in entries(&self.0.join("things")) {
            for thing in entries(&kind) {
                let said = fs::read_to_string(&thing).unwrap();
                let flag = |line: &str| {
                    let (flag, value) = line.strip_prefix("--")?.split_once('=')?;
                    Some((flag.to_owned(), value.to_owned()))
                };
                let mut said: Vec<_> = said.lines().filter_map(flag).collect();
                said.sort_by(|(one, _), (other, _)| one.cmp(other));
                things.push(Thing { kind: name(&kind), name: name(&thing).replace('%', "/"), said });
            }
        }
        things
    }

    /// The text by which a service was deployed last.
    pub(crate) fn service(&self, name: &str) -> String {
        fs::read_to_string(self.0.join("services").join(name)).unwrap()
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
