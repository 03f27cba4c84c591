//! What is shown to whom.

use super::*;

/// A registry that wants this to be shown, and says how.
fn guarded(challenge: String, wanted: &'static str) -> impl Fn(&Request) -> Response + Send + Sync + 'static {
    let open = registry();
    move |request: &Request| {
        if request.header("authorization") == Some(wanted) {
            return open(request);
        }
        Response::json(401, r#"{"errors": [{"code": "UNAUTHORIZED"}]}"#).with("www-authenticate", &challenge)
    }
}

/// `ada:s3cret`
const ADA: &str = "Basic YWRhOnMzY3JldA==";

fn bearer(server: &Server) -> String {
    format!(r#"Bearer realm="http://{}/token?x=1",service="the registry",scope="registry:catalog:*""#, server.address)
}

#[test]
fn a_password_is_shown_where_it_is_asked_for() {
    let server = Server::start(guarded("Basic realm=\"x\"".to_owned(), ADA));
    push(&server.address, Some(ada())).unwrap();
    let shown: Vec<_> = server.seen().iter().map(|it| it.header("authorization").map(str::to_owned)).collect();
    assert_eq!(shown[0], None, "nothing is shown before it is asked for");
    assert!(shown[1..].iter().all(|it| it.as_deref() == Some(ADA)), "{shown:?}");
}

#[test]
fn a_token_is_asked_for_with_the_password_and_for_this_repository() {
    let tokens = Server::start(|_| Response::json(200, r#"{"token": "t1", "expires_in": 300}"#));
    let server = Server::start(guarded(bearer(&tokens), "Bearer t1"));
    push(&server.address, Some(ada())).unwrap();
    let [asked] = &tokens.seen()[..] else { panic!("not one request for a token") };
    let expected = "/token?x=1&service=the%20registry&scope=repository%3Ateam%2Fshop%3Apull%2Cpush";
    assert_eq!((&*asked.method, &*asked.target), ("GET", expected));
    assert_eq!(asked.header("authorization"), Some(ADA));
    assert!(server.seen().iter().all(|it| it.header("authorization") != Some(ADA)), "the registry sees no password");
}

#[test]
fn a_registry_may_give_tokens_to_everybody() {
    let tokens = Server::start(|_| Response::json(200, r#"{"access_token": "t1"}"#));
    let server = Server::start(guarded(bearer(&tokens), "Bearer t1"));
    push(&server.address, None).unwrap();
    assert_eq!(tokens.seen()[0].header("authorization"), None);
}

#[test]
fn an_identity_token_is_exchanged() {
    let tokens = Server::start(|_| Response::json(200, r#"{"access_token": "t1"}"#));
    let server = Server::start(guarded(bearer(&tokens), "Bearer t1"));
    let login = Login::Token(Secret("a+b&c".to_owned()));
    push(&server.address, Some(Credentials { login, file: PathBuf::new() })).unwrap();
    let [asked] = &tokens.seen()[..] else { panic!("not one request for a token") };
    assert_eq!((&*asked.method, asked.header("authorization")), ("POST", None));
    let expected = "grant_type=refresh_token&service=the%20registry&client_id=cargo-tusk\
        &scope=repository%3Ateam%2Fshop%3Apull%2Cpush&refresh_token=a%2Bb%26c";
    assert_eq!(String::from_utf8_lossy(&asked.body), expected);
    assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
}

#[test]
fn a_token_that_has_run_out_is_replaced() {
    let given = Mutex::new(0);
    let tokens = Server::start(move |_| {
        let mut given = given.lock().unwrap();
        *given += 1;
        Response::json(200, &format!(r#"{{"token": "t{given}"}}"#))
    });
    let challenge = bearer(&tokens);
    let (open, uses) = (registry(), Mutex::new(BTreeMap::<String, u32>::new()));
    let server = Server::start(move |request| {
        let shown = request.header("authorization").unwrap_or_default().to_owned();
        let mut uses = uses.lock().unwrap();
        let times = uses.entry(shown.clone()).or_default();
        *times += 1;
        if shown.is_empty() || *times > 3 {
            return Response::empty(401).with("www-authenticate", &challenge);
        }
        open(request)
    });
    push(&server.address, Some(ada())).unwrap();
    // The ping, six requests for two blobs and two manifests: three for each token.
    assert_eq!(tokens.seen().len(), 3);
}

#[test]
fn a_missing_and_a_wrong_login_say_how_to_log_in() {
    let tokens = Server::start(|_| Response::json(401, "{}"));
    for challenge in ["Basic realm=\"x\"".to_owned(), bearer(&tokens)] {
        let server = Server::start(guarded(challenge, "nothing"));
        let host = &server.address;
        let error = push(host, None).unwrap_err();
        assert_eq!(error.to_string(), format!("`{host}` wants a login, and docker and podman have none for it"));
        assert_eq!(error.help().unwrap(), format!("log in: docker login {host} (or podman login {host})"));
        let error = push(host, Some(ada())).unwrap_err();
        assert_eq!(error.to_string(), format!("`{host}` does not take the login that `config.json` has for it"));
        assert!(!format!("{error:?}{:?}", error.help()).contains("s3cret"), "{error:?}");
    }
}

#[test]
fn a_login_leaves_this_machine_under_tls_only() {
    // An address that is reserved for documentation (RFC 5737): nothing is sent there.
    let challenge = "Bearer realm=\"http://192.0.2.1/token?key=hidden\"".to_owned();
    let server = Server::start(guarded(challenge, "nothing"));
    let error = push(&server.address, Some(ada())).unwrap_err().to_string();
    assert_eq!(error, "the registry sends its client to `http://192.0.2.1/token`, which is not protected by TLS");
}

#[test]
fn a_server_that_the_registry_refers_to_is_shown_nothing() {
    let tokens = Server::start(|_| Response::json(200, r#"{"token": "t1"}"#));
    let challenge = bearer(&tokens);
    let storage = Server::start(move |_| Response::empty(401).with("www-authenticate", &challenge));
    let elsewhere = format!("http://{}/blob", storage.address);
    let open = registry();
    let server = Server::start(move |request| {
        if request.method == "HEAD" { Response::empty(307).with("location", &elsewhere) } else { open(request) }
    });
    let error = push(&server.address, Some(ada())).unwrap_err().to_string();
    assert!(error.contains(&storage.address) && error.contains("401"), "{error}");
    assert!(tokens.seen().is_empty(), "{:?}", tokens.seen());
    assert!(storage.seen().iter().all(|it| it.header("authorization").is_none()));
}

#[test]
fn other_ways_of_logging_in_are_refused() {
    for (challenge, said) in [
        ("Negotiate", "neither `Basic` nor `Bearer`"),
        ("Bearer realm=\"/token\"", "names no usable address for tokens"),
    ] {
        let server = Server::start(guarded(challenge.to_owned(), "nothing"));
        let error = push(&server.address, Some(ada())).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    let tokens = Server::start(|_| Response::json(200, r#"{"token": ""}"#));
    let server = Server::start(guarded(bearer(&tokens), "nothing"));
    let error = push(&server.address, None).unwrap_err().to_string();
    assert_eq!(error, format!("`{}` answers without a token", tokens.address));
}

#[test]
fn secrets_are_not_printed() {
    let shown = format!("{:?}", ada());
    assert!(shown.contains("ada") && !shown.contains("s3cret"), "{shown}");
}
