//! Claims in a table of the platform.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tusk_fn_spec::output::{Access, Output, OutputKind};

use super::{Begun, Claim, IdempotencyStore, Kept, StoreReply};
use crate::error::BoxError;
#[cfg(platform)]
use crate::output::OutputErrorKind;
use crate::output::{Cloud, Condition, KEY};

/// Keeps claims in a table of the platform, by conditional writes.
pub(crate) struct TableStore {
    cloud: Arc<dyn Cloud>,
    table: Output,
}

impl TableStore {
    /// The name of the table: no logical name, so that no program's own table has it.
    pub(crate) const NAME: &'static str = "#idempotency";
    /// The attribute by which a platform may find what can be deleted, in seconds since 1970.
    pub(crate) const EXPIRES: &'static str = "expires_at";

    pub(crate) fn new(cloud: Arc<dyn Cloud>) -> Self {
        Self { cloud, table: Self::output() }
    }

    /// Whether the platform's table can be used.
    #[cfg(platform)]
    pub(crate) fn check(cloud: &dyn Cloud) -> Result<(), OutputErrorKind> {
        cloud.check(&Self::output())
    }

    fn output() -> Output {
        Output { kind: OutputKind::Table, name: Self::NAME.to_owned(), access: Access::All }
    }

    /// The new version, or nothing where the condition does not hold.
    async fn write(&self, claim: &Claim, kept: Kept, condition: Condition) -> Result<Option<u64>, BoxError> {
        let fields = Map::from_iter([
            (KEY.to_owned(), claim.key.clone().into()),
            ("fingerprint".to_owned(), kept.fingerprint.into()),
            ("completed".to_owned(), kept.completed.into()),
            ("in_progress_until".to_owned(), kept.in_progress_until.as_millisecond().into()),
            // In seconds: DynamoDB deletes items by themselves when it has passed. Firestore wants a moment, and gets one.
            (Self::EXPIRES.to_owned(), kept.expires_at.as_second().into()),
        ]);
        match self.cloud.put(&self.table, &claim.key, fields, condition).await {
            Ok(version) => Ok(Some(version)),
            Err(error) if error.is_condition_failed() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn claim(&self, claim: &Claim) -> Result<Begun, BoxError> {
        // First as if nobody had it, which is the usual case. Whoever loses a race looks again, once.
        if let Some(version) = self.write(claim, Kept::of(claim, false), Condition::Absent).await? {
            return Ok(Begun::Started(version));
        }
        let Some((value, version)) = self.cloud.get(&self.table, &claim.key).await? else {
            return Ok(Begun::InProgress);
        };
        let kept = read_kept(&value).ok_or("a claim in the table for idempotency cannot be read")?;
        if let Some(answer) = kept.answer(claim) {
            return Ok(answer);
        }
        let taken = self.write(claim, Kept::of(claim, false), Condition::Version(version)).await?;
        Ok(taken.map_or(Begun::InProgress, Begun::Started))
    }
}

fn read_kept(value: &Value) -> Option<Kept> {
    Some(Kept {
        fingerprint: value.get("fingerprint")?.as_str()?.to_owned(),
        completed: value.get("completed")?.as_bool()?,
        in_progress_until: Timestamp::from_millisecond(value.get("in_progress_until")?.as_i64()?).ok()?,
        expires_at: Timestamp::from_second(value.get(TableStore::EXPIRES)?.as_i64()?).ok()?,
    })
}

impl IdempotencyStore for TableStore {
    fn begin<'a>(&'a self, claim: &'a Claim) -> StoreReply<'a, Begun> {
        Box::pin(self.claim(claim))
    }

    fn complete<'a>(&'a self, claim: &'a Claim, started: u64) -> StoreReply<'a, ()> {
        Box::pin(async move { self.write(claim, Kept::of(claim, true), Condition::Version(started)).await.map(drop) })
    }

    fn release<'a>(&'a self, claim: &'a Claim, started: u64) -> StoreReply<'a, ()> {
        // Not deleted: versions would begin again, and one that was taken for dead could end what another one began.
        let free = Kept { in_progress_until: Timestamp::UNIX_EPOCH, ..Kept::of(claim, false) };
        Box::pin(async move { self.write(claim, free, Condition::Version(started)).await.map(drop) })
    }
}
