//! Functions that handle what is delivered once.

use tusk_fn::prelude::*;

use crate::{Job, JobError, work};

#[tusk_fn(trigger = "queue", queue = "once", idempotent = "name", timeout = "1s", max_attempts = 2)]
async fn once(message: Message<Job>) -> Result<(), JobError> {
    work("once", &message.body, message.attempt).await
}

/// What is in progress when its process is killed.
#[tusk_fn(trigger = "queue", queue = "crashes", idempotent = true, timeout = "2s", max_attempts = 2)]
async fn crashes(message: Message<Job>) -> Result<(), JobError> {
    work("crashes", &message.body, message.attempt).await
}
