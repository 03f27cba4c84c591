//! Tokens of the service account that the process runs as, from the metadata server ("Access to metadata server endpoints").
//!
//! A token is good for an hour at most, and the server gives the same one until five minutes before its end. So it is asked for
//! a newer one in those minutes only, by one caller at a time; the others go on with the one that is there, and so does
//! everybody while the server does not answer.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode};
use serde::Deserialize;

use crate::error::BoxError;
use crate::provider::client::error::{Cause, Class, Fault, Refusal};
use crate::provider::client::json;
use crate::provider::client::transport::Transport;

/// How long before its end a token is replaced, as Google's own clients have it.
const REPLACED_BEFORE: Duration = Duration::from_secs(225);
/// How long before its end it is used no more: a call takes its time.
const UNUSED_BEFORE: Duration = Duration::from_secs(10);
/// For how long a token is kept at most, whatever the server says.
const LONGEST: Duration = Duration::from_hours(24);
/// How long nobody asks for another one after the server did not give it.
const TRIED_AGAIN: Duration = Duration::from_secs(30);

/// A token.
#[derive(Clone)]
pub(super) struct Token {
    header: HeaderValue,
}

impl Token {
    fn new(text: &str) -> Result<Self, BoxError> {
        let mut header = HeaderValue::try_from(format!("Bearer {text}"))?;
        // Whoever shows a request does not show it.
        header.set_sensitive(true);
        Ok(Self { header })
    }

    /// What the emulator of Firestore takes for an administrator's.
    pub(super) fn owner() -> Self {
        Self { header: HeaderValue::from_static("Bearer owner") }
    }

    pub(super) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// Without the word before it.
    #[cfg(feature = "blob-store")]
    pub(super) fn text(&self) -> String {
        let text = self.header.to_str().unwrap_or_default();
        text.strip_prefix("Bearer ").unwrap_or_default().to_owned()
    }
}

/// The tokens of a process.
pub(super) struct Tokens {
    transport: Transport,
    /// Where they are asked for.
    url: String,
    kept: Mutex<Option<Kept>>,
    /// Held by the one who asks.
    asking: tokio::sync::Mutex<()>,
}

struct Kept {
    token: Token,
    /// Until then nobody asks for a newer one.
    new_until: Instant,
    /// Until then it is used if no newer one is to be had.
    good_until: Instant,
}

/// What the metadata server answers.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: u64,
}

impl Tokens {
    pub(super) fn new(transport: Transport, metadata: &str) -> Self {
        let url = format!("{metadata}computeMetadata/v1/instance/service-accounts/default/token");
        Self { transport, url, kept: Mutex::new(None), asking: tokio::sync::Mutex::new(()) }
    }

    /// A token that is good for a call. `emulator` is what to set where there is no metadata server.
    pub(super) async fn get(&self, emulator: &str, until: Instant) -> Result<Token, Fault> {
        let good = match self.kept(Instant::now()) {
            Some((token, true)) => return Ok(token),
            Some((token, false)) => Some(token),
            None => None,
        };
        let asking = match good {
            // Somebody asks already, and this one is good for a while.
            Some(token) => match self.asking.try_lock() {
                Ok(asking) => asking,
                Err(_) => return Ok(token),
            },
            None => tokio::time::timeout_at(until.into(), self.asking.lock()).await.map_err(|_| Cause::TimedOut)?,
        };
        // Whoever asked meanwhile may have got one.
        if let Some((token, true)) = self.kept(Instant::now()) {
            return Ok(token);
        }
        let asked = self.ask(until).await;
        drop(asking);
        match (asked, self.kept(Instant::now())) {
            (Ok(token), _) => Ok(token),
            (Err(fault), Some((token, _))) => {
                tracing::warn!(error = %fault.cause, "no newer access token is to be had: the one from before is used");
                self.wait();
                Ok(token)
            }
            (Err(fault), None) => Err(without(&fault, &self.url, emulator)),
        }
    }

    /// Uses a token no more, which a service refused.
    pub(super) fn forget(&self, token: &Token) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_some_and(|kept| kept.token.header == token.header) {
            *kept = None;
        }
    }

    /// The token that is kept, if it is good; and whether it is new.
    fn kept(&self, now: Instant) -> Option<(Token, bool)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref().filter(|kept| now < kept.good_until)?;
        Some((kept.token.clone(), now < kept.new_until))
    }

    fn wait(&self) {
        if let Some(kept) = &mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner) {
            kept.new_until = Instant::now() + TRIED_AGAIN;
        }
    }

    async fn ask(&self, until: Instant) -> Result<Token, Fault> {
        let request = Request::get(&self.url).header("metadata-flavor", "Google").body(Bytes::new());
        let request = request.map_err(|error| Fault::caused(Cause::Unwritable, error.into()))?;
        let (status, _, body) = self.transport.exchange(request, until).await?;
        if !status.is_success() {
            let is_busy = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
            let class = if is_busy { Class::Passing } else { Class::Lasting };
            return Err(Refusal::new("", Some(status), class).into());
        }
        let answer: Answer = json::read(&body)?;
        // What is wrong with it is not said: it would be shown.
        let token = Token::new(&answer.access_token).map_err(|_| Cause::Unreadable)?;
        let (now, lifetime) = (Instant::now(), Duration::from_secs(answer.expires_in).min(LONGEST));
        let kept = Kept {
            token: token.clone(),
            new_until: now + lifetime.saturating_sub(REPLACED_BEFORE).max(lifetime / 10),
            good_until: now + lifetime.saturating_sub(UNUSED_BEFORE),
        };
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        Ok(token)
    }
}

/// Why there is no token, and what to do where there is no metadata server.
fn without(fault: &Fault, url: &str, emulator: &str) -> Fault {
    let why = format!(
        "{url} does not give one ({}); elsewhere than on Google, set `{emulator}` to where an emulator of the service is",
        fault.cause
    );
    Cause::NoToken { why: why.into(), class: fault.class() }.into()
}
