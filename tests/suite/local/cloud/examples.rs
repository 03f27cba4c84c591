//! The examples `orders` and `uploads`, as a reader of the documentation runs them.

use std::fs;
use std::net::TcpListener;

use tempfile::TempDir;

use super::folder;
use crate::support::{Starter, built, program, until};

fn example(name: &str, data: &TempDir) -> Starter {
    let path = built(&["orders", "uploads"]).join(name);
    program(path.to_str().unwrap()).env("TUSK_FN_DATA", data.path()).env("TUSK_FN_PROVIDER", "local")
}

/// The demonstration connects to the port that the environment names.
fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}

#[test]
fn an_order_goes_through_the_shop() {
    let data = folder();
    let shop = example("orders", &data).env("TUSK_FN_SECRET_PAYMENT_KEY", "sk_test").env("PORT", free_port());
    let mut shop = shop.arg("demo").serve();
    for said in [
        "order placed",
        "order fulfilled",
        "invoice written",
        "email to the customer",
        "message to operations",
        "order given up: call the customer",
        "there is no `moon` in this shop",
        "only 1 of `lamp` left",
        "`lamp` is no longer sold",
    ] {
        shop.wait_for(said);
    }
    let log = shop.wait_for("2 of `lamp` are wanted, and 1 are there");
    until("both are given up", || (shop.log().matches("order given up").count() == 2).then_some(()));
    assert_eq!(log.matches("order placed").count(), 4, "{log}");
    assert_eq!(shop.log().matches("order fulfilled").count(), 2, "{log}");
    let invoice = fs::read_to_string(data.path().join("buckets/invoices/o-1.txt")).unwrap();
    assert_eq!(invoice, "Ada\n1 x lamp\nTotal 49.00 EUR\n");
    assert!(data.path().join("buckets/invoices/o-2.txt").exists());
    assert!(!data.path().join("buckets/invoices/o-3.txt").exists());
    for (partition, page) in [("a", "/"), ("b", "/lamps"), ("a", "/")] {
        let record = format!(r#"{{"partition": "{partition}", "body": {{"page": "{page}"}}}}"#);
        assert_eq!(shop.admin("POST", "/streams/page-views/records", &record).status, 202);
    }
    shop.wait_for(r#"{"/": 2, "/lamps": 1}"#);
    // The night comes when one wants it.
    shop.admin("POST", "/clock", r#"{"advance": "24h"}"#);
    shop.wait_for("orders=2 euros=147");
    shop.stop();
}

#[test]
fn a_shop_without_its_key_does_not_open() {
    let data = folder();
    let (errors, status) = example("orders", &data).fail();
    assert_eq!(status.code(), Some(1));
    assert!(errors.contains("set the environment variable `TUSK_FN_SECRET_PAYMENT_KEY`"), "{errors}");
}

#[test]
fn each_file_is_looked_into_in_its_way() {
    let data = folder();
    let mut uploads = example("uploads", &data).serve();
    let bucket = data.path().join("buckets/uploads");
    fs::create_dir_all(bucket.join("deep")).unwrap();
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend([0, 0, 2, 128, 0, 0, 1, 224, 8, 2, 0, 0, 0]);
    for (name, content) in [
        ("a.png", &*png),
        ("fake.png", b"no image"),
        ("b.json", br#"{"a": 1, "b": [2]}"#),
        ("broken.json", b"{"),
        ("deep/c.CSV", b"a,b\n1,2\n3,4"),
        ("d.exe", b"MZ"),
    ] {
        fs::write(bucket.join(name), content).unwrap();
    }
    for said in [
        "path=\"a.png\" format=\"PNG\" width=640 height=480",
        "`fake.png` is no image",
        "path=\"b.json\" entries=2",
        "`broken.json` is no JSON: EOF while parsing an object at line 1 column 1",
        "path=\"deep/c.CSV\" lines=3",
        "path=\"d.exe\" size=2",
    ] {
        uploads.wait_for(said);
    }
    let dead = super::wait_for_dead(&uploads, "look", 2);
    assert!(dead.iter().all(|(_, reason)| reason.starts_with("anyhow::Error: ")), "{dead:?}");
    fs::remove_file(bucket.join("a.png")).unwrap();
    uploads.wait_for("file deleted path=\"a.png\"");
    uploads.stop();
}
