//! The logins that docker and podman keep.
//!
//! Nobody is asked for a password here: `docker login`, `podman login` and the programs of cloud providers (`gcloud auth
//! configure-docker`) leave logins, or the names of helpers that know them, in files. `docker_credential` reads such a file and
//! runs such a helper; here is which file.

use std::env;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use docker_credential::{CredentialRetrievalError, DockerCredential, get_credential_from_reader};

use super::error::PushError;
use super::http::Secret;
use super::reference::Reference;

/// A login.
#[derive(Clone, Debug)]
pub(super) enum Login {
    Password {
        user: String,
        password: Secret,
    },
    /// For the token server.
    Token(Secret),
}

/// A login, and the file that it was found by.
#[derive(Clone, Debug)]
pub(super) struct Credentials {
    pub(super) login: Login,
    pub(super) file: PathBuf,
}

/// The login to a registry, if there is one in any of the files.
///
/// # Errors
/// A file or a helper that has one and does not give it.
pub(super) fn find(reference: &Reference, files: &[PathBuf]) -> Result<Option<Credentials>, PushError> {
    for path in files {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(source) => return Err(PushError::Logins { path: path.clone(), why: source.to_string() }),
        };
        let why = match get_credential_from_reader(BufReader::new(file), reference.login_name()) {
            Ok(credential) => return Ok(Some(Credentials { login: credential.into(), file: path.clone() })),
            Err(CredentialRetrievalError::NoCredentialConfigured) => continue,
            Err(error) if is_absence(&error) => continue,
            Err(error) => why(&error),
        };
        return Err(PushError::Login { registry: reference.registry().to_owned(), path: path.clone(), why });
    }
    Ok(None)
}

/// A helper that has no login ends with an error, and says so on standard output in these words (docker-credential-helpers).
fn is_absence(error: &CredentialRetrievalError) -> bool {
    matches!(error, CredentialRetrievalError::HelperFailure { stdout, .. }
        if stdout.trim() == "credentials not found in native keychain")
}

/// Why there is no login; what a helper wrote to standard output may hold it, and is not told.
fn why(error: &CredentialRetrievalError) -> String {
    match error {
        CredentialRetrievalError::HelperFailure { helper, stderr, .. } => match stderr.lines().next() {
            Some(line) => format!("`{helper}` failed: {}", super::error::printable(line)),
            None => format!("`{helper}` failed"),
        },
        CredentialRetrievalError::HelperCommunicationError => {
            "the credential helper that it names (`docker-credential-…`) cannot be started".to_owned()
        }
        CredentialRetrievalError::MalformedHelperResponse => "the credential helper gave no JSON".to_owned(),
        CredentialRetrievalError::ConfigReadError => "it is not JSON as docker writes it".to_owned(),
        CredentialRetrievalError::CredentialDecodingError => "its `auth` is not `USER:PASSWORD` in base64".to_owned(),
        other => other.to_string(),
    }
}

impl From<DockerCredential> for Login {
    fn from(credential: DockerCredential) -> Self {
        match credential {
            DockerCredential::IdentityToken(token) => Self::Token(Secret(token)),
            DockerCredential::UsernamePassword(user, password) => Self::Password { user, password: Secret(password) },
        }
    }
}

/// Where logins may be: where a variable says, then docker's place, then podman's (containers-auth.json(5)).
pub(super) fn files() -> Vec<PathBuf> {
    files_in(
        |name| env::var_os(name).map(PathBuf::from).filter(|path| !path.as_os_str().is_empty()),
        env::home_dir().as_deref(),
    )
}

fn files_in(variable: impl Fn(&str) -> Option<PathBuf>, home: Option<&Path>) -> Vec<PathBuf> {
    let of_home = |path: &str| home.map(|home| home.join(path));
    let docker = variable("DOCKER_CONFIG").or_else(|| of_home(".docker")).map(|folder| folder.join("config.json"));
    let podman = variable("XDG_RUNTIME_DIR").map(|folder| folder.join("containers/auth.json"));
    let places = [variable("REGISTRY_AUTH_FILE"), docker, podman, of_home(".config/containers/auth.json")];
    places.into_iter().flatten().collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use std::fs;

    use super::*;

    fn found(files: &[(&str, &str)], reference: &str) -> Result<Option<(String, String, String)>, String> {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.path().join(name)).collect();
        for (path, (_, text)) in paths.iter().zip(files) {
            fs::write(path, text).unwrap();
        }
        let all = [vec![folder.path().join("missing.json")], paths].concat();
        let credentials = find(&reference.parse().unwrap(), &all).map_err(|error| error.to_string())?;
        Ok(credentials.map(|it| {
            let file = it.file.file_name().unwrap().to_str().unwrap().to_owned();
            match it.login {
                Login::Password { user, password } => (file, user, password.0),
                Login::Token(token) => (file, "(token)".to_owned(), token.0),
            }
        }))
    }

    #[test]
    fn the_first_file_with_a_login_to_the_registry_has_it() {
        let ada = ("ada.json", r#"{"auths": {"r.example.com": {"auth": "YWRhOnM6M2NyZXQ="}, "other:5000": {}}}"#);
        let hub = ("hub.json", r#"{"auths": {"https://index.docker.io/v1/": {"identitytoken": "t"}}}"#);
        let words = |a: &str, b: &str, c: &str| Ok(Some((a.to_owned(), b.to_owned(), c.to_owned())));
        assert_eq!(found(&[hub, ada], "r.example.com/shop:1"), words("ada.json", "ada", "s:3cret"));
        assert_eq!(found(&[hub, ada], "docker.io/ada/shop:1"), words("hub.json", "(token)", "t"));
        assert_eq!(found(&[hub, ada], "example.com/shop:1"), Ok(None));
        assert_eq!(found(&[hub, ada], "other:5000/shop:1"), Ok(None));
    }

    #[test]
    fn a_broken_file_is_said_and_no_secret_of_it() {
        let error = found(&[("a.json", "{\"auths\": secret")], "r.example.com/shop:1").unwrap_err();
        assert!(error.contains("a.json") && error.contains("not JSON") && !error.contains("secret"), "{error}");
        let coded = r#"{"auths": {"r.example.com": {"auth": "c2VjcmV0"}}}"#;
        let error = found(&[("a.json", coded)], "r.example.com/shop:1").unwrap_err();
        assert!(error.contains("not `USER:PASSWORD` in base64") && !error.contains("c2VjcmV0"), "{error}");
    }

    #[test]
    fn a_helper_that_is_not_there_is_said() {
        let helper = r#"{"credHelpers": {"r.example.com": "of-nobody-at-all"}}"#;
        let error = found(&[("a.json", helper)], "r.example.com/shop:1").unwrap_err();
        assert!(error.contains("cannot be started"), "{error}");
        assert_eq!(found(&[("a.json", helper)], "s.example.com/shop:1"), Ok(None));
    }

    #[test]
    fn what_a_failing_helper_wrote_to_standard_output_is_not_told() {
        let failure = |stdout: &str| CredentialRetrievalError::HelperFailure {
            helper: "docker-credential-x".to_owned(),
            stdout: stdout.to_owned(),
            stderr: "no keychain\nmore".to_owned(),
        };
        assert_eq!(why(&failure("s3cret")), "`docker-credential-x` failed: no keychain");
        assert!(is_absence(&failure("credentials not found in native keychain\n")));
        assert!(!is_absence(&failure("s3cret")));
    }

    #[test]
    fn variables_say_where_the_files_are() {
        let home = Some(Path::new("/home/ada"));
        let none = files_in(|_| None, home);
        let expected = ["/home/ada/.docker/config.json", "/home/ada/.config/containers/auth.json"];
        assert_eq!(none, expected.map(PathBuf::from));
        let all = files_in(|name| Some(PathBuf::from(format!("/{name}"))), home);
        let expected = [
            "/REGISTRY_AUTH_FILE",
            "/DOCKER_CONFIG/config.json",
            "/XDG_RUNTIME_DIR/containers/auth.json",
            "/home/ada/.config/containers/auth.json",
        ];
        assert_eq!(all, expected.map(PathBuf::from));
    }
}
