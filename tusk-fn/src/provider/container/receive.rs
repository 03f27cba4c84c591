//! What the platform sends, from the request to the answer.
//!
//! | what became of it | answer | what the platform then does |
//! |---|---|---|
//! | handled, or not wanted | 202 | nothing more |
//! | answered with an event | 200 with the event | Knative: hands it on, if it said `Prefer: reply` |
//! | failed | 500, or 504 after the deadline | sends it again |
//! | rejected, or broken | 400 | Knative: not again, to the dead-letter sink; Google: again, until the subscription gives it up |
//! | no function is for it | 400 | the same: 404 would be sent again |
//! | the sender is not whom the program was told to believe | 401, or 503 where that cannot be found out | Google: sends it again |
//!
//! A batch is answered as a whole: by the first of these that holds for one of its events, from below. A response holds one event, so
//! that a batch with several replies is refused.

use std::sync::Arc;
use std::time::Instant;

use axum_core::body::Body;
use axum_core::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use tusk_fn_spec::suggest::listed;

use super::{NotAdmitted, Opened, Platform, Sent};
use crate::context::{Delivery, Trace};
use crate::delivery::{self, Arrival, Fate, Order};
use crate::dispatch::{Program, Responding, TIMED_OUT};
use crate::error::{BoxError, problem};
use crate::event::EventItem;
use crate::provider::cloud_events::write;
use crate::provider::field::{self, Fault};
use crate::server::body::whole;
use crate::timer::Timer;

/// The largest request that is read. Cloud Run takes no larger one ("Cloud Run quotas").
const LARGEST: usize = 32 * 1024 * 1024;

/// Answers a request of the platform's, for [`Events`](super::Events).
pub(in crate::provider) fn answer_later(
    program: Arc<Program>,
    platform: Arc<dyn Platform>,
    request: http::Request<hyper::body::Incoming>,
    deadline: Option<Instant>,
) -> Responding {
    Responding::later(async move { answer(&program, &*platform, request, deadline).await })
}

/// Answers a request of the platform's.
pub(in crate::provider) async fn answer<B>(
    program: &Arc<Program>,
    platform: &dyn Platform,
    request: http::Request<B>,
    deadline: Option<Instant>,
) -> Response
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    let (parts, body) = request.into_parts();
    match parts.method {
        Method::POST => {}
        Method::OPTIONS => return options(&parts),
        _ => return only_post(problem(StatusCode::METHOD_NOT_ALLOWED, "events are sent by POST")),
    }
    if let Some(admission) = platform.admit(&parts.headers)
        && let Err(refused) = admission.await
    {
        return not_admitted(&parts, &refused);
    }
    let body = match whole(&parts, body, LARGEST).await {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(target: "tusk_fn", path = parts.uri.path(), %error, "an event was refused");
            return problem(error.status(), &error.to_string());
        }
    };
    let sent = match platform.read(&parts, &body) {
        Ok(sent) => sent,
        Err(Fault(why)) => {
            let why = field::short(&why);
            tracing::error!(target: "tusk_fn", path = parts.uri.path(), error = why, "a request that holds no event was refused");
            return problem(StatusCode::BAD_REQUEST, why);
        }
    };
    let receiving = Receiving { program, platform, parts: &parts, deadline };
    let mut worst = Verdict::Handled;
    for group in receiving.assign(sent) {
        let verdict = match group {
            Assigned::Items(function, arrivals) => receiving.deliver(function, arrivals).await,
            Assigned::Timer(function, timer) => receiving.fire(function, timer).await,
            Assigned::Refused(why) => {
                let why = field::short(&why).to_owned();
                tracing::error!(target: "tusk_fn", path = parts.uri.path(), error = why, "an event was refused");
                Verdict::Refused(why)
            }
        };
        worst = worst.max(verdict);
    }
    worst.into_response(&parts)
}

/// Who is refused is told no reason: only who may look into the log needs it.
fn not_admitted(parts: &Parts, refused: &NotAdmitted) -> Response {
    tracing::error!(target: "tusk_fn", path = parts.uri.path(), error = refused.why, "a request was not admitted");
    let mut response = problem(refused.status, "");
    if refused.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// What a sender asks before it sends anything ("HTTP 1.1 Web Hooks for Event Delivery").
fn options(parts: &Parts) -> Response {
    let mut response = only_post(Response::new(Body::empty()));
    if let Some(origin) = parts.headers.get("webhook-request-origin") {
        response.headers_mut().insert("webhook-allowed-origin", origin.clone());
        response.headers_mut().insert("webhook-allowed-rate", HeaderValue::from_static("*"));
    }
    response
}

fn only_post(mut response: Response) -> Response {
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST, OPTIONS"));
    response
}

/// What is answered, the later before the earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Handled,
    /// The function answered with this event.
    Replied(Box<EventItem>),
    /// Sending it again would not help: for this reason.
    Refused(String),
    /// The function failed in this way.
    Failed(String),
}

impl Verdict {
    fn of(fate: Fate) -> Self {
        match fate {
            Fate::Done => Self::Handled,
            Fate::Replied(event) => Self::Replied(event),
            // The kind only: a message may tell what is nobody's business.
            Fate::Reject(failure) => Self::Refused(failure.kind().to_owned()),
            Fate::Retry(failure) => Self::Failed(failure.kind().to_owned()),
        }
    }

    const fn weight(&self) -> u8 {
        match self {
            Self::Handled => 0,
            Self::Replied(_) => 1,
            Self::Refused(_) => 2,
            Self::Failed(_) => 3,
        }
    }

    /// The heavier of the two; of equal ones the first.
    fn max(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Replied(_), Self::Replied(_)) => Self::Refused(SEVERAL_REPLIES.to_owned()),
            _ if other.weight() > self.weight() => other,
            _ => self,
        }
    }

    fn into_response(self, request: &Parts) -> Response {
        match self {
            Self::Replied(event) => {
                if !takes_reply(&request.headers) {
                    tracing::error!(
                        target: "tusk_fn", path = request.uri.path(), event_type = event.event_type,
                        "the reply is lost: whoever sent the event takes none (`Prefer: reply`), as a `Trigger` of a broker would"
                    );
                }
                let mut response = Response::new(Body::empty());
                *response.headers_mut() = write::headers(&event);
                *response.body_mut() = event.data.into();
                response
            }
            Self::Handled => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::ACCEPTED;
                response
            }
            Self::Refused(why) => problem(StatusCode::BAD_REQUEST, &why),
            Self::Failed(kind) if kind == TIMED_OUT => problem(StatusCode::GATEWAY_TIMEOUT, &kind),
            Self::Failed(kind) => problem(StatusCode::INTERNAL_SERVER_ERROR, &kind),
        }
    }
}

/// Why a batch with several replies is refused.
const SEVERAL_REPLIES: &str =
    "several events of the batch were answered with events, and a response holds one: send them one by one";

/// Whether the sender hands on an event that is its answer ("Knative Eventing Data Plane Contract", "Derived (Reply) Events").
fn takes_reply(headers: &HeaderMap) -> bool {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    preferences.flat_map(|value| value.split(',')).any(|it| it.trim().eq_ignore_ascii_case("reply"))
}

/// What goes to a function.
enum Assigned {
    Items(usize, Vec<Arrival>),
    Timer(usize, Timer),
    /// It goes to none, for this reason.
    Refused(String),
}

/// A request being received.
struct Receiving<'a> {
    program: &'a Arc<Program>,
    platform: &'a dyn Platform,
    parts: &'a Parts,
    /// When the program gives the request up.
    deadline: Option<Instant>,
}

impl Receiving<'_> {
    /// What goes where: what is for one function together, in its order.
    fn assign(&self, sent: Vec<Sent>) -> Vec<Assigned> {
        let mut assigned: Vec<Assigned> = Vec::new();
        for sent in sent {
            let (function, opened) = match self.find(&sent) {
                Ok(found) => found,
                Err(why) => {
                    assigned.push(Assigned::Refused(why));
                    continue;
                }
            };
            let name = &self.program.functions()[function].record.name;
            match opened {
                Opened::Item { item, id, attempt } => {
                    let delivery = Delivery {
                        id: Some(id),
                        attempt,
                        trace: self.trace(&sent),
                        platform_deadline: self.deadline,
                        awaits_claim: true,
                        ..Delivery::local()
                    };
                    let arrival = Arrival { item, delivery };
                    let same = assigned.iter_mut().find_map(|assigned| match assigned {
                        Assigned::Items(other, arrivals) if *other == function => Some(arrivals),
                        _ => None,
                    });
                    match same {
                        Some(arrivals) => arrivals.push(arrival),
                        None => assigned.push(Assigned::Items(function, vec![arrival])),
                    }
                }
                Opened::Timer(timer) => assigned.push(Assigned::Timer(function, timer)),
                Opened::Unwanted => {
                    let what = sent.described();
                    self.program.functions()[function].say_unwanted(field::short(&what));
                }
                Opened::Broken(Fault(why)) => {
                    assigned.push(Assigned::Refused(format!(
                        "the function `{name}` was to be given {}, but {why}",
                        sent.described()
                    )));
                }
                Opened::Foreign => assigned.push(Assigned::Refused(self.foreign(&sent, function))),
            }
        }
        assigned
    }

    /// The function that something is for: the one that the path names, or else the only one that takes such things.
    fn find(&self, sent: &Sent) -> Result<(usize, Opened), String> {
        let functions = self.program.functions();
        let path = self.parts.uri.path();
        let named = path.trim_matches('/');
        if let Some(index) = functions.iter().position(|function| function.record.name == named) {
            return Ok((index, self.platform.open(sent, &functions[index].record, true)));
        }
        let names_of = |of: &[usize]| listed(of.iter().map(|index| functions[*index].record.name.as_str()), "and");
        let all: Vec<usize> = (0..functions.len()).collect();
        if !named.is_empty() && !self.program.serves_all_paths() {
            return Err(format!("the path {path:?} names no function of this process; it has {}", names_of(&all)));
        }
        let opened = |index: usize| (index, self.platform.open(sent, &functions[index].record, functions.len() == 1));
        let mut taking: Vec<(usize, Opened)> =
            all.iter().map(|index| opened(*index)).filter(|(_, opened)| !matches!(opened, Opened::Foreign)).collect();
        if taking.len() > 1 && taking.iter().any(|(_, opened)| !matches!(opened, Opened::Unwanted)) {
            taking.retain(|(_, opened)| !matches!(opened, Opened::Unwanted));
        }
        let candidates: Vec<usize> = taking.iter().map(|(index, _)| *index).collect();
        match (taking.pop(), candidates.as_slice()) {
            (Some(one), [_]) => Ok(one),
            (Some(first), _) if matches!(first.1, Opened::Unwanted) => Ok(first),
            (Some(_), several) => Err(format!(
                "{} may be for {}; send it to a path that names the function, as in `/{}`",
                sent.described(),
                names_of(several),
                functions[several[0]].record.name
            )),
            (None, _) => {
                Err(format!("{} is for no function of this process; it has {}", sent.described(), names_of(&all)))
            }
        }
    }

    fn foreign(&self, sent: &Sent, function: usize) -> String {
        let record = &self.program.functions()[function].record;
        let kind = record.trigger.name();
        format!("the function `{}` has `trigger = \"{kind}\"`, and cannot be given {}", record.name, sent.described())
    }

    /// The trace that the sender names: for this event, or for the request.
    fn trace(&self, sent: &Sent) -> Trace {
        let own = match sent {
            Sent::Event(event) => event.extensions.get("traceparent").cloned(),
            Sent::Message { .. } | Sent::Tick { .. } => None,
        };
        let header = || Some(self.parts.headers.get("traceparent")?.to_str().ok()?.to_owned());
        Trace::Given(own.or_else(header))
    }

    async fn deliver(&self, function: usize, arrivals: Vec<Arrival>) -> Verdict {
        let fates = delivery::deliver(self.program, function, arrivals, Order::Groups, self.deadline).await;
        fates.into_iter().map(Verdict::of).fold(Verdict::Handled, Verdict::max)
    }

    async fn fire(&self, function: usize, timer: Timer) -> Verdict {
        let trace = self.trace(&Sent::Tick { at: timer.scheduled_at });
        let delivery = Delivery { trace, platform_deadline: self.deadline, awaits_claim: true, ..Delivery::local() };
        Verdict::of(delivery::fire(self.program, function, timer, delivery).await)
    }
}
