//! What holds the files together: the image's name, and a label on every object.

use super::{Deployed, object};
use crate::yaml::{Tree, entries, map};

/// The kustomization of these files.
pub(super) fn kustomization(deployed: &Deployed<'_>, files: &[&str]) -> Tree {
    let program = deployed.program.as_str();
    let mut tree = object("kustomize.config.k8s.io/v1beta1", "Kustomization", program);
    tree.retain(|(key, _)| key != "metadata");
    let label = map([("app.kubernetes.io/part-of", program.into())]);
    let image = map([("name", program.into()), ("newName", program.into()), ("newTag", "latest".into())]);
    tree.extend(entries([
        ("resources", Tree::List(files.iter().map(|file| (*file).into()).collect())),
        ("labels", Tree::List(vec![map([("pairs", label)])])),
        ("images", Tree::List(vec![image])),
    ]));
    Tree::Map(tree)
}
