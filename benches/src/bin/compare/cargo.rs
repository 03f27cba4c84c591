//! Builds the peers: one `cargo build --release` for each feature, so that none pays for another's dependencies.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Outcome;
use crate::peers::{Peer, Platform};

/// Where each binary lies, by its table and its name.
pub(crate) type Binaries = BTreeMap<(Platform, String), PathBuf>;

/// Builds what the peers need.
pub(crate) fn build(peers: &[Peer]) -> Outcome<Binaries> {
    let mut binaries = Binaries::new();
    for peer in peers {
        binaries.extend(build_peer(peer)?);
    }
    Ok(binaries)
}

fn build_peer(peer: &Peer) -> Outcome<Binaries> {
    eprintln!("building {} for {:?}", peer.name, peer.platform);
    // Set when this runs under `cargo run`: the same toolchain builds the peers.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "--quiet", "--message-format=json-render-diagnostics"]);
    command.args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), "--features", peer.feature]);
    for binary in [peer.name, peer.layered] {
        command.args(["--bin", binary]);
    }
    // What `cargo tusk build` sets: a program that is deployed carries one provider.
    command.env("TUSK_FN_ONLY", peer.platform.provider());
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{} does not build", peer.name).into());
    }
    let messages = String::from_utf8(output.stdout)?;
    messages.lines().filter_map(executable).map(|(name, path)| keep(peer.platform, name, &path)).collect()
}

/// Copies a binary to where the build for the other table does not overwrite it.
fn keep(platform: Platform, name: String, path: &Path) -> Outcome<((Platform, String), PathBuf)> {
    let folder = path.with_file_name("compare-binaries").join(platform.provider());
    std::fs::create_dir_all(&folder)?;
    let kept = folder.join(&name);
    std::fs::copy(path, &kept)?;
    Ok(((platform, name), kept))
}

/// The name and the place of the executable that one of cargo's messages announces.
fn executable(message: &str) -> Option<(String, PathBuf)> {
    let message: Value = serde_json::from_str(message).ok()?;
    Some((message["target"]["name"].as_str()?.to_owned(), message["executable"].as_str()?.into()))
}
