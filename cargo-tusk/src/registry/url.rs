//! Addresses that registries give: of uploads and of token servers.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ureq::http::Uri;

/// What is written with a `%` in a query's value, and in a form's.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An absolute address with `http` or `https`, and neither a user nor a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url(String);

impl Url {
    /// Reads an absolute address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.split('#').next()?;
        let uri: Uri = text.parse().ok()?;
        let known = matches!(uri.scheme_str(), Some("http" | "https"));
        // A user in an address would be a login that nobody asked for.
        let host = uri.authority().filter(|it| !it.host().is_empty() && !it.as_str().contains('@'));
        (known && host.is_some()).then(|| Self(uri.to_string()))
    }

    /// Reads an address as seen from this one (RFC 3986, section 5.2): `Location` may be relative.
    pub(super) fn join(&self, text: &str) -> Option<Self> {
        // Before the path: a query may hold an address, too.
        if text.split(['/', '?', '#']).next().is_some_and(|start| start.ends_with(':')) {
            return Self::parse(text);
        }
        if text.starts_with("//") {
            return Self::parse(&format!("{}:{text}", self.scheme()));
        }
        if text.starts_with('/') {
            return Self::parse(&format!("{}{text}", self.origin()));
        }
        let path = self.without_query();
        if text.starts_with('?') {
            return Self::parse(&format!("{path}{text}"));
        }
        let folder = path.rsplit_once('/').map_or(path, |(folder, _)| folder);
        Self::parse(&format!("{folder}/{text}"))
    }

    /// The same address with one more thing in its query; what is there stays as it is.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let separator = if self.0.contains('?') { '&' } else { '?' };
        Self(format!("{}{separator}{}", self.0, pair(name, value)))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_https(&self) -> bool {
        self.scheme() == "https"
    }

    /// The host, and the port if there is one.
    pub(super) fn authority(&self) -> &str {
        let start = self.scheme().len() + "://".len();
        self.origin().get(start..).unwrap_or_default()
    }

    /// Whose address it is: scheme, host and port.
    pub(super) fn origin(&self) -> &str {
        let start = self.scheme().len() + "://".len();
        let end = self.0.get(start..).and_then(|rest| rest.find(['/', '?'])).map_or(self.0.len(), |at| start + at);
        self.0.get(..end).unwrap_or(&self.0)
    }

    /// The address for people: a query may hold secrets.
    pub(super) fn without_query(&self) -> &str {
        self.0.split('?').next().unwrap_or(&self.0)
    }

    fn scheme(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }
}

/// A name and its value, as queries and forms have them.
pub(super) fn pair(name: &str, value: &str) -> String {
    format!("{name}={}", utf8_percent_encode(value, VALUE))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn locations_may_be_relative() {
        let base = Url::parse("https://r.example.com:5000/v2/shop/blobs/uploads/?x=1").unwrap();
        for (location, expected) in [
            (
                "/v2/shop/blobs/uploads/7?_state=a%2Fb",
                "https://r.example.com:5000/v2/shop/blobs/uploads/7?_state=a%2Fb",
            ),
            ("7?_state=a", "https://r.example.com:5000/v2/shop/blobs/uploads/7?_state=a"),
            ("?_state=a", "https://r.example.com:5000/v2/shop/blobs/uploads/?_state=a"),
            ("/v2/7?to=https://x", "https://r.example.com:5000/v2/7?to=https://x"),
            ("//s.example.com/7", "https://s.example.com/7"),
            ("http://s.example.com/7?u=https://x", "http://s.example.com/7?u=https://x"),
        ] {
            assert_eq!(base.join(location).unwrap().as_str(), expected);
        }
        for location in ["ftp://s.example.com/7", "https://ada:secret@s.example.com/7", "https:///7", "/a b"] {
            assert_eq!(base.join(location), None, "{location}");
        }
    }

    #[test]
    fn a_query_is_added_to_or_begun() {
        let digest = |text: &str| Url::parse(text).unwrap().with("digest", "sha256:ab");
        assert_eq!(digest("https://r/7").as_str(), "https://r/7?digest=sha256%3Aab");
        assert_eq!(digest("https://r/7?_state=a%2Fb").as_str(), "https://r/7?_state=a%2Fb&digest=sha256%3Aab");
    }

    #[test]
    fn whose_address_it_is_has_no_path_and_for_people_no_query() {
        let url = Url::parse("https://r.example.com:5000/v2/?token=secret").unwrap();
        assert_eq!((url.origin(), url.authority()), ("https://r.example.com:5000", "r.example.com:5000"));
        assert_eq!(url.without_query(), "https://r.example.com:5000/v2/");
        assert!(url.is_https());
        let bare = Url::parse("http://r?x").unwrap();
        assert_eq!(bare.origin(), "http://r");
    }
}
