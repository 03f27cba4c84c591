//! Tokens: how they are asked for, kept and renewed.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::super::Client;
use super::super::environment::Environment;
use super::super::identity::Service;
use super::{FAR, PROOF, TOKEN, environment, identified, said, token};
use crate::provider::client::environment::EnvironmentError;
use crate::provider::client::error::{Class, Fault};
use crate::provider::client::retry::Policy;
use crate::provider::client::tests::server::Answer;

/// The end of the tokens.
const END: u64 = 1_900_000_000;

/// So many seconds before the end.
fn before(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(END - seconds)
}

async fn at(client: &Client, now: SystemTime) -> Result<Arc<str>, Fault> {
    let until = Instant::now() + Duration::from_millis(300);
    client.shared.identity.token(&client.shared.transport, Service::Storage, now, until).await
}

#[tokio::test]
async fn a_token_is_asked_for_as_azure_wants_it() {
    let (client, script) = identified([token(TOKEN, FAR)]).await;
    let services =
        [Service::Bus, Service::Storage, Service::EventGrid, Service::CosmosDb, Service::KeyVault, Service::Storage];
    for service in services {
        let until = Instant::now() + Duration::from_secs(1);
        let text = client.shared.identity.token(&client.shared.transport, service, before(9999), until).await;
        assert_eq!(&*text.expect("a token"), TOKEN);
    }
    let requests = script.requests();
    let hosts =
        ["servicebus.azure.net", "storage.azure.com", "eventgrid.azure.net", "cosmos.azure.com", "vault.azure.net"];
    let expected = hosts.map(|host| {
        let resource = format!("https%3A%2F%2F{}", host.replace('.', "%2E"));
        format!("GET /msi/token?api-version=2019-08-01&client_id=c%2D1&resource={resource}")
    });
    assert_eq!(requests.iter().map(|request| request.line.clone()).collect::<Vec<_>>(), expected);
    assert!(requests.iter().all(|request| request.head.contains(&format!("\r\nx-identity-header: {PROOF}\r\n"))));
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let (client, script) = identified([token("old", END), token("new", END + 9999)]).await;
    for (seconds, expected, requests) in [(9999, "old", 1), (301, "old", 1), (299, "new", 2), (1, "new", 2)] {
        assert_eq!(&*at(&client, before(seconds)).await.expect("a token"), expected, "{seconds}");
        assert_eq!(script.requests().len(), requests, "{seconds}");
    }
}

#[tokio::test]
async fn the_old_token_is_used_while_no_newer_one_is_to_be_had() {
    let answers = [token("old", END), Answer::Say(500, "", String::new()), Answer::Close, token("new", END + 9999)];
    let (client, script) = identified(answers).await;
    for (seconds, expected, requests) in [
        (9999, Some("old"), 1),
        (290, Some("old"), 2),
        (265, Some("old"), 2),
        (255, Some("old"), 3),
        (200, Some("new"), 4),
    ] {
        let found = at(&client, before(seconds)).await;
        assert_eq!(found.ok().as_deref(), expected, "{seconds}");
        assert_eq!(script.requests().len(), requests, "{seconds}");
    }
    let (client, script) = identified([token("old", END), Answer::Say(500, "", String::new())]).await;
    for (seconds, expected, requests) in [(9999, Some("old"), 1), (22, Some("old"), 2), (19, None, 3)] {
        let found = at(&client, before(seconds)).await;
        assert_eq!(found.ok().as_deref(), expected, "{seconds}");
        assert_eq!(script.requests().len(), requests, "{seconds}");
    }
}

#[tokio::test]
async fn one_caller_asks_for_all() {
    let (client, script) = identified([token("old", END)]).await;
    let all = (0..20).map(|_| at(&client, before(9999)));
    let found = futures_util::future::join_all(all).await;
    assert!(found.iter().all(|found| found.as_ref().is_ok_and(|text| &**text == "old")), "{found:?}");
    assert_eq!(script.requests().len(), 1);

    // To renew it, too: the others go on with the old one, and wait for nothing.
    let (client, script) = identified([token("old", END), Answer::Nothing]).await;
    assert!(at(&client, before(9999)).await.is_ok());
    let begun = Instant::now();
    let renewing = {
        let client = client.clone();
        tokio::spawn(async move { at(&client, before(200)).await })
    };
    while script.requests().len() < 2 {
        assert!(begun.elapsed() < Duration::from_secs(5), "nobody asks");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(at(&client, before(200)).await.ok().as_deref(), Some("old"));
    assert!(begun.elapsed() < Duration::from_millis(250), "{:?}", begun.elapsed());
    assert_eq!(renewing.await.expect("it ends").ok().as_deref(), Some("old"));
    assert_eq!(script.requests().len(), 2);
}

#[tokio::test]
async fn nobody_waits_for_ever_for_another_ones_token() {
    let (client, _) = identified([Answer::Nothing]).await;
    let first = {
        let client = client.clone();
        tokio::spawn(async move { at(&client, before(9999)).await })
    };
    tokio::time::sleep(Duration::from_millis(20)).await;
    let until = Instant::now() + Duration::from_millis(50);
    let second = client.shared.identity.token(&client.shared.transport, Service::Storage, before(9999), until).await;
    let cause = second.expect_err("no token").cause;
    assert_eq!(cause.to_string(), "there is no access token: no answer in time");
    assert_eq!(cause.class(), Class::Passing);
    assert!(first.await.expect("it ends").is_err());
}

#[tokio::test]
async fn why_there_is_no_token_is_said_without_what_is_secret() {
    let plain = |status, body: &str| Answer::json(status, body);
    let none =
        r#"{"statusCode":400,"message":"No User Assigned or Delegated Managed Identity found for specified ClientId"}"#;
    let repeating = format!(r#"{{"error":"invalid_request","error_description":"the header {PROOF} is wrong"}}"#);
    for (answer, expected, class) in [
        (
            plain(400, none),
            "Bad Request (http 400): No User Assigned or Delegated Managed Identity found for specified ClientId",
            Class::Lasting,
        ),
        (plain(403, &repeating), "invalid_request (http 403)", Class::Lasting),
        (plain(429, "{}"), "Too Many Requests (http 429)", Class::Throttled),
        (plain(500, "oops"), "Internal Server Error (http 500)", Class::Passing),
        (Answer::Close, "the connection was lost", Class::Passing),
        (Answer::Nothing, "no answer in time", Class::Passing),
        (plain(200, r#"{"access_token":"t"}"#), "the answer cannot be read", Class::Lasting),
        (
            plain(200, r#"{"access_token":"t","expires_on":"06/20/2019 02:57:58 +00:00"}"#),
            "the answer cannot be read",
            Class::Lasting,
        ),
        (token("t", u64::MAX), "the answer cannot be read", Class::Lasting),
        (plain(200, "[]"), "the answer cannot be read", Class::Lasting),
        (token("t", END), "the one that was given to the managed identity has ended", Class::Passing),
    ] {
        let (client, _) = identified([answer]).await;
        let cause = at(&client, before(0)).await.expect_err("no token").cause;
        assert_eq!(cause.to_string(), format!("there is no access token: {expected}"));
        assert_eq!(cause.class(), class, "{expected}");
        assert!(!said(&cause).contains(PROOF), "{cause}");
    }
    // A number is as good as its digits.
    let (client, _) = identified([plain(200, r#"{"access_token":"t","expires_on":1900000000}"#)]).await;
    assert_eq!(at(&client, before(99)).await.ok().as_deref(), Some("t"));
}

#[test]
fn what_is_missing_is_named_with_what_to_do() {
    let without = |absent: &'static str| {
        let read = Environment::read(&move |name| {
            let there = ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"];
            (name != absent && there.contains(&name)).then(|| "http://localhost/x".into())
        });
        read.err().map(|error| error.to_string())
    };
    assert_eq!(without("AZURE_CLIENT_ID"), None);
    for variable in ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"] {
        let expected = format!(
            "the environment variable `{variable}` is missing: Azure sets it where a function app has a managed identity; assign one \
             to the app, and set `AZURE_CLIENT_ID` to that identity's client id"
        );
        assert_eq!(without(variable), Some(expected));
    }
}

#[test]
fn what_is_unfit_is_refused_by_its_variable() {
    for (name, value) in [
        ("IDENTITY_ENDPOINT", "localhost:1"),
        ("IDENTITY_ENDPOINT", "http://user:password@localhost"),
        ("IDENTITY_HEADER", "a\nb"),
    ] {
        let error = environment(&[(name, value)]).err().expect("an error").to_string();
        assert!(error.contains(&format!("`{name}`")) && !error.contains(value), "{error}");
    }
    let authorities = environment(&[("SSL_CERT_FILE", "/dev/null")]).expect("an environment");
    assert!(matches!(Client::new(&authorities, Policy::default()), Err(EnvironmentError::Authorities { .. })));
    assert!(matches!(environment(&[("SSL_CERT_FILE", "/nowhere")]), Err(EnvironmentError::Authorities { .. })));
}

#[tokio::test]
async fn a_client_shows_no_secret() {
    let client = super::client().await;
    at(&client, before(9999)).await.expect("a token");
    let shown = format!("{client:?}");
    assert!(!shown.contains(TOKEN) && !shown.contains(PROOF), "{shown}");
}
