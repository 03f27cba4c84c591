//! What a registry wants to be shown: a password, or a token that another server gives for one.
//!
//! By the documents of the CNCF's registry, "Token Authentication Specification" and "`OAuth2` Token Authentication".

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_auth::{ChallengeRef, parse_challenges};
use serde::Deserialize;
use ureq::http::{HeaderMap, Method, header};

use super::credentials::{Credentials, Login};
use super::error::PushError;
use super::http::{Call, Http, Secret};
use super::reference::Reference;
use super::url::{Url, pair};

/// What a registry asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String> },
}

/// What a token server answers.
#[derive(Deserialize)]
struct Tokens {
    token: Option<String>,
    access_token: Option<String>,
}

impl Challenge {
    /// What the answer's headers ask for: a token if that is among it.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let texts = headers.get_all(header::WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
        let all: Vec<Self> = texts
            .filter_map(|text| parse_challenges(text).ok())
            .flat_map(|challenges| challenges.iter().filter_map(Self::read).collect::<Vec<_>>())
            .collect();
        all.iter().find(|it| matches!(it, Self::Bearer { .. })).or(all.first()).cloned()
    }

    fn read(challenge: &ChallengeRef<'_>) -> Option<Self> {
        let parameter = |name: &str| {
            let found = challenge.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.to_unescaped())
        };
        if challenge.scheme.eq_ignore_ascii_case("bearer") {
            Some(Self::Bearer { realm: parameter("realm")?, service: parameter("service") })
        } else {
            challenge.scheme.eq_ignore_ascii_case("basic").then_some(Self::Basic)
        }
    }
}

/// What is sent with each request from now on, as `Authorization`.
///
/// # Errors
/// There is no login where one is needed, or the token server gives no token for it.
pub(super) fn authorize(
    challenge: &Challenge,
    credentials: Option<&Credentials>,
    reference: &Reference,
    http: &Http,
) -> Result<Secret, PushError> {
    let refused = || PushError::unauthorized(reference, credentials);
    match (challenge, credentials.map(|it| &it.login)) {
        (Challenge::Basic, Some(Login::Password { user, password })) => Ok(basic(user, password)),
        (Challenge::Basic, _) => Err(refused()),
        (Challenge::Bearer { realm, service }, login) => {
            let server =
                Url::parse(realm).ok_or_else(|| PushError::Realm { registry: reference.registry().to_owned() })?;
            token(&server, service.as_deref(), login, reference, http)?.ok_or_else(refused)
        }
    }
}

fn basic(user: &str, password: &Secret) -> Secret {
    Secret(format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{}", password.0))))
}

/// Asks for a token to push to the repository, without a login where there is none: a registry may let anyone push.
fn token(
    server: &Url,
    service: Option<&str>,
    login: Option<&Login>,
    reference: &Reference,
    http: &Http,
) -> Result<Option<Secret>, PushError> {
    let scope = format!("repository:{}:pull,push", reference.repository());
    let answer = if let Some(Login::Token(refresh)) = login {
        let service = service.unwrap_or_default();
        let form = [
            ("grant_type", "refresh_token"),
            ("service", service),
            ("client_id", "cargo-tusk"),
            ("scope", &scope),
            ("refresh_token", &refresh.0),
        ];
        let form = form.map(|(name, value)| pair(name, value)).join("&");
        let call = Call::new(Method::POST, server.clone());
        http.send(&call.with_body("application/x-www-form-urlencoded", form.as_bytes()), None)?
    } else {
        let mut url = server.clone();
        if let Some(service) = service {
            url = url.with("service", service);
        }
        let shown = match login {
            Some(Login::Password { user, password }) => Some(basic(user, password)),
            _ => None,
        };
        http.send(&Call::new(Method::GET, url.with("scope", &scope)), shown.as_ref())?
    };
    match answer.status.as_u16() {
        200 => {}
        400 | 401 | 403 => return Ok(None),
        _ => return Err(PushError::unexpected(server, &answer)),
    }
    let tokens: Option<Tokens> = serde_json::from_slice(&answer.body).ok();
    let token = tokens.and_then(|it| it.token.or(it.access_token)).filter(|it| !it.is_empty());
    let token = token.ok_or_else(|| PushError::NoToken { server: server.authority().to_owned() })?;
    Ok(Some(Secret(format!("Bearer {token}"))))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read_as_registries_write_them() {
        let read = |texts: &[&str]| {
            let mut headers = HeaderMap::new();
            for text in texts {
                headers.append(header::WWW_AUTHENTICATE, text.parse().unwrap());
            }
            Challenge::of(&headers)
        };
        let bearer = |realm: &str, service: Option<&str>| {
            Some(Challenge::Bearer { realm: realm.to_owned(), service: service.map(str::to_owned) })
        };
        let hub = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#;
        assert_eq!(read(&[hub]), bearer("https://auth.docker.io/token", Some("registry.docker.io")));
        assert_eq!(read(&[r#"bearer Realm="https://r/token""#]), bearer("https://r/token", None));
        assert_eq!(read(&[r#"Basic realm="Registry Realm""#]), Some(Challenge::Basic));
        assert_eq!(read(&[r#"Basic realm="x", Bearer realm="https://r/token""#]), bearer("https://r/token", None));
        assert_eq!(read(&[r#"Basic realm="x""#, r#"Bearer realm="https://r/t""#]), bearer("https://r/t", None));
        assert_eq!(read(&["Negotiate"]), None);
        assert_eq!(read(&[r#"Bearer error="x""#]), None);
        assert_eq!(read(&["\"", ""]), None);
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn a_password_is_shown_as_basic() {
        // The example of RFC 7617.
        let Secret(shown) = basic("Aladdin", &Secret("open sesame".to_owned()));
        assert_eq!(shown, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }
}
