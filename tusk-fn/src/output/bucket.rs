//! `Bucket`: objects by their names, through the crate `object_store`.

use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};

use super::{Link, OutputError, OutputErrorKind};

/// A bucket of objects: a folder below `.tusk/buckets` locally, S3 on AWS, a container of Blob Storage on Azure, Cloud Storage on
/// Google. Needs the feature `blob-store`.
///
/// An object's name is made of parts with one `/` between two of them, none of which is `.` or `..`. S3 and Cloud Storage
/// have more names (`/a`, `a/`, `a//b`), which the crate `object_store` does not reach: they are refused as
/// [`OutputErrorKind::Unfit`].
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// #[tusk_fn(trigger = "queue", queue = "paid")]
/// async fn invoice(order: String, #[bucket("invoices", access = "write")] invoices: Bucket) -> Result<(), OutputError> {
///     invoices.put(&format!("{order}.txt"), format!("Order {order}: paid")).await
/// }
/// ```
#[derive(Clone)]
pub struct Bucket {
    link: Link,
    store: Arc<dyn ObjectStore>,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bucket").field(&self.link).finish()
    }
}

impl Bucket {
    pub(crate) fn open(link: Link) -> Result<Self, OutputError> {
        let store = link.cloud.bucket(BucketName::Logical(&link.output.name)).map_err(|kind| link.error(kind))?;
        Ok(Self { link, store })
    }

    /// An object's content, which may have at most `limit` bytes.
    ///
    /// # Errors
    /// The name cannot be one, it is not there, is larger, or the platform did not give it.
    pub async fn get(&self, key: &str, limit: usize) -> Result<Bytes, OutputError> {
        self.link.must_read()?;
        let path = path(key).map_err(|kind| self.link.error(kind))?;
        read_whole(&*self.store, &path, limit).await.map_err(|kind| self.link.error(kind))
    }

    /// Writes an object, also over another one.
    ///
    /// # Errors
    /// The name cannot be one, or the platform did not accept it.
    pub async fn put(&self, key: &str, content: impl Into<Bytes>) -> Result<(), OutputError> {
        self.link.must_write()?;
        let path = path(key).map_err(|kind| self.link.error(kind))?;
        let put = self.store.put(&path, PutPayload::from(content.into())).await;
        put.map(drop).map_err(|error| self.link.error(kind_of(&error)))
    }

    /// Deletes an object, if it is there.
    ///
    /// # Errors
    /// The name cannot be one, or the platform did not do it.
    pub async fn delete(&self, key: &str) -> Result<(), OutputError> {
        self.link.must_write()?;
        let path = path(key).map_err(|kind| self.link.error(kind))?;
        match self.store.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.link.error(kind_of(&error))),
        }
    }

    /// The names of the objects in a folder of the bucket and in those below, in no order. An empty folder's name is the whole
    /// bucket.
    ///
    /// # Errors
    /// The platform did not give them.
    pub async fn list(&self, folder: &str) -> Result<Vec<String>, OutputError> {
        self.link.must_read()?;
        let named = folder.strip_suffix('/').unwrap_or(folder);
        let prefix = if folder.is_empty() { None } else { Some(path(named).map_err(|kind| self.link.error(kind))?) };
        let objects: Result<Vec<_>, _> = self.store.list(prefix.as_ref()).try_collect().await;
        let objects = objects.map_err(|error| self.link.error(kind_of(&error)))?;
        Ok(objects.into_iter().map(|object| object.location.to_string()).collect())
    }

    /// The bucket as `object_store` has it, for what is not here: streams, ranges, conditions, large uploads. Its methods do not
    /// look at the attribute's `access`; the platform does.
    pub fn object_store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }
}

/// Which bucket is meant.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BucketName<'a> {
    /// The one that an output or a trigger names.
    Logical(&'a str),
    /// The one that the platform calls so.
    Physical(&'a str),
}

/// A name of an object as `object_store` takes it. It has fewer names than S3, and makes others of some: `/a` and `a/`
/// would be `a`, which is another object.
pub(crate) fn path(key: &str) -> Result<Path, OutputErrorKind> {
    let unfit = |why: &str| OutputErrorKind::Unfit(format!("{key:?} cannot be an object's name: {why}"));
    if key.is_empty() {
        return Err(unfit("it is empty"));
    }
    let path = Path::parse(key).map_err(|error| unfit(&error.to_string()))?;
    match path.as_ref() {
        same if same == key => Ok(path),
        other => Err(unfit(&format!("it begins or ends with `/`, and `{other}` is another one"))),
    }
}

/// What an error means. The crate's own texts repeat no contents.
pub(crate) fn kind_of(error: &object_store::Error) -> OutputErrorKind {
    match error {
        object_store::Error::Precondition { .. } | object_store::Error::AlreadyExists { .. } => {
            OutputErrorKind::ConditionFailed
        }
        object_store::Error::NotFound { path, .. } => OutputErrorKind::NotFound(format!("there is no object {path:?}")),
        other => OutputErrorKind::Other(crate::error::chain(other)),
    }
}

/// An object's content as a stream.
pub(crate) async fn read_stream(
    store: &dyn ObjectStore,
    key: &Path,
) -> Result<impl Stream<Item = Result<Bytes, OutputErrorKind>> + Send + use<>, OutputErrorKind> {
    let found = store.get(key).await.map_err(|error| kind_of(&error))?;
    Ok(found.into_stream().map_err(|error| kind_of(&error)))
}

/// An object's whole content, if it has at most `limit` bytes.
pub(crate) async fn read_whole(store: &dyn ObjectStore, key: &Path, limit: usize) -> Result<Bytes, OutputErrorKind> {
    let too_large = || OutputErrorKind::Unfit(format!("the object {:?} has more than {limit} bytes", key.as_ref()));
    let mut stream = std::pin::pin!(read_stream(store, key).await?);
    let mut content = BytesMut::new();
    while let Some(part) = stream.next().await {
        let part = part?;
        if content.len() + part.len() > limit {
            return Err(too_large());
        }
        content.extend_from_slice(&part);
    }
    Ok(content.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_that_of_the_object_or_refused() {
        for key in ["a", "a/b.csv", "a b+\u{e9}%2F", "a/.b", "a/...", "a?b#c", "~a", "a\\b"] {
            assert_eq!(path(key).map(|path| path.to_string()).ok().as_deref(), Some(key));
        }
        for (key, why) in [
            ("", "it is empty"),
            ("/etc/x.csv", "it begins or ends with `/`, and `etc/x.csv` is another one"),
            ("folder/", "it begins or ends with `/`, and `folder` is another one"),
            ("a//b", "a//b"),
            ("a/../b", ".."),
            ("./a", "."),
        ] {
            let error = path(key).expect_err(key).to_string();
            assert!(error.starts_with(&format!("{key:?} cannot be an object's name: ")), "{error}");
            assert!(error.contains(why), "{error}");
        }
    }
}
