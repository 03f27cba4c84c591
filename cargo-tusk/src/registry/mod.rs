//! Pushes images to registries, by the OCI distribution specification.
//!
//! - [`push`]: what is sent, in which order; [`reference`]: where to
//! - [`session`]: requests to one registry, with its authorisation; [`auth`]: what a registry wants to be shown; [`credentials`]: what
//!   docker and podman have kept for it
//! - [`http`]: one request and its answer; [`tls`]: whom it trusts; [`url`]: addresses that registries give
//! - [`error`]: every fault and every word about it
//!
//! The library for this, `oci-client`, brings 109 crates before it has any TLS, and its TLS needs a C compiler.

mod auth;
mod credentials;
mod error;
mod http;
mod push;
mod reference;
mod session;
mod tls;
mod url;

#[cfg(test)]
mod tests;

pub(crate) use error::PushError;
pub(crate) use push::push;
pub(crate) use reference::Reference;
