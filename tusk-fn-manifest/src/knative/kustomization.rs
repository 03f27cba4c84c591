//! What holds the files together: the image's name, and a label on every object.

use super::Deployed;
use crate::yaml::{Tree, map};

/// The kustomization of these files.
pub(super) fn kustomization(deployed: &Deployed<'_>, files: &[&str]) -> Tree {
    let program = deployed.program.as_str();
    let label = map([("app.kubernetes.io/part-of", program.into())]);
    let image = map([("name", program.into()), ("newName", program.into()), ("newTag", "latest".into())]);
    map([
        ("apiVersion", "kustomize.config.k8s.io/v1beta1".into()),
        ("kind", "Kustomization".into()),
        ("resources", Tree::List(files.iter().map(|file| (*file).into()).collect())),
        ("labels", Tree::List(vec![map([("pairs", label)])])),
        ("images", Tree::List(vec![image])),
    ])
}
