//! Where events are sent: the sink that a `SinkBinding` names in variables of the process (knative/eventing,
//! `pkg/apis/sources/v1/sinkbinding_lifecycle.go`).
//!
//! | variable | what it holds |
//! |---|---|
//! | `K_SINK` | the sink's URL: a broker's, normally `http` within the cluster |
//! | `K_CE_OVERRIDES` | `{"extensions": {…}}` for every event, or nothing |
//! | `K_CA_CERTS` | the authority of an `https` sink, as PEM |
//!
//! Where the cluster's administrator has authentication turned on, the binding also mounts a token, which the sink asks for. It is
//! replaced before it expires, and so read for each request.
//!
//! Which answers are worth another attempt, is what "Knative Eventing Data Plane Contract" says: 404 among them, since a
//! sink may only just come up.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
use serde::Deserialize;

use super::event::is_extension;
use crate::event::EventItem;
use crate::provider::client::environment::{EnvironmentError, Variables};
use crate::provider::client::error::{Cause, Class, ClientError, Fault, Refusal};
use crate::provider::client::retry::{Attempts, Policy};
use crate::provider::client::tls::Authorities;
use crate::provider::client::transport::Transport;
use crate::provider::cloud_events::write::headers;

/// The variable that names the sink.
pub(super) const SINK: &str = "K_SINK";
const OVERRIDES: &str = "K_CE_OVERRIDES";
const AUTHORITIES: &str = "K_CA_CERTS";
/// Where further authorities of the cluster are mounted (knative/eventing, `pkg/eventingtls/trust_bundle.go`).
const BUNDLES: &str = "/knative-custom-certs";

/// Where the token is mounted, if there is one (the same source, and `pkg/reconciler/sinkbinding/sinkbinding.go`).
const TOKEN: &str = "/oidc/token";

/// How many events are sent at the same time.
const AT_ONCE: usize = 10;
/// The operation, for messages.
const POST: &str = "POST";

/// A sink, and the connections to it.
pub(super) struct Sink {
    url: Uri,
    /// Extensions that whoever deploys wants on every event.
    pub(super) overrides: BTreeMap<String, String>,
    transport: Transport,
    policy: Policy,
    token: PathBuf,
}

/// Events that are sent one after the other, each with its position.
type Lane = Vec<(usize, EventItem)>;

impl Sink {
    /// The sink that the environment names, if it does.
    pub(super) fn read(
        look_up: &dyn Fn(&str) -> Option<OsString>,
        policy: Policy,
    ) -> Result<Option<Self>, EnvironmentError> {
        let variables = Variables { look_up };
        let Some(url) = variables.endpoint(SINK)? else { return Ok(None) };
        let overrides = variables.text(OVERRIDES)?.map_or_else(|| Ok(BTreeMap::new()), |text| overrides(&text))?;
        let mut pem = variables.text(AUTHORITIES)?.unwrap_or_default().into_bytes();
        if url.scheme() == Some(&http::uri::Scheme::HTTPS) {
            pem.extend(bundles(Path::new(BUNDLES)));
        }
        let authorities = (!pem.is_empty()).then_some(Authorities { variable: AUTHORITIES, pem });
        let transport = Transport::new(authorities.as_ref())?;
        Ok(Some(Self { url, overrides, transport, policy, token: TOKEN.into() }))
    }

    /// Sends events: those of a group one after the other, and nothing more of a group after one that failed. All of it takes no
    /// longer than one call may.
    pub(super) async fn send(&self, events: Vec<(Option<String>, EventItem)>) -> Vec<Result<String, ClientError>> {
        let total = events.len();
        let list = List { sink: self, deadline: Instant::now() + self.policy.call, broken: Mutex::new(None) };
        let sent = stream::iter(lanes(events)).map(|lane| list.send(lane)).buffer_unordered(AT_ONCE);
        let mut sent: HashMap<usize, Result<String, ClientError>> = sent.map(stream::iter).flatten().collect().await;
        let unsaid = || Err(self.error(Cause::Unreadable));
        (0..total).map(|position| sent.remove(&position).unwrap_or_else(unsaid)).collect()
    }

    /// The same with its token elsewhere.
    #[cfg(test)]
    pub(super) fn with_token(mut self, token: PathBuf) -> Self {
        self.token = token;
        self
    }

    /// What says who sends. Where there is no token, the sink asks for none.
    fn authorization(&self) -> Option<HeaderValue> {
        let token = fs::read_to_string(&self.token).ok()?;
        let mut value = HeaderValue::try_from(format!("Bearer {}", token.trim())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    fn error(&self, fault: impl Into<Fault>) -> ClientError {
        ClientError::new(POST, &self.url.to_string(), fault)
    }

    /// Sends one event until the sink takes it, as often as the policy allows.
    async fn post(&self, event: &EventItem, deadline: Instant) -> Result<(), ClientError> {
        let mut attempts = Attempts::new(&self.policy, Some(deadline));
        loop {
            let (fault, asked) = match self.attempt(event, attempts.until()).await {
                Ok(()) => return Ok(()),
                Err(failed) => failed,
            };
            match attempts.pause_of(fault.class(), asked) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(self.error(fault)),
            }
        }
    }

    /// One request; why it failed, and for how long the sink asks to wait.
    async fn attempt(&self, event: &EventItem, until: Instant) -> Result<(), (Fault, Duration)> {
        let mut request = Request::new(event.data.clone());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.url.clone();
        *request.headers_mut() = headers(event);
        if let Some(authorization) = self.authorization() {
            request.headers_mut().insert(header::AUTHORIZATION, authorization);
        }
        let answer = self.transport.exchange(request, until).await;
        let (status, headers, _) = answer.map_err(|fault| (fault, Duration::ZERO))?;
        if status.is_success() { Ok(()) } else { Err((refused(status), asked(&headers))) }
    }
}

/// Events on their way.
struct List<'a> {
    sink: &'a Sink,
    deadline: Instant,
    /// Why nothing more is sent: what failed for another reason than what was sent fails again, and would only take time.
    broken: Mutex<Option<ClientError>>,
}

impl List<'_> {
    async fn send(&self, lane: Lane) -> Vec<(usize, Result<String, ClientError>)> {
        let mut sent = Vec::with_capacity(lane.len());
        let mut stopped = false;
        for (position, event) in lane {
            let outcome = if stopped { Err(self.sink.error(Cause::Withheld)) } else { self.send_one(event).await };
            stopped |= outcome.is_err();
            sent.push((position, outcome));
        }
        sent
    }

    async fn send_one(&self, event: EventItem) -> Result<String, ClientError> {
        let broken = || self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = &*broken() {
            return Err(error.clone());
        }
        let sent = self.sink.post(&event, self.deadline).await;
        if let Err(error) = &sent
            && !error.is_of_contents()
        {
            *broken() = Some(error.clone());
        }
        sent.map(|()| event.id)
    }
}

/// What is sent one after the other: the events of a group. Each event without one is alone.
fn lanes(events: Vec<(Option<String>, EventItem)>) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    let mut of_group: HashMap<String, usize> = HashMap::new();
    for (position, (group, event)) in events.into_iter().enumerate() {
        let next = lanes.len();
        let lane = group.map_or(next, |group| *of_group.entry(group).or_insert(next));
        match lanes.get_mut(lane) {
            Some(lane) => lane.push((position, event)),
            None => lanes.push(vec![(position, event)]),
        }
    }
    lanes
}

/// What an answer that is no success means.
fn refused(status: StatusCode) -> Fault {
    let class = match status.as_u16() {
        429 => Class::Throttled,
        404 | 408 | 409 | 500.. => Class::Passing,
        _ => Class::Lasting,
    };
    // The others are about who sends, or where.
    let is_of_contents = matches!(status.as_u16(), 400 | 413 | 415 | 422 | 431);
    Refusal::new(status.canonical_reason().unwrap_or_default(), Some(status), class).of_contents(is_of_contents).into()
}

/// For how long an answer asks to wait, in seconds. A date in its place is not read: the pause is long enough without it.
fn asked(headers: &HeaderMap) -> Duration {
    let seconds = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or(0))
}

#[derive(Default, Deserialize)]
struct Overrides {
    #[serde(default)]
    extensions: BTreeMap<String, String>,
}

fn overrides(text: &str) -> Result<BTreeMap<String, String>, EnvironmentError> {
    let unfit = || EnvironmentError::Unfit(OVERRIDES.to_owned(), "an object of JSON with extensions of CloudEvents");
    let Overrides { extensions } = serde_json::from_str(text).map_err(|_| unfit())?;
    if extensions.keys().all(|name| is_extension(name)) { Ok(extensions) } else { Err(unfit()) }
}

/// The further authorities in a folder, as PEM. Where there is no such folder, there are none.
fn bundles(folder: &Path) -> Vec<u8> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    let texts = paths.iter().filter_map(|path| fs::read(path).ok());
    texts.flat_map(|text| [b"\n".to_vec(), text].concat()).collect()
}
