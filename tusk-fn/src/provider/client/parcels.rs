//! From parcels to what a service takes, and back to what became of each.

use std::collections::HashSet;

use super::error::ClientError;
use crate::output::{OutputErrorKind, Parcel};

/// What can be sent; and for each parcel whether it can.
pub(crate) fn split<T>(
    parcels: Vec<Parcel>,
    mut make: impl FnMut(Parcel) -> Result<T, OutputErrorKind>,
) -> (Vec<T>, Vec<Result<(), OutputErrorKind>>) {
    let mut entries = Vec::with_capacity(parcels.len());
    let mut positions = Vec::with_capacity(parcels.len());
    // After what cannot be sent nothing of its group is, so that the order stays if it is sent again.
    let mut stopped = HashSet::new();
    for parcel in parcels {
        let group = parcel.group.clone();
        let fit = match &group {
            Some(group) if stopped.contains(group) => Err(OutputErrorKind::NotSent),
            _ => make(parcel).map(|entry| entries.push(entry)),
        };
        if fit.is_err() {
            stopped.extend(group);
        }
        positions.push(fit);
    }
    (entries, positions)
}

/// What became of each parcel.
pub(crate) fn join(
    positions: Vec<Result<(), OutputErrorKind>>,
    sent: Vec<Result<String, ClientError>>,
) -> Vec<Result<String, OutputErrorKind>> {
    let mut sent = sent.into_iter();
    let unsaid = || Err(OutputErrorKind::Other("the service did not say whether it was sent".to_owned()));
    let of = |fit: Result<(), OutputErrorKind>| {
        fit?;
        sent.next().map_or_else(unsaid, |sent| sent.map_err(OutputErrorKind::from))
    };
    positions.into_iter().map(of).collect()
}
