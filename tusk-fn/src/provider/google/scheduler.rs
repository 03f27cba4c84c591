//! Instants of Cloud Scheduler, which come as plain requests: what they are for stands in headers ("HTTP target
//! headers").
//!
//! Anybody could send such headers. A process that takes events is a service of its own, which only the platform may
//! call.

use http::HeaderMap;
use jiff::Timestamp;
use tusk_fn_spec::trigger::Trigger;

use super::text;
use crate::provider::container::Opened;
use crate::provider::field::Fault;
use crate::timer::Timer;

/// Tells that Cloud Scheduler sent the request.
const SENDER: &str = "x-cloudscheduler";
/// When the job was to run, with the offset of its time zone. It is the same for each attempt.
const INSTANT: &str = "x-cloudscheduler-scheduletime";

/// The instant that a request is for, if Cloud Scheduler sent it.
pub(super) fn read(headers: &HeaderMap) -> Option<Result<Timestamp, Fault>> {
    let sender = headers.get(SENDER)?;
    Some(if sender.as_bytes().eq_ignore_ascii_case(b"true") {
        instant(headers)
    } else {
        Err(Fault(format!("the header `{SENDER}` must be \"true\"")))
    })
}

fn instant(headers: &HeaderMap) -> Result<Timestamp, Fault> {
    let mut values = headers.get_all(INSTANT).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (Some(Ok(value)), None) => text::instant(value, INSTANT),
        (Some(Err(_)), None) => Err(Fault(format!("the header `{INSTANT}` is no text"))),
        (Some(_), Some(_)) => Err(Fault(format!("there are several headers `{INSTANT}`"))),
        (None, _) => {
            Err(Fault(format!("the header `{INSTANT}` is missing: Cloud Scheduler says in it when the job was due")))
        }
    }
}

/// The instant for a function.
pub(super) fn open(at: Timestamp, trigger: &Trigger) -> Opened {
    match trigger {
        Trigger::Timer(_) => Opened::Timer(Timer::at(at)),
        _ => Opened::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    fn read(pairs: &[(&'static str, &str)]) -> Option<Result<String, String>> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        super::read(&headers).map(|read| read.map(|at| at.to_string()).map_err(|Fault(why)| why))
    }

    #[test]
    fn the_instant_is_the_one_that_the_job_was_due_at() {
        let at = |value: &str| read(&[(SENDER, "true"), (INSTANT, value)]).unwrap();
        assert_eq!(at("2026-01-31T12:00:00Z").unwrap(), "2026-01-31T12:00:00Z");
        assert_eq!(at("2026-01-31T04:32:00-07:00").unwrap(), "2026-01-31T11:32:00Z");
        assert_eq!(read(&[("user-agent", "Google-Cloud-Scheduler"), (INSTANT, "x")]), None, "somebody else's");
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        let long = "2026".repeat(1000);
        for (headers, why) in [
            (vec![(SENDER, "true")], "the header `x-cloudscheduler-scheduletime` is missing"),
            (vec![(SENDER, "true"), (INSTANT, "")], "`x-cloudscheduler-scheduletime` is \"\", which is no moment"),
            (vec![(SENDER, "true"), (INSTANT, "1769860800")], "is \"1769860800\", which is no moment"),
            (vec![(SENDER, "true"), (INSTANT, "\"2026-01-31T12:00:00Z\"")], "which is no moment"),
            (vec![(SENDER, "true"), (INSTANT, "2026-01-31T12:00:00")], "which is no moment"),
            (vec![(SENDER, "true"), (INSTANT, &long)], "`x-cloudscheduler-scheduletime` is \"2026202620"),
            (
                vec![(SENDER, "true"), (INSTANT, "2026-01-31T12:00:00Z"), (INSTANT, "2026-01-31T12:00:00Z")],
                "there are several headers `x-cloudscheduler-scheduletime`",
            ),
            (vec![(SENDER, "yes")], "the header `x-cloudscheduler` must be \"true\""),
        ] {
            let error = read(&headers).unwrap().unwrap_err();
            assert!(error.contains(why) && error.len() < 200, "{error}");
        }
    }
}
