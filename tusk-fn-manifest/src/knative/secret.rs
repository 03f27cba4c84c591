//! Secrets: each is the key `value` of a Kubernetes Secret, and a file for the program. A variable would show it to whoever may
//! look at the Service; the file follows the Secret when that changes.

use std::collections::BTreeMap;

use tusk_fn_spec::record::FunctionRecord;

use super::Deployed;
use super::existing::secrets;
use crate::yaml::{Tree, map};
use crate::{Note, NoteKind};

/// The volume that holds all of a Service's secrets.
const VOLUME: &str = "secrets";
/// Where it is mounted: a folder for each secret.
const FOLDER: &str = "/var/run/secrets/tusk-fn";
/// The key of the Secret that holds the value, and the file's name.
const KEY: &str = "value";

/// The name of the Secret that holds a secret.
fn object(secret: &str, deployed: &Deployed<'_>) -> String {
    deployed.existing.secret(secret).map_or_else(|| format!("{}-{secret}", deployed.program), str::to_owned)
}

/// The volume for the functions of a Service, if they read secrets. Without its Secrets the Service does not start.
pub(super) fn volume(functions: &[&FunctionRecord], deployed: &Deployed<'_>) -> Option<Tree> {
    let source = |secret: &&str| {
        let item = map([("key", KEY.into()), ("path", format!("{secret}/{KEY}").into())]);
        let source =
            map([("name", object(secret, deployed).into()), ("items", [item].into()), ("optional", false.into())]);
        map([("secret", source)])
    };
    let sources: Vec<Tree> = secrets(functions).iter().map(source).collect();
    let projected = |sources| map([("name", VOLUME.into()), ("projected", map([("sources", Tree::List(sources))]))]);
    (!sources.is_empty()).then(|| projected(sources))
}

/// How the container sees that volume.
pub(super) fn mount() -> Tree {
    map([("name", VOLUME.into()), ("mountPath", FOLDER.into()), ("readOnly", true.into())])
}

/// What the program is told of where its secrets are: an object of JSON, if it has any.
pub(super) fn resources(functions: &[&FunctionRecord]) -> Option<String> {
    let path = |secret: &str| (format!("secret/{secret}"), format!("{FOLDER}/{secret}/{KEY}"));
    let paths: BTreeMap<String, String> = secrets(functions).into_iter().map(path).collect();
    (!paths.is_empty()).then(|| serde_json::json!(paths).to_string())
}

/// The Secrets that somebody has to make.
pub(super) fn notes(deployed: &Deployed<'_>, functions: &[&FunctionRecord]) -> Vec<Note> {
    let missing = |secret: &&str| deployed.existing.secret(secret).is_none();
    let note = |secret: &str| {
        let reader = functions.iter().find(|it| secrets(&[it]).contains(&secret))?;
        let kind = NoteKind::SecretObject { secret: secret.to_owned(), object: object(secret, deployed) };
        Some(Note::of(reader, kind))
    };
    secrets(functions).into_iter().filter(missing).filter_map(note).collect()
}
