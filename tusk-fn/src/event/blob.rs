//! What a function with `trigger = "blob"` takes.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

#[cfg(feature = "blob-store")]
use bytes::Bytes;
#[cfg(feature = "blob-store")]
use futures_util::{Stream, TryStreamExt as _};
use jiff::Timestamp;
#[cfg(feature = "blob-store")]
use object_store::ObjectStore;
#[cfg(feature = "blob-store")]
use object_store::path::Path;
pub use tusk_fn_spec::trigger::blob::BlobEvent;

use super::{FromItem, Item, Origin, wrong_item};
use crate::error::Failure;
use crate::output::Cloud;
#[cfg(feature = "blob-store")]
use crate::output::{BucketName, OutputError, OutputErrorKind, path, read_stream, read_whole};
use crate::private::kind;
#[cfg(feature = "blob-store")]
use crate::private::{Deployable, Requirement};

/// An object of a bucket that was written or deleted. Its content is read only when the function asks for it.
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// #[tusk_fn(trigger = "blob", path = "uploads/<name>.csv")]
/// async fn import(name: String, blob: Blob) {
///     println!("{name}: {:?} bytes at {}", blob.size, blob.key);
/// }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Blob {
    /// The bucket's name on the platform.
    pub bucket: String,
    /// The object's name, decoded.
    pub key: String,
    /// How many bytes it has, if the platform says so.
    pub size: Option<u64>,
    /// What tells its content from an earlier one, if the platform says so. Not in quotes.
    pub etag: Option<String>,
    /// What happened.
    pub event: BlobEvent,
    /// When it happened, if the platform says so.
    pub time: Option<Timestamp>,
    /// Who has its content.
    #[cfg_attr(not(feature = "blob-store"), expect(dead_code, reason = "nobody reads contents"))]
    pub(crate) cloud: Option<Arc<dyn Cloud>>,
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bucket, key, size, etag, event, time, cloud: _ } = self;
        let mut shown = f.debug_struct("Blob");
        shown.field("bucket", bucket).field("key", key).field("size", size).field("etag", etag);
        shown.field("event", event).field("time", time).finish_non_exhaustive()
    }
}

impl PartialEq for Blob {
    fn eq(&self, other: &Self) -> bool {
        let of = |it: &Self| (it.bucket.clone(), it.key.clone(), it.size, it.etag.clone(), it.event, it.time);
        of(self) == of(other)
    }
}

impl Eq for Blob {}

/// An object's content. It is read from the bucket when one of these is called, so that it may be a later one than the event is
/// of, or gone.
///
/// S3 has names that the crate `object_store` does not reach: such as `/a`, `a/` (a folder, as the console makes it)
/// and `a//b`. The content of such an object cannot be read, now or later. The error says so, and is one that rejects:
/// a function that hands it on is not called again for the object, whose event goes to the dead letters.
#[cfg(feature = "blob-store")]
impl Blob {
    /// The whole content, which may have at most `limit` bytes.
    ///
    /// # Errors
    /// The object is larger, is gone, has a name that cannot be read, or the platform did not give it.
    pub async fn bytes(&self, limit: usize) -> Result<Bytes, OutputError> {
        let (store, path) = (self.object_store()?, self.path()?);
        read_whole(&*store, &path, limit).await.map_err(|kind| self.error(kind))
    }

    /// The whole content as text, which may have at most `limit` bytes.
    ///
    /// # Errors
    /// As [`Blob::bytes`], or it is not UTF-8.
    pub async fn text(&self, limit: usize) -> Result<String, OutputError> {
        let bytes = self.bytes(limit).await?;
        let text = String::from_utf8(bytes.into());
        text.map_err(|_| self.error(OutputErrorKind::Unfit("the object is not UTF-8".to_owned())))
    }

    /// The content as it arrives, for objects of any size.
    ///
    /// # Errors
    /// The object is gone, has a name that cannot be read, or the platform did not give it. Each part may be an error,
    /// too.
    pub async fn stream(&self) -> Result<impl Stream<Item = Result<Bytes, OutputError>> + Send + 'static, OutputError> {
        let (store, path) = (self.object_store()?, self.path()?);
        let stream = read_stream(&*store, &path).await.map_err(|kind| self.error(kind))?;
        let name = self.name();
        Ok(stream.map_err(move |kind| OutputError::new(&name, kind)))
    }

    /// The bucket as `object_store` has it.
    ///
    /// # Errors
    /// The program was started without a place where buckets are.
    pub fn object_store(&self) -> Result<Arc<dyn ObjectStore>, OutputError> {
        let nowhere = || OutputErrorKind::Unknown("give the app an outbox with a bucket of that name".to_owned());
        let cloud = self.cloud.as_ref().ok_or_else(|| self.error(nowhere()))?;
        cloud.bucket(BucketName::Physical(&self.bucket)).map_err(|kind| self.error(kind))
    }

    /// The object's name, if it is one that can be read. No other attempt would help.
    fn path(&self) -> Result<Path, OutputError> {
        path(&self.key).map_err(|kind| self.error(kind).rejecting())
    }

    fn name(&self) -> String {
        format!("blob {}/{}", self.bucket, self.key)
    }

    fn error(&self, kind: OutputErrorKind) -> OutputError {
        OutputError::new(self.name(), kind)
    }
}

impl Blob {
    /// An object that was just written, as a test delivers it.
    pub fn created(bucket: impl Into<String>, key: impl Into<String>) -> Self {
        Self::of(BlobEvent::Created, bucket, key)
    }

    /// An object that was just deleted, as a test delivers it.
    pub fn deleted(bucket: impl Into<String>, key: impl Into<String>) -> Self {
        Self::of(BlobEvent::Deleted, bucket, key)
    }

    pub(crate) fn of(event: BlobEvent, bucket: impl Into<String>, key: impl Into<String>) -> Self {
        let time = Some(Timestamp::now());
        Self { bucket: bucket.into(), key: key.into(), size: None, etag: None, event, time, cloud: None }
    }
}

/// A blob as a provider decoded it.
#[derive(Clone, Debug)]
pub struct BlobItem {
    pub(crate) blob: Blob,
    /// The bytes of the key that each parameter of the function's pattern stands for.
    pub(crate) captures: Vec<Range<usize>>,
}

impl BlobItem {
    /// The text of the parameter of that index.
    pub(crate) fn capture(&self, index: usize) -> Option<&str> {
        self.blob.key.get(self.captures.get(index)?.clone())
    }
}

impl FromItem<kind::Blob> for Blob {
    fn from_item(item: &Item, origin: &Origin<'_>) -> Result<Self, Failure> {
        match item {
            Item::Blob(item) => Ok(Self { cloud: Some(Arc::clone(origin.cloud)), ..item.blob.clone() }),
            _ => Err(wrong_item("blobs", item)),
        }
    }

    /// Its content is in a bucket.
    #[cfg(feature = "blob-store")]
    fn requirement<Q>() -> Requirement {
        match Deployable::<Q>::CHECKED {
            Requirement::Output(support) => Requirement::Contents(support),
            other => other,
        }
    }
}

#[cfg(all(test, feature = "blob-store"))]
mod tests {
    use object_store::ObjectStoreExt as _;

    use super::*;
    use crate::testing::Outbox;

    #[tokio::test]
    async fn a_name_that_cannot_be_read_rejects() {
        let outbox = Outbox::new();
        outbox.bucket("uploads").put(&"folder".into(), "other".into()).await.expect("it is written");
        let cloud: Arc<dyn Cloud> = Arc::new(outbox);
        let blob = |key: &str| Blob { cloud: Some(Arc::clone(&cloud)), ..Blob::created("uploads", key) };
        assert_eq!(blob("folder").text(9).await.expect("a text"), "other");
        for key in ["/folder", "folder/", "a//b"] {
            let stream = blob(key).stream().await.err().expect("no stream");
            let bytes = blob(key).bytes(9).await.expect_err("no content");
            for error in [stream, bytes] {
                assert!(matches!(error.kind, OutputErrorKind::Unfit(_)), "{error}");
                let said = error.to_string();
                let failure = Failure::of(error);
                assert!(failure.is_rejection(), "{failure}");
                assert_eq!(failure.message(), said);
            }
        }
        let gone = Failure::of(blob("gone").bytes(9).await.expect_err("no content"));
        assert!(!gone.is_rejection(), "{gone}");
    }
}
