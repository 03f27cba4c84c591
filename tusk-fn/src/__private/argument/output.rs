//! Arguments that are outputs: `#[queue("orders")] orders: Sender<Order>`.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tusk_fn_spec::output::OutputKind;

use super::Requirement;
use crate::error::Failure;
use crate::invocation::Invocation;
use crate::output::{Encode, FromSecret, Link, OutputError, Secret, Sender, Table};
use crate::private::output::Rejection;
#[cfg(not(deployed_without_clients))]
use crate::provider::OUTPUTS;

/// The kinds of output, as types.
pub mod output_kind {
    /// `#[queue("…")]`.
    #[derive(Debug)]
    pub struct Queue;
    /// `#[topic("…")]`.
    #[derive(Debug)]
    pub struct Topic;
    /// `#[event("…")]`.
    #[derive(Debug)]
    pub struct Event;
    /// `#[bucket("…")]`.
    #[derive(Debug)]
    pub struct Bucket;
    /// `#[table("…")]`.
    #[derive(Debug)]
    pub struct Table;
    /// `#[secret("…")]`.
    #[derive(Debug)]
    pub struct Secret;
}

type Opening<T> = Pin<Box<dyn Future<Output = Result<T, OutputError>> + Send>>;

/// What an argument marked `#[queue]`, `#[topic]` or `#[event]` may be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no client that sends",
    label = "must be a `Sender<T>`",
    note = "an argument marked `#[queue]`, `#[topic]` or `#[event]` is a `Sender<T>` (where `T: Serialize`)"
)]
pub trait SendingOutput: Sized + Send + 'static {
    /// Makes it.
    fn open(link: Link) -> Opening<Self>;
}

impl<T: Encode + 'static> SendingOutput for Sender<T> {
    fn open(link: Link) -> Opening<Self> {
        Box::pin(std::future::ready(Ok(Self::new(link))))
    }
}

/// What an argument marked `#[table]` may be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no client of a table",
    label = "must be a `Table<T>`",
    note = "an argument marked `#[table]` is a `Table<T>` (where `T: Serialize + Deserialize`)"
)]
pub trait TableOutput: Sized + Send + 'static {
    /// Makes it.
    fn open(link: Link) -> Opening<Self>;
}

impl<T: Serialize + DeserializeOwned + 'static> TableOutput for Table<T> {
    fn open(link: Link) -> Opening<Self> {
        Box::pin(std::future::ready(Ok(Self::new(link))))
    }
}

/// What an argument marked `#[secret]` may be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no secret",
    label = "must be a `Secret<T>`",
    note = "an argument marked `#[secret]` is a `Secret<String>`, a `Secret<Bytes>`, or a `Secret<Json<T>>` (where `T: \
            Deserialize`)"
)]
pub trait SecretOutput: Sized + Send + 'static {
    /// Makes it.
    fn open(link: Link) -> Opening<Self>;
}

impl<T: FromSecret + Send + 'static> SecretOutput for Secret<T> {
    fn open(link: Link) -> Opening<Self> {
        Box::pin(Self::fetch(link))
    }
}

/// What an argument marked `#[bucket]` may be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no client of a bucket",
    label = "must be a `Bucket`",
    note = "an argument marked `#[bucket]` is a `tusk_fn::Bucket`, which needs the feature `blob-store` of tusk-fn"
)]
pub trait BucketOutput: Sized + Send + 'static {
    /// Makes it.
    fn open(link: Link) -> Opening<Self>;
}

#[cfg(feature = "blob-store")]
impl BucketOutput for crate::output::Bucket {
    fn open(link: Link) -> Opening<Self> {
        Box::pin(std::future::ready(Self::open(link)))
    }
}

/// That an argument can be an output. It holds what it proved, so that taking it needs no bound, whose failure would be a second
/// error.
#[derive(Debug)]
pub struct OutputProof<T> {
    kind: OutputKind,
    name: &'static str,
    access: (bool, bool),
    open: fn(Link) -> Opening<T>,
}

macro_rules! kinds_of_outputs {
    ($($kind:ident $bound:ident)*) => {$(
        impl output_kind::$kind {
            /// Of an argument with that name, and whether it reads and writes.
            pub fn prove<T: $bound>(name: &'static str, reads: bool, writes: bool) -> OutputProof<T> {
                OutputProof { kind: OutputKind::$kind, name, access: (reads, writes), open: T::open }
            }
        }
    )*};
}
kinds_of_outputs! {
    Queue SendingOutput
    Topic SendingOutput
    Event SendingOutput
    Bucket BucketOutput
    Table TableOutput
    Secret SecretOutput
}

/// What an output asks for, and what an `idempotent` function does. Its constant is only looked at in programs that have one: there a program that is built for
/// deployment, and could not send anything then, does not compile.
pub struct Deployable<T>(PhantomData<T>);

impl<T> Deployable<T> {
    #[cfg(not(deployed_without_clients))]
    /// For an output of that type.
    pub const CHECKED: Requirement = Requirement::Output(&OUTPUTS);
    #[cfg(deployed_without_clients)]
    /// For an output of that type.
    pub const CHECKED: Requirement = {
        // It depends on the type, so that it is looked at in programs that have an output, and not here.
        assert!(
            size_of::<T>() == usize::MAX,
            concat!(
                "a function sends, stores or reads something, or is `idempotent`, and tusk-fn was compiled without what does this on `",
                env!("TUSK_FN_WITHOUT_CLIENTS"),
                "`; add the feature: cargo add tusk-fn --features ",
                env!("TUSK_FN_WITHOUT_CLIENTS"),
                "-clients"
            )
        );
        Requirement::None
    };
}

impl<T> Deployable<T> {
    /// For an `idempotent` function: a table, or nothing where the program is deployed to what has none, and brings a store of its own.
    #[cfg(not(all(deployed_without_clients, not(deployed_with_tables))))]
    pub const REMEMBERED: Requirement = Self::CHECKED;
    /// See above.
    #[cfg(all(deployed_without_clients, not(deployed_with_tables)))]
    pub const REMEMBERED: Requirement = Requirement::None;
}

impl<T> OutputProof<T> {
    /// What must be there for it.
    pub fn requirement(self) -> Requirement {
        Deployable::<T>::CHECKED
    }

    /// Takes it.
    ///
    /// # Errors
    /// The output cannot be opened: it is no fault of what was delivered.
    pub async fn take(self, invocation: &mut Invocation) -> Result<T, Rejection> {
        let function = invocation.program.functions()[invocation.function].name();
        let cloud = Arc::clone(invocation.program.cloud());
        let link = Link::new(cloud, function, self.kind, self.name, self.access);
        (self.open)(link).await.map_err(|error| Rejection::Failure(Failure::of(error)))
    }
}
