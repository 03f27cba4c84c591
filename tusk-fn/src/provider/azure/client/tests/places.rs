//! URLs: what is there, and whether a token may go there.

use super::super::{Kind, Place};

#[test]
fn each_kind_has_its_urls() {
    for (kind, url, name) in [
        (Kind::Messages, "https://ns.servicebus.windows.net/orders", "orders"),
        (Kind::Messages, "https://ns.servicebus.windows.net/folder/orders/", "orders"),
        (Kind::Messages, "http://127.0.0.1:9/orders", "orders"),
        (Kind::StorageQueue, "https://acct.queue.core.windows.net/orders", "orders"),
        (Kind::StorageQueue, "http://localhost:9/acct/orders", "orders"),
        (Kind::Events, "https://t.westeurope-1.eventgrid.azure.net/api/events", "events"),
        (Kind::Events, "https://t.westeurope-1.eventgrid.azure.net", "t.westeurope-1.eventgrid.azure.net"),
        (Kind::Documents, "https://acct.documents.azure.com/dbs/shop/colls/stock", "stock"),
        (Kind::Blobs, "https://acct.blob.core.windows.net/files", "files"),
        (Kind::Blobs, "https://[::1]:9/acct/files", "files"),
        (Kind::Secret, "https://v.vault.azure.net/secrets/key", "key"),
        (Kind::Secret, "https://v.vault.azure.net/secrets/key/0a1b", "0a1b"),
    ] {
        let place = Place::of(url, kind).expect(url);
        assert_eq!(place.name(), name, "{url}");
        assert_eq!(place.url(), url.trim_end_matches('/'));
    }
}

#[test]
fn what_is_no_such_url_is_refused_and_not_repeated() {
    for (kind, url) in [
        (Kind::Messages, "https://ns.servicebus.windows.net/"),
        (Kind::Messages, "ns.servicebus.windows.net/orders"),
        (Kind::Messages, "sb://ns.servicebus.windows.net/orders"),
        (Kind::Messages, "https://user:password@ns.servicebus.windows.net/orders"),
        (Kind::Messages, "https://ns.servicebus.windows.net/orders?sig=password"),
        (Kind::StorageQueue, "https://acct.queue.core.windows.net/a/orders"),
        (Kind::StorageQueue, "http://localhost:9/orders"),
        (Kind::Documents, "https://acct.documents.azure.com/dbs/shop"),
        (Kind::Documents, "https://acct.documents.azure.com/dbs/shop/colls/stock/docs/1"),
        (Kind::Blobs, "https://acct.blob.core.windows.net/files/a"),
        (Kind::Blobs, "https://acct.blob.core.windows.net/files?sv=1&sig=password"),
        (Kind::Secret, "https://v.vault.azure.net/keys/key"),
        (Kind::Secret, "password"),
    ] {
        let error = Place::of(url, kind).expect_err(url);
        assert!(error.starts_with("what `TUSK_FN_RESOURCES` says of it is not the url of a "), "{url}: {error}");
        assert!(error.contains("such as `https://") && !error.contains("password"), "{url}: {error}");
    }
}

#[test]
fn no_token_goes_where_anyone_could_read_it() {
    for url in
        ["http://ns.servicebus.windows.net/orders", "http://10.0.0.1/orders", "http://127.0.0.1.example.com/orders"]
    {
        let error = Place::of(url, Kind::Messages).expect_err(url);
        assert!(error.contains("is an `http` url of another machine") && error.contains("write `https`"), "{error}");
        assert!(!Place::may_be_told(url), "{url}");
    }
    for url in ["https://10.0.0.1/a", "http://127.0.0.1/a", "http://[::1]:5/a", "http://localhost:5/a", "orders", ""] {
        assert!(Place::may_be_told(url), "{url}");
    }
}

#[test]
fn a_queue_is_of_the_service_that_its_url_tells() {
    let kind = |url: &str| Place::of_queue(url).map(|(_, kind)| kind);
    assert_eq!(kind("https://ns.servicebus.windows.net/orders"), Ok(Kind::Messages));
    assert_eq!(kind("https://ns.servicebus.windows.net/a/orders"), Ok(Kind::Messages));
    assert_eq!(kind("http://127.0.0.1:9/orders"), Ok(Kind::Messages));
    assert_eq!(kind("https://acct.queue.core.windows.net/orders"), Ok(Kind::StorageQueue));
    assert_eq!(kind("https://acct.queue.core.chinacloudapi.cn/orders"), Ok(Kind::StorageQueue));
    assert_eq!(kind("http://127.0.0.1:10001/devstoreaccount1/orders"), Ok(Kind::StorageQueue));
    assert!(kind("https://acct.queue.core.windows.net/").is_err());
    assert!(kind("orders").is_err());
}
