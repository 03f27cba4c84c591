//! Buckets against an emulator of AWS, as [`emulator`](super::emulator) has it.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyMode, CopyOptions, Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutMode, PutPayload,
    UpdateVersion, WriteMultipart,
};

use super::emulator::emulated;

/// A new bucket; none without an emulator.
async fn bucket(kind: &str) -> Option<Arc<dyn ObjectStore>> {
    let (client, name) = emulated(kind)?;
    let bucket = client.bucket(&name).expect("a bucket");
    // To put nothing under no name is to make the bucket. The answer is not one of an object: what counts is that it is there.
    let _ = bucket.put(&Path::default(), PutPayload::new()).await;
    let made = bucket.list_with_delimiter(None).await;
    made.expect("a bucket that is made without saying where is made in us-east-1 only: set AWS_REGION to that");
    Some(bucket)
}

async fn text(bucket: &dyn ObjectStore, path: &Path) -> Bytes {
    bucket.get(path).await.expect("an object").bytes().await.expect("its content")
}

#[tokio::test]
async fn an_object_is_written_read_and_deleted() {
    let Some(bucket) = bucket("objects").await else { return };
    let path = Path::from("a folder/ü+&%.csv");
    bucket.put(&path, PutPayload::from_static(b"0123456789")).await.expect("written");
    assert_eq!(text(&*bucket, &path).await, "0123456789");
    assert_eq!(bucket.get_range(&path, 2..5).await.expect("a range"), "234");
    let last = GetOptions { range: Some(GetRange::Suffix(3)), ..GetOptions::default() };
    assert_eq!(bucket.get_opts(&path, last).await.expect("an end").bytes().await.expect("content"), "789");
    assert_eq!(bucket.head(&path).await.expect("a head").size, 10);
    bucket.delete(&path).await.expect("deleted");
    assert!(matches!(bucket.get(&path).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn a_write_is_conditional() {
    let Some(bucket) = bucket("conditional").await else { return };
    let path = Path::from("a");
    let first = bucket.put_opts(&path, "1".into(), PutMode::Create.into()).await.expect("written");
    let again = bucket.put_opts(&path, "2".into(), PutMode::Create.into()).await;
    assert!(matches!(again, Err(Error::AlreadyExists { .. })), "{again:?}");
    let version = UpdateVersion::from(first);
    let unchanged = bucket.put_opts(&path, "3".into(), PutMode::Update(version.clone()).into()).await;
    // Not every emulator knows `If-Match`; AWS does.
    if unchanged.is_ok() {
        let changed = bucket.put_opts(&path, "4".into(), PutMode::Update(version).into()).await;
        eprintln!("a write over another version: {changed:?}");
    }
}

#[tokio::test]
async fn objects_are_listed_over_pages() {
    let Some(bucket) = bucket("listed").await else { return };
    let all: Vec<Path> = (0..1_005).map(|place| Path::from(format!("in/{place:04}"))).collect();
    let written = futures_util::stream::iter(&all).map(|path| bucket.put(path, "x".into()));
    written.buffer_unordered(4).try_collect::<Vec<_>>().await.expect("written");
    bucket.put(&Path::from("other"), "x".into()).await.expect("written");
    let prefix = Path::from("in");
    let listed: Vec<_> = bucket.list(Some(&prefix)).try_collect().await.expect("a list");
    assert_eq!(listed.iter().map(|object| &object.location).collect::<Vec<_>>(), all.iter().collect::<Vec<_>>());
    let folders = bucket.list_with_delimiter(None).await.expect("a list");
    assert_eq!(folders.common_prefixes, [prefix]);
    assert_eq!(folders.objects.len(), 1);
    let paths = futures_util::stream::iter(all).map(Ok).boxed();
    assert_eq!(bucket.delete_stream(paths).try_collect::<Vec<_>>().await.expect("deleted").len(), 1_005);
    assert_eq!(bucket.list(None).count().await, 1);
}

#[tokio::test]
async fn a_large_object_is_written_in_parts() {
    let Some(bucket) = bucket("parts").await else { return };
    let path = Path::from("large");
    let mut writer = WriteMultipart::new(bucket.put_multipart(&path).await.expect("an upload"));
    let piece = vec![7; 1 << 20];
    (0..12).for_each(|_| writer.write(&piece));
    writer.finish().await.expect("written");
    let content = text(&*bucket, &path).await;
    assert_eq!(content.len(), 12 << 20);
    assert!(content.iter().all(|&byte| byte == 7));
    let mut left = bucket.put_multipart(&Path::from("left")).await.expect("an upload");
    left.put_part(piece.into()).await.expect("a part");
    left.abort().await.expect("left");
}

#[tokio::test]
async fn an_object_is_copied() {
    let Some(bucket) = bucket("copied").await else { return };
    let (from, to) = (Path::from("from here"), Path::from("to"));
    bucket.put(&from, "x".into()).await.expect("written");
    bucket.copy(&from, &to).await.expect("copied");
    assert_eq!(text(&*bucket, &to).await, "x");
    let absent = CopyOptions::new().with_mode(CopyMode::Create);
    let over = bucket.copy_opts(&from, &to, absent).await;
    assert!(matches!(over, Err(Error::AlreadyExists { .. } | Error::Precondition { .. })), "{over:?}");
}
