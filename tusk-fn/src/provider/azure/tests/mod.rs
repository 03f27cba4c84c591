//! Azure's wire over a real socket, from the host's bytes to what it is answered.
//!
//! - [`events`]: what each trigger is given
//! - [`broken`]: what is not as it must be, field by field
//! - [`attacks`]: events that a client forges, and payloads that lie
//! - [`requests`]: requests of clients, proxied and sent as events
//! - [`outcomes`]: what the host is answered, and starting and ending
//! - [`support`]: functions that say what they saw, and the host

mod attacks;
mod broken;
mod events;
mod outcomes;
mod requests;
pub(super) mod support;
