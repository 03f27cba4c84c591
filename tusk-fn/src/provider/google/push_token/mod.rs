//! The tokens that Pub/Sub, Eventarc and Cloud Scheduler send along: who signed them, for whom, and on whose account.
//!
//! On Cloud Run nothing is to be done: its front end verifies the token against the invoker's role, and replaces the signature
//! before the container sees it ("Troubleshoot Cloud Run issues", `SIGNATURE_REMOVED_BY_GOOGLE`). A process that is reached some
//! other way, such as one in a cluster of one's own behind a public address, is told by `TUSK_FN_PUSH_AUDIENCE` and
//! `TUSK_FN_PUSH_ACCOUNT` whom to believe ("Authentication for push subscriptions"). Both are needed: anybody can have Google
//! sign a token for any audience, but not on somebody else's account.
//!
//! - [`jwt`]: a token and its claims
//! - [`keys`]: the keys that Google signs with, which it changes every few days

mod jwt;
mod keys;

use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use tusk_fn_spec::record::FunctionRecord;

use self::jwt::{Claims, Token};
use self::keys::{Keys, Unavailable};
use super::{Google, PUSH_VARIABLES};
use crate::provider::client::transport::Transport;
use crate::provider::container::{Admission, NotAdmitted, Opened, Platform, Sent};
use crate::provider::field::Fault;

/// Who Google is, in a token.
const ISSUERS: [&str; 2] = ["https://accounts.google.com", "accounts.google.com"];
/// By how much clocks may differ.
const SKEW: Duration = Duration::from_mins(1);

/// Google, where the program has to find out itself who sends.
pub(super) struct Guarded {
    tokens: PushTokens,
}

/// Google, as whoever has tokens for this audience, on this account.
///
/// # Errors
/// TLS cannot be set up.
pub(super) fn guarded(audience: String, account: String) -> Result<Guarded, String> {
    let transport = Transport::new(None).map_err(|error| error.to_string())?;
    Ok(Guarded { tokens: PushTokens::new(audience, account, Keys::of_google(transport)) })
}

impl Platform for Guarded {
    fn admit<'a>(&'a self, headers: &'a HeaderMap) -> Option<Admission<'a>> {
        Some(Box::pin(async {
            self.tokens.admit(headers, Instant::now()).await.map_err(|refused| {
                let unknown = matches!(refused, Refused::Unavailable(_));
                let status = if unknown { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::UNAUTHORIZED };
                NotAdmitted { status, why: refused.to_string() }
            })
        }))
    }

    fn read(&self, parts: &Parts, body: &Bytes) -> Result<Vec<Sent>, Fault> {
        Google.read(parts, body)
    }

    fn open(&self, sent: &Sent, function: &FunctionRecord, named: bool) -> Opened {
        Google.open(sent, function, named)
    }
}

/// Whom a process believes.
struct PushTokens {
    audience: String,
    account: String,
    keys: Keys,
}

/// Why a request is not admitted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Refused {
    /// It has no token.
    #[error(
        "the request has no `authorization: Bearer` token; give the subscription, trigger or job a service account"
    )]
    Missing,
    /// It has something else.
    #[error("the token is no JSON Web Token of Google's: {0}")]
    Malformed(&'static str),
    /// Cloud Run has verified it already.
    #[error(
        "Cloud Run has verified the token and removed its signature, so that it cannot be verified here: unset `{}`", PUSH_VARIABLES[0]
    )]
    SignatureRemoved,
    /// It was signed by somebody else, or long ago.
    #[error("the token's key is none that Google signs with")]
    UnknownKey,
    /// It was changed, or made up.
    #[error("the token's signature is wrong")]
    Signature,
    /// It is not Google's.
    #[error("the token is not of Google's accounts")]
    Issuer,
    /// It is too old, or of the future.
    #[error("the token is not valid at this time")]
    Time,
    /// It is for another service.
    #[error("the token is for another audience than `{}` says", PUSH_VARIABLES[0])]
    Audience,
    /// It is somebody else's.
    #[error("the token is of another account than `{}` says", PUSH_VARIABLES[1])]
    Account,
    /// It cannot be said.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl PushTokens {
    fn new(audience: String, account: String, keys: Keys) -> Self {
        Self { audience, account, keys }
    }

    /// Whether a request comes from whom it should. `at` is for how long keys are known.
    async fn admit(&self, headers: &HeaderMap, at: Instant) -> Result<(), Refused> {
        let token = Token::read(bearer(headers).ok_or(Refused::Missing)?)?;
        let key = self.keys.find(&token.key, at).await?.ok_or(Refused::UnknownKey)?;
        if !key.signed(&token) {
            return Err(Refused::Signature);
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.check(&token.claims()?, now)
    }

    /// Whether a token that Google signed is for this process, and from whom it expects it.
    fn check(&self, claims: &Claims, now: Duration) -> Result<(), Refused> {
        if !ISSUERS.contains(&&*claims.iss) {
            return Err(Refused::Issuer);
        }
        if now.saturating_sub(SKEW).as_secs() >= claims.exp || (now + SKEW).as_secs() < claims.iat {
            return Err(Refused::Time);
        }
        if claims.aud != self.audience {
            return Err(Refused::Audience);
        }
        if claims.email.as_deref() != Some(&*self.account) || !claims.email_verified {
            return Err(Refused::Account);
        }
        Ok(())
    }
}

/// The token of a request that has one.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests;
