//! Who is compared: each peer's binaries, and the one that the others are measured against.

/// Which of the two tables a peer stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Platform {
    /// A Lambda that takes its events from a loopback Runtime API.
    Aws,
    /// A server on loopback.
    Http,
}

impl Platform {
    /// The provider that tusk-fn is built for.
    pub(crate) const fn provider(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Http => "local",
        }
    }
}

/// What a peer is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Does less than the handlers ask, to show what nobody can go below on this library.
    Floor,
    /// The one that ratios refer to.
    Reference,
    /// Another way to write the same.
    Rival,
    /// What the targets are for.
    Subject,
}

/// One column of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    /// The column's heading: the binary without the layer.
    pub(crate) name: &'static str,
    /// The binary with the layer; a floor has none.
    pub(crate) layered: &'static str,
    /// The feature of this package that both are built with.
    pub(crate) feature: &'static str,
    /// The table it stands in.
    pub(crate) platform: Platform,
    /// What it is there for.
    pub(crate) role: Role,
}

/// All of them, in the order of the columns.
pub(crate) const PEERS: &[Peer] = &[
    peer(Platform::Aws, Role::Floor, "lambda_raw", "lambda_raw", "lambda_raw"),
    peer(Platform::Aws, Role::Reference, "lambda_by_hand", "lambda_by_hand_layer", "lambda_by_hand"),
    peer(Platform::Aws, Role::Rival, "lambda_http_axum", "lambda_http_axum_layer", "lambda_http_axum"),
    peer(Platform::Aws, Role::Subject, "users_tusk", "users_tusk_layer", "users_tusk"),
    peer(Platform::Http, Role::Floor, "http_hyper", "http_hyper", "http_hyper"),
    peer(Platform::Http, Role::Reference, "http_axum", "http_axum_layer", "http_axum"),
    peer(Platform::Http, Role::Subject, "users_tusk", "users_tusk_layer", "users_tusk"),
];

const fn peer(
    platform: Platform,
    role: Role,
    name: &'static str,
    layered: &'static str,
    feature: &'static str,
) -> Peer {
    Peer { name, layered, feature, platform, role }
}
