//! Where an image is pushed to: a registry, a repository of it, and a tag.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use crate::image::Digest;

/// Docker Hub, as references name it.
const DOCKER_HUB: &str = "docker.io";
/// The longest tag (OCI distribution specification).
const LONGEST_TAG: usize = 128;

/// `registry.example.com/team/shop:1.2`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    registry: String,
    repository: String,
    tag: String,
}

/// What is wrong with a reference, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReferenceError {
    #[error("leave out `{scheme}://`: write REGISTRY/REPOSITORY:TAG")]
    Scheme { scheme: String },
    #[error("which registry is meant? write REGISTRY/REPOSITORY:TAG, such as `registry.example.com/team/shop:1.2`")]
    NoRegistry,
    #[error("`{registry}` is no address: write a host, and a port if it has one, such as `registry.example.com:5000`")]
    Registry { registry: String },
    #[error("on Docker Hub a repository belongs to somebody: write `docker.io/USER/{repository}:TAG`")]
    NoUser { repository: String },
    #[error(
        "`{part}` cannot be in a repository's name: write lower-case letters and digits, with `.`, `_`, `__` or `-` between them"
    )]
    Repository { part: String },
    #[error("which tag is meant? write a version, such as `{reference}:1.2`")]
    NoTag { reference: String },
    #[error(
        "`{tag}` cannot be a tag: write at most 128 letters, digits, `_`, `.` and `-`, and none of the latter two in front"
    )]
    Tag { tag: String },
    #[error("leave out `@{digest}`, which follows from the image: write REGISTRY/REPOSITORY:TAG")]
    Digest { digest: String },
}

impl Reference {
    /// The registry, as it is written.
    pub(super) fn registry(&self) -> &str {
        &self.registry
    }

    pub(super) fn repository(&self) -> &str {
        &self.repository
    }

    pub(super) fn tag(&self) -> &str {
        &self.tag
    }

    /// The host, and port, that answers for the registry.
    pub(super) fn host(&self) -> &str {
        if self.registry == DOCKER_HUB { "registry-1.docker.io" } else { &self.registry }
    }

    /// The name by which docker keeps a login to the registry.
    pub(super) fn login_name(&self) -> &str {
        if self.registry == DOCKER_HUB { "https://index.docker.io/v1/" } else { &self.registry }
    }

    /// The registry and the repository.
    pub(super) fn place(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }

    /// The image itself, whatever becomes of the tag.
    pub(crate) fn with_digest(&self, digest: &Digest) -> String {
        format!("{}@{digest}", self.place())
    }
}

/// Whether an address is this machine's own.
pub(super) fn is_loopback(address: &str) -> bool {
    if let Ok(address) = address.parse::<SocketAddr>() {
        return address.ip().is_loopback();
    }
    let host = match address.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') && port.bytes().all(|it| it.is_ascii_digit()) => host,
        _ => address,
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}:{}", self.registry, self.repository, self.tag)
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if let Some((scheme, _)) = text.split_once("://") {
            return Err(ReferenceError::Scheme { scheme: scheme.to_owned() });
        }
        if let Some((_, digest)) = text.split_once('@') {
            return Err(ReferenceError::Digest { digest: digest.to_owned() });
        }
        let (registry, rest) = text.split_once('/').ok_or(ReferenceError::NoRegistry)?;
        // As docker tells a registry from the first part of a repository's name.
        if !registry.contains(['.', ':']) && registry != "localhost" {
            return Err(ReferenceError::NoRegistry);
        }
        if !is_address(registry) {
            return Err(ReferenceError::Registry { registry: registry.to_owned() });
        }
        let (repository, tag) = match rest.split_once(':') {
            Some((repository, tag)) => (repository, Some(tag)),
            None => (rest, None),
        };
        if let Some(part) = repository.split('/').find(|part| !is_repository_part(part)) {
            return Err(ReferenceError::Repository { part: part.to_owned() });
        }
        if registry == DOCKER_HUB && !repository.contains('/') {
            return Err(ReferenceError::NoUser { repository: repository.to_owned() });
        }
        let tag = tag.ok_or_else(|| ReferenceError::NoTag { reference: text.to_owned() })?;
        if !is_tag(tag) {
            return Err(ReferenceError::Tag { tag: tag.to_owned() });
        }
        Ok(Self { registry: registry.to_owned(), repository: repository.to_owned(), tag: tag.to_owned() })
    }
}

/// A host name or an IP address, with or without a port.
fn is_address(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_ip6 = host
        .strip_prefix('[')
        .and_then(|it| it.strip_suffix(']'))
        .is_some_and(|it| it.parse::<std::net::Ipv6Addr>().is_ok());
    let is_label = |label: &str| {
        label.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
            && !(label.is_empty() || label.starts_with('-') || label.ends_with('-'))
    };
    (is_ip6 || host.split('.').all(is_label)) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

fn is_repository_part(text: &str) -> bool {
    let is_word = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    let bytes = text.as_bytes();
    let ends = bytes.first().is_some_and(|it| is_word(*it)) && bytes.last().is_some_and(|it| is_word(*it));
    let separators = text.split(|it: char| it.is_ascii_lowercase() || it.is_ascii_digit());
    ends && separators.into_iter().all(|it| matches!(it, "" | "." | "_" | "__") || it.bytes().all(|byte| byte == b'-'))
}

fn is_tag(text: &str) -> bool {
    text.len() <= LONGEST_TAG
        && text.starts_with(|it: char| it.is_ascii_alphanumeric() || it == '_')
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"_.-".contains(&it))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_a_registry_a_repository_and_a_tag() {
        for (text, registry, repository, tag) in [
            ("registry.example.com/team/shop:1.2", "registry.example.com", "team/shop", "1.2"),
            ("localhost:5000/shop:latest", "localhost:5000", "shop", "latest"),
            ("localhost/shop:1", "localhost", "shop", "1"),
            ("[::1]:5000/a/b__c/d--e.f:_x", "[::1]:5000", "a/b__c/d--e.f", "_x"),
            ("europe-west1-docker.pkg.dev/p/r/shop:1", "europe-west1-docker.pkg.dev", "p/r/shop", "1"),
        ] {
            let reference: Reference = text.parse().unwrap();
            let parts = [reference.registry(), reference.repository(), reference.tag()];
            assert_eq!(parts, [registry, repository, tag]);
            assert_eq!(reference.to_string(), text);
        }
    }

    #[test]
    fn docker_hub_is_somewhere_else_than_its_name_says() {
        let reference: Reference = "docker.io/ada/shop:1".parse().unwrap();
        assert_eq!(reference.host(), "registry-1.docker.io");
        assert_eq!(reference.login_name(), "https://index.docker.io/v1/");
        assert_eq!(reference.place(), "docker.io/ada/shop");
    }

    #[test]
    fn what_is_no_reference_is_refused_with_help() {
        let long = format!("r.example.com/shop:{}", "x".repeat(129));
        for (text, said) in [
            ("https://r.example.com/shop:1", "leave out `https://`"),
            ("shop:1", "which registry is meant?"),
            ("team/shop:1", "which registry is meant?"),
            ("r.example.com:port/shop:1", "`r.example.com:port` is no address"),
            ("r..example.com/shop:1", "`r..example.com` is no address"),
            ("user:secret/shop:1", "`user:secret` is no address"),
            ("docker.io/shop:1", "`docker.io/USER/shop:TAG`"),
            ("r.example.com/Shop:1", "`Shop` cannot be in a repository's name"),
            ("r.example.com/a//b:1", "`` cannot be in a repository's name"),
            ("r.example.com/a_-b:1", "`a_-b` cannot be in a repository's name"),
            ("r.example.com/a...b:1", "`a...b` cannot be in a repository's name"),
            ("r.example.com/../b:1", "`..` cannot be in a repository's name"),
            ("r.example.com/-a:1", "`-a` cannot be in a repository's name"),
            ("r.example.com/shop", "such as `r.example.com/shop:1.2`"),
            ("r.example.com/shop:", "`` cannot be a tag"),
            ("r.example.com/shop:-1", "`-1` cannot be a tag"),
            ("r.example.com/shop:a+b", "`a+b` cannot be a tag"),
            (&long, "cannot be a tag"),
            ("r.example.com/shop@sha256:00", "leave out `@sha256:00`"),
            ("r.example.com/shop:1@sha256:00", "leave out `@sha256:00`"),
        ] {
            let error = text.parse::<Reference>().unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn this_machine_s_own_addresses_are_known() {
        for address in ["localhost", "LOCALHOST:5000", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:5000"] {
            assert!(is_loopback(address), "{address}");
        }
        for address in ["localhost.example.com", "127.0.0.1.example.com", "10.0.0.1:5000", "[::2]:80", "r.example.com"]
        {
            assert!(!is_loopback(address), "{address}");
        }
    }
}
