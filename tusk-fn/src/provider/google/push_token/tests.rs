#![allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]

use serde_json::Value;

use super::*;
use crate::provider::client::tests::server::{self, Answer, Script};
use crate::provider::client::transport::Transport;

/// Made once with a key of two thousand bits: each token differs from the valid one by what its name says.
fn fixtures() -> Value {
    serde_json::from_str(include_str!("tokens.json")).unwrap()
}

fn headers(values: &[&str]) -> HeaderMap {
    values.iter().map(|value| (header::AUTHORIZATION, value.parse().unwrap())).collect()
}

async fn tokens(answers: impl IntoIterator<Item = Answer>) -> (PushTokens, Script) {
    let (url, script) = server::start(answers).await;
    let keys = Keys::at(Transport::new(None).unwrap(), &url);
    (PushTokens::new("https://shop.example".to_owned(), "push@shop.iam.gserviceaccount.com".to_owned(), keys), script)
}

fn keys() -> Answer {
    Answer::json(200, &fixtures()["jwks"].to_string())
}

async fn admit(tokens: &PushTokens, name: &str) -> Result<(), Refused> {
    admit_after(tokens, name, 0).await
}

/// The same so many seconds later.
async fn admit_after(tokens: &PushTokens, name: &str, seconds: u64) -> Result<(), Refused> {
    let fixtures = fixtures();
    let headers = headers(&[&format!("Bearer {}", fixtures["tokens"][name].as_str().unwrap())]);
    tokens.admit(&headers, Instant::now() + Duration::from_secs(seconds)).await
}

#[tokio::test]
async fn only_a_token_of_that_account_for_that_audience_is_admitted() {
    let (tokens, script) = tokens([keys()]).await;
    assert_eq!(admit(&tokens, "valid").await, Ok(()));
    for (name, why) in [
        ("expired", Refused::Time),
        ("early", Refused::Time),
        ("audience", Refused::Audience),
        ("account", Refused::Account),
        ("unverified", Refused::Account),
        ("nobody", Refused::Account),
        ("issuer", Refused::Issuer),
        ("forged", Refused::Signature),
        ("unknown", Refused::UnknownKey),
        ("symmetric", Refused::Malformed("it is not signed with RS256")),
    ] {
        assert_eq!(admit(&tokens, name).await, Err(why), "{name}");
    }
    assert_eq!(script.requests().len(), 1, "keys are kept, and a made-up key's name does not make us ask again");
}

#[tokio::test]
async fn what_was_changed_or_is_no_token_is_refused() {
    let (tokens, _) = tokens([keys()]).await;
    let fixtures = fixtures();
    let valid = fixtures["tokens"]["valid"].as_str().unwrap();
    let parts: Vec<&str> = valid.split('.').collect();
    let expired: Vec<&str> = fixtures["tokens"]["expired"].as_str().unwrap().split('.').collect();
    let removed = format!("Bearer {}.{}.SIGNATURE_REMOVED_BY_GOOGLE", parts[0], parts[1]);
    let mixed = format!("Bearer {}.{}.{}", parts[0], parts[1], expired[2]);
    let unsigned = format!("Bearer {}.{}.", parts[0], parts[1]);
    let long = format!("Bearer {}", "a".repeat(9000));
    for (values, why) in [
        (&[] as &[&str], Refused::Missing),
        (&["Basic dTpw"], Refused::Missing),
        (&["Bearer"], Refused::Missing),
        (&["Bearer a", "Bearer b"], Refused::Missing),
        (&["Bearer a.b"], Refused::Malformed("it has not three parts")),
        (&["Bearer ?.?.?"], Refused::Malformed("a part is no base64")),
        (&["Bearer e30.e30.e30"], Refused::Malformed("its header cannot be read")),
        (&[&*long], Refused::Malformed("it is too long")),
        (&[&*removed], Refused::SignatureRemoved),
        (&[&*mixed], Refused::Signature),
        (&[&*unsigned], Refused::Signature),
    ] {
        assert_eq!(tokens.admit(&headers(values), Instant::now()).await, Err(why), "{values:?}");
    }
}

#[tokio::test]
async fn without_googles_keys_nobody_is_admitted_and_they_are_asked_for_again() {
    let broken = [Answer::json(500, "{}"), Answer::Close, Answer::json(200, "[]"), keys()];
    let (tokens, script) = tokens(broken).await;
    for seconds in [0, 2, 4] {
        let refused = admit_after(&tokens, "valid", seconds).await.unwrap_err();
        assert!(matches!(refused, Refused::Unavailable(_)), "{refused}");
    }
    assert_eq!(admit_after(&tokens, "valid", 6).await, Ok(()));
    assert_eq!(script.requests().len(), 4);
}

#[tokio::test]
async fn a_key_that_is_known_waits_for_nobody_who_made_one_up() {
    let (tokens, _) = tokens([keys(), Answer::Nothing]).await;
    assert_eq!(admit(&tokens, "valid").await, Ok(()));
    tokio::select! {
        biased;
        asked = admit_after(&tokens, "unknown", 60) => panic!("Google answers nothing: {asked:?}"),
        () = tokio::time::sleep(Duration::from_millis(200)) => panic!("the other one waits"),
        admitted = admit_after(&tokens, "valid", 60) => assert_eq!(admitted, Ok(())),
    }
}

#[tokio::test]
async fn while_google_gives_no_keys_it_is_asked_once_in_a_while() {
    let (tokens, script) = tokens([Answer::json(500, "{}")]).await;
    for _ in 0..20 {
        let refused = admit(&tokens, "unknown").await.unwrap_err();
        assert!(matches!(refused, Refused::Unavailable(_)), "{refused}");
    }
    assert_eq!(script.requests().len(), 1);
    // Nor does who makes keys up keep those out whose key is known.
    let (tokens, script) = self::tokens([keys(), Answer::json(500, "{}")]).await;
    assert_eq!(admit(&tokens, "valid").await, Ok(()));
    for _ in 0..20 {
        assert!(admit_after(&tokens, "unknown", 60).await.is_err());
        assert_eq!(admit_after(&tokens, "valid", 60).await, Ok(()));
    }
    assert_eq!(script.requests().len(), 2);
}

#[tokio::test]
async fn no_word_of_a_refusal_repeats_the_token() {
    let (tokens, _) = tokens([keys()]).await;
    let fixtures = fixtures();
    for (name, token) in fixtures["tokens"].as_object().unwrap() {
        if let Err(refused) = admit(&tokens, name).await {
            let said = refused.to_string();
            let parts = token.as_str().unwrap().split('.');
            assert!(parts.into_iter().all(|part| !said.contains(part)), "{said}");
        }
    }
}
