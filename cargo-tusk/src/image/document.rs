//! The JSON documents of an image, as version 1.1 of the OCI image specification has them, as far as they are needed here.
//!
//! They are a hundred lines; the crate that has all of them, `oci-spec`, brings 25 crates that nothing else here needs. The order
//! of keys is the order of fields, so that the same image gives the same bytes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::digest::Digest;

pub(super) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(super) const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(super) const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// Names and values, sorted.
pub(super) type Annotations = BTreeMap<&'static str, String>;

/// What a blob is, and where it is found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub(super) media_type: &'static str,
    pub(super) digest: Digest,
    pub(super) size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) platform: Option<Platform>,
    #[serde(skip_serializing_if = "Annotations::is_empty")]
    pub(super) annotations: Annotations,
}

/// What an image runs on.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Platform {
    pub(super) architecture: &'static str,
    pub(super) os: &'static str,
}

/// The marker of a folder with images.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Layout {
    pub(super) image_layout_version: &'static str,
}

/// The images of a folder.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Index {
    pub(super) schema_version: u8,
    pub(super) media_type: &'static str,
    pub(super) manifests: [Descriptor; 1],
}

/// What an image is made of.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    pub(super) schema_version: u8,
    pub(super) media_type: &'static str,
    pub(super) config: Descriptor,
    pub(super) layers: [Descriptor; 1],
    pub(super) annotations: Annotations,
}

/// How an image is run.
#[derive(Debug, Serialize)]
pub(super) struct Config {
    pub(super) created: &'static str,
    #[serde(flatten)]
    pub(super) platform: Platform,
    #[serde(rename = "config")]
    pub(super) execution: Execution,
    pub(super) rootfs: RootFilesystem,
    pub(super) history: [History; 1],
}

/// What is run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Execution {
    pub(super) user: &'static str,
    pub(super) env: [String; 1],
    pub(super) entrypoint: [&'static str; 1],
    pub(super) working_dir: &'static str,
    pub(super) labels: Annotations,
}

/// The layers, by what is in them.
#[derive(Debug, Serialize)]
pub(super) struct RootFilesystem {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) diff_ids: [Digest; 1],
}

/// Where a layer comes from.
#[derive(Debug, Serialize)]
pub(super) struct History {
    pub(super) created: &'static str,
    pub(super) created_by: &'static str,
}

/// An image as `docker save` writes it and `docker load` wants it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Saved {
    pub(super) config: String,
    pub(super) repo_tags: [String; 1],
    pub(super) layers: [String; 1],
}
