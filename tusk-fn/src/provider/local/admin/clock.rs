//! The local cloud's clock through the admin API.

use std::time::Duration;

use axum_core::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tusk_fn_spec::units::parse_duration;

use super::super::cloud::LocalCloud;
use super::cloud::{Answered, Refusal, read};
use super::json as answer;

/// The local cloud's clock, for people.
#[derive(Serialize)]
struct Clock {
    now: Timestamp,
    ahead_seconds: f64,
}

impl Clock {
    #[expect(clippy::cast_precision_loss, reason = "it is shown to people")]
    fn of(cloud: &LocalCloud) -> Self {
        Self { now: cloud.clock.now(), ahead_seconds: cloud.clock.ahead_micros() as f64 / 1e6 }
    }
}

/// What it shows.
pub(super) fn show(cloud: &LocalCloud) -> Response {
    answer(StatusCode::OK, &Clock::of(cloud))
}

/// How it is moved.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Move {
    Advance(String),
    Set(Timestamp),
    Reset(bool),
}

/// Moves it.
pub(super) async fn turn(cloud: &LocalCloud, body: &[u8]) -> Answered {
    let what =
        "the clock is moved by `{\"advance\": \"1h\"}`, `{\"set\": \"2026-01-31T12:00:00Z\"}` or `{\"reset\": true}`";
    let ahead = match read(body, what)? {
        Move::Advance(by) => {
            let by = parse_duration(&by).map_err(|error| Refusal::Bad(error.message()))?;
            cloud.clock.ahead_micros().saturating_add(micros(by))
        }
        Move::Set(to) => to.as_microsecond().saturating_sub(Timestamp::now().as_microsecond()),
        Move::Reset(true) => 0,
        Move::Reset(false) => return Err(Refusal::Bad(what.to_owned())),
    };
    cloud.put_clock_ahead(ahead).await?;
    Ok(show(cloud))
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
