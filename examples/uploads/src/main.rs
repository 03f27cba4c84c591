//! Looks into what is put into a bucket: images, JSON and CSV, each in its way, and warns of the rest.
//!
//! `cargo run -p uploads`, then put files into the folder of the bucket, `examples/uploads/.tusk/buckets/uploads`.

use anyhow::Context as _;
use futures_util::TryStreamExt as _;
use tusk_fn::prelude::*;

/// The largest file of JSON that is read.
const LARGEST_JSON: usize = 1024 * 1024;

/// Looks into a file, as its ending says.
#[tusk_fn(trigger = "blob", path = "uploads/<path..>")]
async fn look(path: String, blob: Blob) -> anyhow::Result<()> {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("png" | "jpg" | "jpeg" | "gif") => image(&path, &blob).await,
        Some("json") => json(&path, &blob).await,
        Some("csv") => csv(&path, &blob).await,
        _ => {
            tracing::warn!(path, size = blob.size, "nobody knows what to do with this file");
            Ok(())
        }
    }
}

/// Tells who is gone.
#[tusk_fn(trigger = "blob", path = "uploads/<path..>", events = ["deleted"])]
async fn forget(path: String) {
    tracing::info!(path, "file deleted");
}

/// The first bytes of an image say what it is; the rest is not read.
async fn image(path: &str, blob: &Blob) -> anyhow::Result<()> {
    let mut stream = std::pin::pin!(blob.stream().await?);
    let start = stream.try_next().await?.unwrap_or_default();
    let format = match &*start {
        [0x89, b'P', b'N', b'G', ..] => "PNG",
        [0xff, 0xd8, 0xff, ..] => "JPEG",
        [b'G', b'I', b'F', b'8', ..] => "GIF",
        // It will be none tomorrow either: it goes to the dead letters at once.
        _ => return Err(Reject::new(format!("`{path}` is no image")).into()),
    };
    let size = png_size(&start);
    tracing::info!(path, format, width = size.map(|it| it.0), height = size.map(|it| it.1), "image");
    Ok(())
}

/// Width and height of a PNG, which stand in its first 24 bytes.
fn png_size(start: &[u8]) -> Option<(u32, u32)> {
    let header = start.strip_prefix(b"\x89PNG\r\n\x1a\n")?.get(4..16)?.strip_prefix(b"IHDR")?;
    let (width, height) = header.split_at_checked(4)?;
    Some((u32::from_be_bytes(width.try_into().ok()?), u32::from_be_bytes(height.try_into().ok()?)))
}

async fn json(path: &str, blob: &Blob) -> anyhow::Result<()> {
    let bytes = blob.bytes(LARGEST_JSON).await?;
    let value: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(Reject::because).with_context(|| format!("`{path}` is no JSON"))?;
    let entries = value.as_object().map(serde_json::Map::len).or_else(|| value.as_array().map(Vec::len));
    tracing::info!(path, entries, "JSON");
    Ok(())
}

/// Counts the lines of a table of any size, a part at a time.
async fn csv(path: &str, blob: &Blob) -> anyhow::Result<()> {
    let mut stream = std::pin::pin!(blob.stream().await?);
    let (mut lines, mut last) = (0_usize, b'\n');
    while let Some(part) = stream.try_next().await? {
        lines += part.split(|byte| *byte == b'\n').count() - 1;
        last = part.last().copied().unwrap_or(last);
    }
    // The last line may have no end.
    lines += usize::from(last != b'\n');
    tracing::info!(path, lines, "CSV");
    Ok(())
}

tusk_fn::main!();
