//! What functions may take that items of an event source invoke.
//!
//! Each kind has a bound of its own, with the sentence that says in that kind's words what is wrong; the behaviour is one for
//! all of them.

use bytes::Bytes;

use super::{Proof, Requirement, Taker, target, via};
use crate::error::Failure;
use crate::event::{Batch, FromItem, Origin};
use crate::invocation::{Input, Invocation};
use crate::private::kind::{self, Kind};
use crate::private::output::Rejection;

/// Types that a function with `trigger = "blob"` may take.
#[diagnostic::on_unimplemented(
    message = "a function for blobs cannot take `{Self}`",
    label = "cannot be taken from a blob",
    note = "it takes `Blob`, by an argument of the same name a parameter of its path, `Context`, and `State<T>` (where `T: \
            Clone + Send + Sync`)"
)]
pub trait BlobArgument<M> {}

/// Types that a function with `trigger = "queue"` may take.
#[diagnostic::on_unimplemented(
    message = "a function for messages of a queue cannot take `{Self}`",
    label = "cannot be taken from a message",
    note = "it takes `Json<T>` or `Message<T>` (where `T: Deserialize`), `String`, `Bytes`, `Batch` of one of these, `Context`, \
            and `State<T>` (where `T: Clone + Send + Sync`)"
)]
pub trait QueueArgument<M> {}

/// Types that a function with `trigger = "topic"` may take.
#[diagnostic::on_unimplemented(
    message = "a function for messages of a topic cannot take `{Self}`",
    label = "cannot be taken from a message",
    note = "it takes `Json<T>` or `Message<T>` (where `T: Deserialize`), `String`, `Bytes`, `Batch` of one of these, `Context`, \
            and `State<T>` (where `T: Clone + Send + Sync`)"
)]
pub trait TopicArgument<M> {}

/// Types that a function with `trigger = "database"` may take.
#[diagnostic::on_unimplemented(
    message = "a function for changes cannot take `{Self}`",
    label = "cannot be taken from a change",
    note = "it takes `Change<T>` (where `T: Deserialize`), `Batch<Change<T>>`, `Context`, and `State<T>` (where `T: Clone + Send \
            + Sync`)"
)]
pub trait DatabaseArgument<M> {}

/// Types that a function with `trigger = "stream"` may take.
#[diagnostic::on_unimplemented(
    message = "a function for records of a stream cannot take `{Self}`",
    label = "cannot be taken from a record",
    note = "it takes `Json<T>` or `Record<T>` (where `T: Deserialize`), `String`, `Bytes`, `Batch` of one of these, `Context`, \
            and `State<T>` (where `T: Clone + Send + Sync`)"
)]
pub trait StreamArgument<M> {}

/// Types that a function with `trigger = "event"` may take.
#[diagnostic::on_unimplemented(
    message = "a function for events cannot take `{Self}`",
    label = "cannot be taken from an event",
    note = "it takes `CloudEvent<T>` (where `T: Deserialize`), `Context`, and `State<T>` (where `T: Clone + Send + Sync`)"
)]
pub trait EventArgument<M> {}

/// A provider's own event, which a function may take that is deployed to that provider only.
pub trait NativeEvent<K>: Sized {
    /// The marker of the provider.
    type Target;

    /// Reads it.
    ///
    /// # Errors
    /// The event is another one.
    fn read(event: &Bytes) -> Result<Self, Failure>;
}

/// That an argument which is taken that way is there wherever the function may be deployed.
#[diagnostic::on_unimplemented(
    message = "`{T}` is an event of one provider, and this function may be deployed to others",
    label = "is an event of one provider only",
    note = "add that provider as the only target, such as `targets = [\"aws\"]`"
)]
pub trait AllowedOn<On, K, T> {}
#[diagnostic::do_not_recommend]
impl<On, K, T> AllowedOn<On, K, T> for via::Own {}
#[diagnostic::do_not_recommend]
impl<On, K, T> AllowedOn<On, K, T> for via::Item {}
#[diagnostic::do_not_recommend]
impl<On, K, T> AllowedOn<On, K, T> for via::Batch {}
#[diagnostic::do_not_recommend]
impl<K, T: NativeEvent<K, Target = target::Aws>> AllowedOn<target::Aws, K, T> for via::Native {}

macro_rules! kinds_of_items {
    ($($kind:ident $bound:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: FromItem<kind::$kind>> $bound<via::Item> for T {}
        #[diagnostic::do_not_recommend]
        impl<T: NativeEvent<kind::$kind>> $bound<via::Native> for T {}

        impl kind::$kind {
            /// Of an argument that others follow.
            pub fn argument<T: $bound<M>, M: AllowedOn<On, Self, T>, On>() -> Proof<Self, T, M> {
                Proof::new()
            }

            /// Of the last argument.
            pub fn last_argument<T: $bound<M>, M: AllowedOn<On, Self, T>, On>() -> Proof<Self, T, M> {
                Proof::new()
            }
        }
    )*};
}
kinds_of_items! {
    Blob BlobArgument
    Queue QueueArgument
    Topic TopicArgument
    Database DatabaseArgument
    Stream StreamArgument
    Event EventArgument
}

// What comes one by one, a blob or an event, comes in no batch.
macro_rules! kinds_of_batches {
    ($($kind:ident $bound:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: FromItem<kind::$kind>> $bound<via::Batch> for Batch<T> {}
    )*};
}
kinds_of_batches! { Queue QueueArgument Topic TopicArgument Database DatabaseArgument Stream StreamArgument }

impl<K: Kind, T: FromItem<K> + Send> Taker<K, T> for via::Item {
    async fn take(invocation: &mut Invocation) -> Result<T, Rejection> {
        let origin = Origin { attempt: invocation.delivered.delivery.attempt, cloud: invocation.program.cloud() };
        match &invocation.delivered.input {
            Input::Item(item) => T::from_item(item, &origin).map_err(Rejection::Failure),
            other => Err(other.mistaken_for("a function for single items")),
        }
    }

    fn requirement() -> Requirement {
        T::requirement::<K>()
    }
}

impl<K: Kind, T: FromItem<K> + Send> Taker<K, Batch<T>> for via::Batch {
    async fn take(invocation: &mut Invocation) -> Result<Batch<T>, Rejection> {
        let Input::Batch(batch) = &mut invocation.delivered.input else {
            return Err(invocation.delivered.input.mistaken_for("a function for batches"));
        };
        let mut items = Vec::with_capacity(batch.items.len());
        let mut positions = Vec::with_capacity(batch.items.len());
        for (position, (item, attempt)) in batch.items.iter().enumerate() {
            let origin = Origin { attempt: *attempt, cloud: invocation.program.cloud() };
            match T::from_item(item, &origin) {
                Ok(item) => {
                    items.push(item);
                    positions.push(position);
                }
                Err(failure) => batch.refuse(position, failure),
            }
        }
        Ok(Batch::new(items, positions))
    }

    fn requirement() -> Requirement {
        Requirement::Batch
    }
}

impl<K: Kind, T: NativeEvent<K> + Send> Taker<K, T> for via::Native {
    async fn take(invocation: &mut Invocation) -> Result<T, Rejection> {
        match &invocation.delivered.input {
            Input::Native(event) => T::read(event).map_err(Rejection::Failure),
            other => Err(other.mistaken_for("a function for a provider's own event")),
        }
    }

    fn requirement() -> Requirement {
        Requirement::Native
    }
}
