//! `Secret<T>`: read when a function first takes it, and again after a while.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::{Link, OutputError, OutputErrorKind};
use crate::extract::Json;

/// A secret. It does not show itself: its `Debug` is `Secret(…)`, and it has no `Display`.
///
/// `Secret<String>` is its text, `Secret<Json<T>>` a value that is kept as JSON. It is fetched when a function of the process
/// takes it for the first time, and again every five minutes, so that a rotated one comes through. Where the
/// platform does not give it then, for a reason that passes, the one from before is used for up to an hour.
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// #[tusk_fn(trigger = "http", route = "pay", methods = ["POST"])]
/// async fn pay(#[secret("stripe-key")] key: Secret<String>) -> StatusCode {
///     if key.starts_with("sk_live_") { StatusCode::OK } else { StatusCode::PAYMENT_REQUIRED }
/// }
/// ```
#[derive(Clone)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// The value, to be handed on.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Secret<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Types that a secret is read as.
#[diagnostic::on_unimplemented(
    message = "a secret cannot be read as `{Self}`",
    label = "is no text",
    note = "take `Secret<String>`, `Secret<Bytes>`, or `Secret<Json<T>>` (where `T: Deserialize`)"
)]
pub trait FromSecret: Sized {
    /// Reads it. The error must not show it.
    ///
    /// # Errors
    /// It is no such value.
    fn from_secret(bytes: &Bytes) -> Result<Self, String>;
}

impl FromSecret for String {
    fn from_secret(bytes: &Bytes) -> Result<Self, String> {
        Self::from_utf8(bytes.to_vec()).map_err(|_| "the secret is not UTF-8; take `Secret<Bytes>`".to_owned())
    }
}

impl FromSecret for Bytes {
    fn from_secret(bytes: &Bytes) -> Result<Self, String> {
        Ok(bytes.clone())
    }
}

impl<T: DeserializeOwned> FromSecret for Json<T> {
    fn from_secret(bytes: &Bytes) -> Result<Self, String> {
        // serde's messages may repeat values.
        let say = |error: serde_json::Error| {
            format!("the secret is not the JSON that is expected (line {} column {})", error.line(), error.column())
        };
        serde_json::from_slice(bytes).map(Json).map_err(say)
    }
}

impl<T: FromSecret> Secret<T> {
    pub(crate) async fn fetch(link: Link) -> Result<Self, OutputError> {
        let bytes = link.cloud.secret(&link.output).await?;
        T::from_secret(&bytes).map(Self).map_err(|why| link.error(OutputErrorKind::Unfit(why)))
    }
}
