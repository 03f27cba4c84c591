//! The folder that an image is written to: an OCI image layout.
//!
//! skopeo, podman, umoci and crane read such a folder. It also has the `manifest.json` of `docker save`, which the specification
//! allows beside its own files, so that the folder as a tar archive is what `docker load` and `podman load` take.

use std::fs;
use std::io;
use std::path::Path;

use serde::Serialize;

use super::document::{Annotations, Descriptor, INDEX, Index, Layout, Saved};
use super::{Blob, Image};

/// The marker of such a folder.
const MARKER: &str = "oci-layout";
/// Where the blobs are.
const BLOBS: &str = "blobs/sha256";

/// Writes an image to a folder, and takes out what an earlier one left there.
///
/// # Errors
/// A file that cannot be written.
pub(crate) fn write(image: &Image, folder: &Path) -> io::Result<()> {
    let blobs = folder.join(BLOBS);
    fs::create_dir_all(&blobs)?;
    if folder.join(MARKER).exists() {
        remove_others(image, &blobs)?;
    }
    for blob in all_blobs(image) {
        fs::write(blobs.join(blob.digest.hexadecimal()), &blob.bytes)?;
    }
    // What refers to blobs comes after them.
    write_json(&folder.join("manifest.json"), &[saved(image)])?;
    write_json(&folder.join("index.json"), &index(image))?;
    write_json(&folder.join(MARKER), &Layout { image_layout_version: "1.0.0" })
}

fn all_blobs(image: &Image) -> impl Iterator<Item = &Blob> {
    image.blobs().into_iter().chain([image.manifest()])
}

/// Removes the blobs of other images: nothing else would, and each build makes new ones.
fn remove_others(image: &Image, blobs: &Path) -> io::Result<()> {
    for entry in fs::read_dir(blobs)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_blob = name.to_str().is_some_and(|it| it.len() == 64 && it.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if is_blob && all_blobs(image).all(|blob| name != *blob.digest.hexadecimal()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn index(image: &Image) -> Index {
    let annotations = Annotations::from([
        // By which docker and containerd name what they load.
        ("io.containerd.image.name", format!("docker.io/library/{}:{}", image.name, image.tag)),
        ("org.opencontainers.image.ref.name", image.tag.clone()),
    ]);
    let manifest = Descriptor { platform: Some(image.platform), annotations, ..image.manifest.descriptor() };
    Index { schema_version: 2, media_type: INDEX, manifests: [manifest] }
}

fn saved(image: &Image) -> Saved {
    let path = |blob: &Blob| format!("{BLOBS}/{}", blob.digest.hexadecimal());
    Saved {
        config: path(&image.config),
        repo_tags: [format!("{}:{}", image.name, image.tag)],
        layers: [path(&image.layer)],
    }
}

fn write_json(path: &Path, document: &impl Serialize) -> io::Result<()> {
    fs::write(path, serde_json::to_vec(document)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::image;
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn read(path: &Path) -> Value {
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    #[test]
    fn a_layout_has_its_marker_an_index_and_blobs_that_are_what_they_are_called() {
        let folder = tempfile::tempdir().unwrap();
        let image = image();
        write(&image, folder.path()).unwrap();
        assert_eq!(names(folder.path()), ["blobs", "index.json", "manifest.json", "oci-layout"]);
        assert_eq!(read(&folder.path().join("oci-layout")), json!({"imageLayoutVersion": "1.0.0"}));
        let blobs = folder.path().join("blobs/sha256");
        assert_eq!(names(&blobs).len(), 3);
        for name in names(&blobs) {
            assert_eq!(super::super::Digest::of(&fs::read(blobs.join(&name)).unwrap()).hexadecimal(), name);
        }
        let index = read(&folder.path().join("index.json"));
        let manifest = &index["manifests"][0];
        assert_eq!(manifest["digest"], image.digest().to_string());
        assert_eq!(manifest["platform"], json!({"architecture": "amd64", "os": "linux"}));
        assert_eq!(manifest["annotations"]["org.opencontainers.image.ref.name"], "1.2.0_eu");
        let saved = read(&folder.path().join("manifest.json"));
        assert_eq!(saved[0]["RepoTags"], json!(["shop-api:1.2.0_eu"]));
        for path in [&saved[0]["Config"], &saved[0]["Layers"][0]] {
            assert!(folder.path().join(path.as_str().unwrap()).is_file(), "{path}");
        }
    }

    #[test]
    fn an_earlier_image_goes_and_other_files_stay() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = folder.path().join("blobs/sha256");
        let old = "0".repeat(64);
        fs::create_dir_all(&blobs).unwrap();
        fs::write(blobs.join(&old), "").unwrap();
        fs::write(blobs.join("notes.txt"), "").unwrap();
        // It is not known to be an image's yet.
        write(&image(), folder.path()).unwrap();
        assert!(names(&blobs).contains(&old));
        write(&image(), folder.path()).unwrap();
        assert!(!names(&blobs).contains(&old));
        assert_eq!(names(&blobs).len(), 4, "three blobs and the notes");
    }
}
