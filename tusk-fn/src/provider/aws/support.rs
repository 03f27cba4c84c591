//! What only functions of event sources, and functions with outputs, need of AWS.
//!
//! Everything in here is reached through function pointers that only such functions' registrations hold. A program without
//! them carries neither a decoder nor a client: that is three quarters of its size.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

use super::dead_letters::{self, DeadLetters};
use super::event::Sent;
use super::receive::receive;
use crate::context::Delivery;
use crate::dispatch::Program;
use crate::error::Failure;
#[cfg(not(all(deployed_without_clients, not(feature = "aws-clients"))))]
use crate::output::Cloud;

/// An event being delivered.
type Receiving<'a> = Pin<Box<dyn Future<Output = Result<serde_json::Value, Failure>> + Send + 'a>>;

/// Hands an event to the function that it is for.
type Receive = for<'a> fn(&'a Arc<Program>, Option<&'a Arc<dyn DeadLetters>>, Bytes, Sent, Delivery) -> Receiving<'a>;

/// For functions that event sources invoke.
pub(crate) struct Events {
    pub(super) receive: Receive,
    pub(super) dead_letters: fn() -> Option<Arc<dyn DeadLetters>>,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

pub(crate) const EVENTS: Events = Events { receive: receive_boxed, dead_letters: dead_letters::queue_of_process };

fn receive_boxed<'a>(
    program: &'a Arc<Program>,
    dead_letters: Option<&'a Arc<dyn DeadLetters>>,
    bytes: Bytes,
    sent: Sent,
    delivery: Delivery,
) -> Receiving<'a> {
    Box::pin(receive(program, dead_letters, bytes, sent, delivery))
}

/// See [`OpenCloud`](crate::provider::OpenCloud).
#[cfg(feature = "aws-clients")]
pub(crate) fn open_cloud() -> Result<Arc<dyn Cloud>, String> {
    Ok(Arc::new(super::cloud::AwsCloud::open()?))
}

/// See [`OpenCloud`](crate::provider::OpenCloud).
#[cfg(not(any(feature = "aws-clients", deployed_without_clients)))]
pub(crate) fn open_cloud() -> Result<Arc<dyn Cloud>, String> {
    Err(crate::provider::without_clients(crate::provider::Provider::Aws))
}
