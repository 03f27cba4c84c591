//! Builds the peers: one `cargo build --release` for each feature, so that none pays for another's dependencies.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Outcome;
use crate::peers::Peer;

/// Where each binary lies, by its name.
pub(crate) type Binaries = BTreeMap<String, PathBuf>;

/// Builds what the peers need.
pub(crate) fn build(peers: &[Peer]) -> Outcome<Binaries> {
    let mut binaries = Binaries::new();
    for peer in peers {
        if !binaries.contains_key(peer.name) {
            binaries.extend(build_peer(peer)?);
        }
    }
    Ok(binaries)
}

fn build_peer(peer: &Peer) -> Outcome<Binaries> {
    eprintln!("building {}", peer.name);
    // Set when this runs under `cargo run`: the same toolchain builds the peers.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "--quiet", "--message-format=json-render-diagnostics"]);
    command.args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), "--features", peer.feature]);
    for binary in [peer.name, peer.layered] {
        command.args(["--bin", binary]);
    }
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{} does not build", peer.name).into());
    }
    Ok(String::from_utf8(output.stdout)?.lines().filter_map(executable).collect())
}

/// The name and the place of the executable that one of cargo's messages announces.
fn executable(message: &str) -> Option<(String, PathBuf)> {
    let message: Value = serde_json::from_str(message).ok()?;
    Some((message["target"]["name"].as_str()?.to_owned(), message["executable"].as_str()?.into()))
}
