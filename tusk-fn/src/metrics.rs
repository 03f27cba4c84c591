//! What is counted of each function: invocations, errors, durations, cold starts.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use serde::Serialize;

/// The upper bounds of the histogram's buckets but the last, in microseconds: four per decade from 100 µs to 100 s.
const BOUNDS: [u64; 25] = [
    100,
    178,
    316,
    562,
    1_000,
    1_780,
    3_160,
    5_620,
    10_000,
    17_800,
    31_600,
    56_200,
    100_000,
    178_000,
    316_000,
    562_000,
    1_000_000,
    1_780_000,
    3_160_000,
    5_620_000,
    10_000_000,
    17_800_000,
    31_600_000,
    56_200_000,
    100_000_000,
];

/// The counters of one function.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    invocations: AtomicU64,
    errors: AtomicU64,
    cold_starts: AtomicU64,
    total_micros: AtomicU64,
    buckets: [AtomicU64; BOUNDS.len() + 1],
}

impl Counters {
    /// Counts the beginning of an invocation.
    pub(crate) fn begin(&self, cold_start: bool) {
        self.invocations.fetch_add(1, Relaxed);
        if cold_start {
            self.cold_starts.fetch_add(1, Relaxed);
        }
    }

    /// Counts the end of one.
    pub(crate) fn end(&self, duration: Duration, failed: bool) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.partition_point(|bound| *bound < micros);
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.total_micros.fetch_add(micros, Relaxed);
        if failed {
            self.errors.fetch_add(1, Relaxed);
        }
    }

    /// What was counted so far.
    pub(crate) fn snapshot(&self, function: &str) -> FunctionMetrics {
        let mut buckets = Vec::new();
        let mut count = 0;
        for (at, counter) in self.buckets.iter().enumerate() {
            let here = counter.load(Relaxed);
            count += here;
            if here > 0 {
                buckets.push(HistogramBucket { up_to_micros: BOUNDS.get(at).copied(), count: here });
            }
        }
        FunctionMetrics {
            function: function.to_owned(),
            invocations: self.invocations.load(Relaxed),
            errors: self.errors.load(Relaxed),
            cold_starts: self.cold_starts.load(Relaxed),
            duration: Histogram { count, sum_micros: self.total_micros.load(Relaxed), buckets },
        }
    }
}

/// What was counted of one function since the process started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FunctionMetrics {
    /// The function's name.
    pub function: String,
    /// Invocations that began.
    pub invocations: u64,
    /// Invocations that failed: an error, a panic, a timeout, or an HTTP status of 500 or above.
    pub errors: u64,
    /// Invocations that were the process's first: one in each process at most.
    pub cold_starts: u64,
    /// How long those that ended took.
    pub duration: Histogram,
}

/// A distribution of durations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Histogram {
    /// How many there are.
    pub count: u64,
    /// Their sum, in microseconds.
    pub sum_micros: u64,
    /// Those in each range, from short to long; ranges without any are left out.
    pub buckets: Vec<HistogramBucket>,
}

/// One range of a [`Histogram`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HistogramBucket {
    /// The longest duration in it, in microseconds; none for the last range.
    pub up_to_micros: Option<u64>,
    /// How many are in it.
    pub count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_fall_into_their_ranges() {
        let counters = Counters::default();
        counters.begin(true);
        counters.begin(false);
        counters.end(Duration::from_micros(100), false);
        counters.end(Duration::from_micros(101), true);
        counters.end(Duration::from_secs(1000), false);
        let metrics = counters.snapshot("f");
        assert_eq!((metrics.invocations, metrics.errors, metrics.cold_starts), (2, 1, 1));
        assert_eq!(metrics.duration.count, 3);
        let ranges: Vec<_> = metrics.duration.buckets.iter().map(|b| (b.up_to_micros, b.count)).collect();
        assert_eq!(ranges, [(Some(100), 1), (Some(178), 1), (None, 1)]);
    }
}
