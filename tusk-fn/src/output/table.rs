//! `Table<T>`: items by their key.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Condition, Link, OutputError, OutputErrorKind};

/// The attribute that holds an item's key.
pub(crate) const KEY: &str = "id";
/// The attribute that holds an item's version.
#[cfg(any(
    all(provider_aws, feature = "aws-clients"),
    all(provider_azure, feature = "azure-clients"),
    all(provider_google, feature = "google-clients")
))]
pub(crate) const VERSION: &str = "tusk_fn_version";

/// A table of items of one type, each under a key.
///
/// On the platform an item is a map of its fields, with the key as the attribute `id` and a number that is another one
/// after each write as `tusk_fn_version`. On AWS an item that another program wrote has no version: it can be replaced
/// like any other, but that it was written again without one is not noticed. A function that wants to be told of changes
/// has `trigger = "database"`.
///
/// What a platform cannot keep as it is, is refused as [`OutputErrorKind::Unfit`]: on Azure a whole number of more than 53
/// bits, which Cosmos DB would round; on Google one of more than 64 with its sign, and a list directly in a list. A key that
/// cannot be the id of a document of Firestore, such as `a/b`, has another form there (`%a%2Fb`).
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct Stock {
///     pieces: u32,
/// }
///
/// #[tusk_fn(trigger = "queue", queue = "orders")]
/// async fn take(sku: String, #[table("stock")] stock: Table<Stock>) -> Result<(), anyhow::Error> {
///     if let Some(mut found) = stock.get(&sku).await? {
///         found.value.pieces = found.value.pieces.saturating_sub(1);
///         // Fails if another one wrote in between; the message is then tried again.
///         stock.replace(&sku, &found).await?;
///     }
///     Ok(())
/// }
/// ```
pub struct Table<T> {
    link: Link,
    of: PhantomData<fn(T) -> T>,
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Self {
        Self { link: self.link.clone(), of: PhantomData }
    }
}

impl<T> fmt::Debug for Table<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Table").field(&self.link).finish()
    }
}

/// An item and the version in which it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stored<T> {
    /// The item.
    pub value: T,
    /// A number that is another one after each write.
    pub version: u64,
}

impl<T: Serialize + DeserializeOwned> Table<T> {
    pub(crate) fn new(link: Link) -> Self {
        Self { link, of: PhantomData }
    }

    /// The item of that key, if it is there.
    ///
    /// # Errors
    /// It is no `T`, or the platform did not give it.
    pub async fn get(&self, key: &str) -> Result<Option<Stored<T>>, OutputError> {
        self.link.must_read()?;
        let Some((value, version)) = self.link.cloud.get(&self.link.output, key).await? else { return Ok(None) };
        let value = serde_json::from_value(value)
            .map_err(|error| self.link.error(OutputErrorKind::Unfit(format!("the item cannot be read: {error}"))))?;
        Ok(Some(Stored { value, version }))
    }

    /// Writes an item, also over another one.
    ///
    /// # Errors
    /// It is no map of fields, or the platform did not accept it.
    pub async fn put(&self, key: &str, item: &T) -> Result<(), OutputError> {
        self.write(key, item, Condition::None).await.map(drop)
    }

    /// Writes an item where there is none.
    ///
    /// # Errors
    /// There is one ([`OutputError::is_condition_failed`]); or as [`Table::put`].
    pub async fn insert(&self, key: &str, item: &T) -> Result<(), OutputError> {
        self.write(key, item, Condition::Absent).await.map(drop)
    }

    /// Writes an item that was read before, and changed.
    ///
    /// # Errors
    /// It was written by another one since ([`OutputError::is_condition_failed`]); or as [`Table::put`].
    pub async fn replace(&self, key: &str, item: &Stored<T>) -> Result<(), OutputError> {
        self.write(key, &item.value, Condition::Version(item.version)).await.map(drop)
    }

    /// Deletes the item of that key, if it is there.
    ///
    /// # Errors
    /// The platform did not do it.
    pub async fn delete(&self, key: &str) -> Result<(), OutputError> {
        self.link.must_write()?;
        self.link.cloud.delete(&self.link.output, key, Condition::None).await
    }

    /// Deletes an item that was read before.
    ///
    /// # Errors
    /// It was written by another one since ([`OutputError::is_condition_failed`]), or the platform did not do it. Where
    /// the answer was lost and the item is gone when it is asked again, this is a condition that failed: another one
    /// may have deleted it.
    pub async fn delete_unchanged(&self, key: &str, item: &Stored<T>) -> Result<(), OutputError> {
        self.link.must_write()?;
        self.link.cloud.delete(&self.link.output, key, Condition::Version(item.version)).await
    }

    async fn write(&self, key: &str, item: &T, condition: Condition) -> Result<u64, OutputError> {
        self.link.must_write()?;
        let unfit = |why: String| self.link.error(OutputErrorKind::Unfit(why));
        let value =
            serde_json::to_value(item).map_err(|error| unfit(format!("the item cannot be written: {error}")))?;
        let Value::Object(mut fields) = value else {
            return Err(unfit("an item must be a struct or a map, whose fields are the attributes".to_owned()));
        };
        fields.insert(KEY.to_owned(), key.into());
        self.link.cloud.put(&self.link.output, key, fields, condition).await
    }
}
