//! A program as a container image, made without a daemon, a base image or a Dockerfile.
//!
//! - [`layer`]: what is in the container; [`executable`]: whether that is enough for the program
//! - [`document`]: the JSON around it, of the OCI image specification; [`digest`]: what blobs are called
//! - [`layout`]: the folder that it is written to
//!
//! The image depends on the program, its name and version, and the certificates of this version of `cargo tusk`, and on
//! nothing else: no time, no machine, one implementation of the compression. So its digest tells whether two images are the same.

mod digest;
mod document;
mod executable;
mod layer;
mod layout;

use std::io;

use serde::Serialize;

use crate::arch::Arch;

pub(crate) use digest::Digest;
pub(crate) use executable::ExecutableError;
pub(crate) use layout::write;

use document::{Annotations, Config, Descriptor, Execution, History, Manifest, Platform, RootFilesystem};

/// The user that programs run as, and its group: what images without a distribution use, so that policies know it.
const USER: &str = "65532:65532";
/// When every file and image was made.
const CREATED: &str = "1970-01-01T00:00:00Z";

/// What an image is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    /// The program's name.
    pub(crate) name: &'a str,
    /// Its package's version.
    pub(crate) version: &'a str,
    pub(crate) program: &'a [u8],
    pub(crate) arch: Arch,
}

/// An image.
#[derive(Debug)]
pub(crate) struct Image {
    name: String,
    tag: String,
    platform: Platform,
    manifest: Blob,
    config: Blob,
    layer: Blob,
}

/// A part of an image.
#[derive(Debug)]
pub(crate) struct Blob {
    pub(crate) media_type: &'static str,
    pub(crate) digest: Digest,
    pub(crate) bytes: Vec<u8>,
}

/// Why an image cannot be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    /// The program could not run in it.
    #[error(transparent)]
    Executable(#[from] ExecutableError),
    /// It cannot be packed.
    #[error("the image cannot be packed: {0}")]
    Pack(#[from] io::Error),
}

impl ImageError {
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::Executable(error) => Some(error.help()),
            Self::Pack(_) => None,
        }
    }
}

/// Makes the image of a program.
///
/// # Errors
/// The program could not run in it: it is for another processor or system, or not linked statically.
pub(crate) fn build(source: &Source<'_>) -> Result<Image, ImageError> {
    executable::check(source.program, source.arch)?;
    let packed = layer::pack(source.program)?;
    let platform = Platform { architecture: source.arch.image_name(), os: "linux" };
    let labels = Annotations::from([
        ("org.opencontainers.image.title", source.name.to_owned()),
        ("org.opencontainers.image.version", source.version.to_owned()),
    ]);
    let config = Config {
        created: CREATED,
        platform,
        execution: Execution {
            user: USER,
            // Where Debian's programs look anyway, and those of other distributions do not.
            env: [format!("SSL_CERT_FILE={}", layer::CERTIFICATES)],
            entrypoint: [layer::PROGRAM],
            working_dir: "/",
            labels: labels.clone(),
        },
        rootfs: RootFilesystem { kind: "layers", diff_ids: [packed.unpacked] },
        history: [History { created: CREATED, created_by: "cargo tusk build" }],
    };
    let config = Blob::json(document::CONFIG, &config)?;
    let layer = Blob::new(document::LAYER, packed.packed);
    let manifest = Manifest {
        schema_version: 2,
        media_type: document::MANIFEST,
        config: config.descriptor(),
        layers: [layer.descriptor()],
        annotations: labels,
    };
    let manifest = Blob::json(document::MANIFEST, &manifest)?;
    Ok(Image { name: repository(source.name), tag: tag(source.version), platform, manifest, config, layer })
}

impl Image {
    /// What the image as a whole is called by its contents.
    pub(crate) const fn digest(&self) -> &Digest {
        &self.manifest.digest
    }

    /// The document that names the other blobs.
    pub(crate) const fn manifest(&self) -> &Blob {
        &self.manifest
    }

    /// The blobs that the manifest names.
    pub(crate) const fn blobs(&self) -> [&Blob; 2] {
        [&self.config, &self.layer]
    }

    /// The number of bytes that are pushed.
    pub(crate) const fn size(&self) -> usize {
        self.manifest.bytes.len() + self.config.bytes.len() + self.layer.bytes.len()
    }
}

impl Blob {
    fn new(media_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { media_type, digest: Digest::of(&bytes), bytes }
    }

    fn json(media_type: &'static str, document: &impl Serialize) -> io::Result<Self> {
        Ok(Self::new(media_type, serde_json::to_vec(document)?))
    }

    fn descriptor(&self) -> Descriptor {
        Descriptor {
            media_type: self.media_type,
            digest: self.digest.clone(),
            size: self.bytes.len(),
            platform: None,
            annotations: Annotations::new(),
        }
    }
}

/// A program's name as images may be called: lower case, and one character between words.
fn repository(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let words: Vec<&str> = name.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty()).collect();
    if words.is_empty() { "app".to_owned() } else { words.join("-") }
}

/// A version as a tag, which knows no `+`.
fn tag(version: &str) -> String {
    version.replace('+', "_")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
pub(crate) mod tests {
    use serde_json::{Value, json};

    pub(crate) use super::executable::tests::static_program;
    use super::*;

    /// The image of a program that does nothing.
    pub(crate) fn image() -> Image {
        build(&Source { name: "Shop_api", version: "1.2.0+eu", program: &static_program(), arch: Arch::X86_64 })
            .unwrap()
    }

    #[test]
    fn the_documents_say_what_runs_and_as_whom() {
        let image = image();
        let read = |blob: &Blob| serde_json::from_slice::<Value>(&blob.bytes).unwrap();
        let labels =
            json!({"org.opencontainers.image.title": "Shop_api", "org.opencontainers.image.version": "1.2.0+eu"});
        let config = read(&image.config);
        let expected = json!({"User": "65532:65532", "Env": ["SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"],
            "Entrypoint": ["/app"], "WorkingDir": "/", "Labels": labels});
        assert_eq!(config["config"], expected);
        assert_eq!([&config["architecture"], &config["os"]], ["amd64", "linux"]);
        assert_eq!(config["created"], "1970-01-01T00:00:00Z");
        assert_eq!(config["rootfs"]["diff_ids"].as_array().map(Vec::len), Some(1));

        let manifest = read(&image.manifest);
        let descriptor = |blob: &Blob| json!({"mediaType": blob.media_type, "digest": Digest::of(&blob.bytes).to_string(), "size": blob.bytes.len()});
        assert_eq!(manifest["config"], descriptor(&image.config));
        assert_eq!(manifest["layers"], json!([descriptor(&image.layer)]));
        assert_eq!(manifest["annotations"], labels);
        assert_eq!([&manifest["schemaVersion"], &manifest["mediaType"]], [&json!(2), &json!(document::MANIFEST)]);
    }

    #[test]
    fn the_same_program_gives_the_same_digest() {
        assert_eq!(image().digest(), image().digest());
        let other = Source { name: "Shop_api", version: "1.2.1", program: &static_program(), arch: Arch::X86_64 };
        assert_ne!(build(&other).unwrap().digest(), image().digest());
    }

    #[test]
    fn what_cannot_run_is_refused_with_help() {
        let source = Source { name: "shop", version: "1.0.0", program: &static_program(), arch: Arch::Arm64 };
        let error = build(&source).unwrap_err();
        assert_eq!(error.to_string(), "the program is for X86_64, and the image for arm64");
        assert!(error.help().unwrap().contains("`aarch64-unknown-linux-musl`"), "{:?}", error.help());
    }

    #[test]
    fn names_and_versions_become_what_references_allow() {
        for (name, expected) in [("shop", "shop"), ("Shop__API-2", "shop-api-2"), ("_x_", "x"), ("ü", "app")] {
            assert_eq!(repository(name), expected);
        }
        assert_eq!(tag("1.0.0-rc.1+eu"), "1.0.0-rc.1_eu");
    }
}
