//! The program as a value: [`App`] prepares it and runs it.

use std::fmt;
use std::future::Future;
use std::io::Write as _;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;

use axum_core::extract::Request;
use bytes::Bytes;
use tower::{Layer, Service};
#[cfg(provider_local)]
use tusk_fn_spec::record::FunctionRecord;
#[cfg(any(provider_azure, provider_google, provider_knative))]
use tusk_fn_spec::{portability, provider::Target};

use crate::dispatch::{Function, Program};
use crate::error::BoxError;
use crate::functions::Functions;
use crate::idempotency::IdempotencyStore;
#[cfg(any(provider_local, platform))]
use crate::idempotency::TableStore;
use crate::layers::HttpService;
#[cfg(platform)]
use crate::output::Nowhere;
use crate::output::{Cloud, OutputError};
#[cfg(provider_azure)]
use crate::provider::azure;
#[cfg(any(provider_google, provider_knative))]
use crate::provider::container::{ContainerError, DoorError, Events, Terms, serve};
#[cfg(provider_google)]
use crate::provider::google;
#[cfg(provider_knative)]
use crate::provider::knative;
#[cfg(provider_local)]
use crate::provider::local::{self, cloud::LocalCloud};
use crate::provider::{CHECK_VARIABLE, DetectError, FUNCTIONS_VARIABLE, Provider, variable};
use crate::registry::{Only, Registry, RegistryError};
use crate::state::{InitFailed, StateError, States, order_inits, run_inits};
use crate::telemetry;
use crate::testing::Outbox;

type Hook = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A program that is about to run. `tusk_fn::main!()` is `App::new().main()`.
///
/// An application that wants its own `main` puts `tusk_fn::library!()` at the crate's root instead:
///
/// ```no_run
/// use std::process::ExitCode;
/// use std::time::Duration;
///
/// # struct Nothing;
/// # impl<S> tower::Layer<S> for Nothing { type Service = S; fn layer(&self, inner: S) -> S { inner } }
/// tusk_fn::library!();
///
/// fn main() -> ExitCode {
///     let layer = Nothing; // any tower layer, such as those of tower-http
///     tusk_fn::App::new().layer(layer).main()
/// }
/// ```
#[must_use = "an app does nothing until it is run"]
#[derive(Default)]
pub struct App {
    states: States,
    layers: Option<HttpService>,
    hooks: Vec<Hook>,
    cloud: Option<Arc<dyn Cloud>>,
    idempotency: Option<Arc<dyn IdempotencyStore>>,
    only: Option<Only>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("layered", &self.layers.is_some()).finish_non_exhaustive()
    }
}

impl App {
    /// The functions that this program was linked with.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a state that functions and inits take as [`State<T>`](crate::State). It replaces an init of the same type, as
    /// a test may want.
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.states.insert(value);
        self
    }

    /// Puts a tower layer around all HTTP functions, outside of the routing. Of several, the last is outermost.
    ///
    /// Other triggers do not pass through layers. An error of the layer's service, or its panic, is logged and answered with
    /// 500.
    pub fn layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<HttpService>,
        L::Service: Service<Request, Response = http::Response<B>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Error: Into<BoxError>,
        <L::Service as Service<Request>>::Future: Send,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.layers = Some(HttpService::layered(layer.layer(self.layers.take().unwrap_or_default())));
        self
    }

    /// Leaves only the functions of these names, as the environment variable `TUSK_FN` does, in whose place it comes.
    pub fn only<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.only = Some(Only { by: "App::only", names: names.into_iter().collect::<Vec<_>>().join(",") });
        self
    }

    /// Keeps what functions send and store in an outbox, instead of giving it to the platform: for tests.
    pub fn outbox(mut self, outbox: &Outbox) -> Self {
        self.cloud = Some(Arc::new(outbox.clone()));
        self
    }

    /// Keeps elsewhere what `idempotent` functions have handled. Without this it is a table of the platform's, and for
    /// [`App::start`] the process.
    pub fn idempotency(mut self, store: impl IdempotencyStore) -> Self {
        self.idempotency = Some(Arc::new(store));
        self
    }

    /// Runs something when the platform asks the process to stop, after the last invocation ended: to flush what is
    /// buffered, or to close what is open.
    ///
    /// AWS Lambda then allows about 500 ms in all, and only asks because this registers an internal extension, which adds
    /// to the start-up time. Without a hook the process is just ended there.
    pub fn on_shutdown<F>(mut self, hook: impl FnOnce() -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.hooks.push(Box::new(move || Box::pin(hook())));
        self
    }

    /// Checks the program, runs its inits, and gives its functions to call, without serving any event: for tests and for
    /// programs that bring their own events.
    ///
    /// # Errors
    /// Whatever is wrong with functions and states, all at once, or an init that failed.
    pub async fn start(self) -> Result<Functions, StartError> {
        let registry = self.collect()?;
        self.start_with(Provider::Local, registry).await
    }

    /// Says what is wrong with functions and states where `cargo tusk check` asks for it: only the compiled program knows types.
    ///
    /// Whether it was asked. Nobody else sets the variable, so that a file that cannot be written is no answer and no error.
    fn answer_check(&self) -> bool {
        let Some(path) = variable(CHECK_VARIABLE) else { return false };
        let ordered =
            |registry: Registry| order_inits(&self.states, &registry.wanted_states).map_err(StartError::States);
        let answer = self.collect().and_then(ordered).err().map(|error| format!("error: {error}\n"));
        let _ = std::fs::write(path, answer.unwrap_or_default());
        true
    }

    /// The functions of this process.
    fn collect(&self) -> Result<Registry, StartError> {
        let only = self.only.clone().or_else(only_of_environment);
        Registry::collect(only.as_ref()).map_err(StartError::Functions)
    }

    async fn start_with(self, provider: Provider, registry: Registry) -> Result<Functions, StartError> {
        let inits = order_inits(&self.states, &registry.wanted_states).map_err(StartError::States)?;
        if let Some(cloud) = &self.cloud {
            check_outputs(&**cloud, &registry.functions).map_err(StartError::Outputs)?;
        }
        let states = run_inits(inits, self.states).await.map_err(StartError::Init)?;
        #[cfg(provider_google)]
        let sole = (provider == Provider::Google).then(|| google::sole(&registry.functions)).flatten();
        let mut program = Program::new(provider, registry.functions, states).with_layers(self.layers);
        #[cfg(provider_google)]
        {
            program = program.with_fallback(sole);
        }
        if let Some(cloud) = self.cloud {
            program = program.with_cloud(cloud);
        }
        if let Some(store) = self.idempotency {
            program = program.with_idempotency(store);
        }
        Ok(Functions::of(Arc::new(program)))
    }

    /// Runs the program until the platform stops it. Needs a tokio runtime, and installs no tracing subscriber.
    ///
    /// # Errors
    /// The program cannot tell where it runs, something is wrong with its functions or states, an init failed, or the
    /// platform cannot be reached. On AWS Lambda, what keeps the program from starting was reported to the platform.
    pub async fn run(self) -> Result<(), RunError> {
        if self.answer_check() {
            return Ok(());
        }
        let provider = Provider::detect(variable, cfg!(debug_assertions))?;
        self.run_on(provider).await
    }

    async fn run_on(mut self, provider: Provider) -> Result<(), RunError> {
        #[cfg_attr(not(any(http_server, provider_aws)), expect(unused, reason = "no provider runs them"))]
        let hooks = std::mem::take(&mut self.hooks);
        match provider {
            #[cfg(provider_local)]
            Provider::Local => {
                let ports = local::Ports::open().await.map_err(RunError::Serve)?;
                let registry = self.collect()?;
                let cloud = self.open_local_cloud(&registry).map_err(StartError::Cloud)?;
                let functions = self.start_with(provider, registry).await?;
                ports.serve(functions.program, cloud).await.map_err(RunError::Serve)?;
                run_hooks(hooks).await;
                Ok(())
            }
            #[cfg(provider_aws)]
            Provider::Aws => {
                let started = match self.collect_for_aws() {
                    Ok(registry) => self.start_with(provider, registry).await.map(|functions| functions.program),
                    Err(error) => Err(error),
                };
                let hook = (!hooks.is_empty()).then_some(move || run_hooks(hooks));
                crate::provider::aws::run(started, hook).await
            }
            #[cfg(provider_azure)]
            Provider::Azure => {
                let host = azure::Host::open(variable).await.map_err(RunError::Azure)?;
                let registry =
                    self.collect_for(provider, |functions, _| host.check(functions).map_err(StartError::Azure))?;
                let functions = self.start_with(provider, registry).await?;
                host.serve(functions.program).await.map_err(RunError::Azure)?;
                run_hooks(hooks).await;
                Ok(())
            }
            #[cfg(provider_google)]
            Provider::Google => {
                self.only = self.only.or_else(only_of_environment).or_else(google::target);
                self.run_in_container(provider, google::TERMS, hooks).await
            }
            #[cfg(provider_knative)]
            Provider::Knative => self.run_in_container(provider, knative::TERMS, hooks).await,
            #[allow(unreachable_patterns, reason = "all of them may be compiled in")]
            other => Err(RunError::NotCompiled { provider: other }),
        }
    }

    /// Collects the functions, and opens what they send to and store in.
    #[cfg(provider_aws)]
    fn collect_for_aws(&mut self) -> Result<Registry, StartError> {
        let registry = self.collect()?;
        self.open_outputs(Provider::Aws, &registry)?;
        Ok(registry)
    }

    /// Opens what functions send to, store in and read, if they do and the provider has it.
    #[cfg(platform)]
    fn open_outputs(&mut self, provider: Provider, registry: &Registry) -> Result<(), StartError> {
        let keeps = self.idempotency.is_none() && provider.has_tables();
        let wants = |it: &&Function| !it.record.outputs.is_empty() || (keeps && it.record.idempotent.is_some());
        let outputs = registry.functions.iter().filter(wants).find_map(|function| function.outputs);
        let contents = registry.functions.iter().find_map(|function| function.contents);
        let Some(open) = outputs.or(contents).and_then(|support| support.of(provider)) else { return Ok(()) };
        let cloud = match self.cloud.take().map_or_else(open, Ok) {
            Ok(cloud) => cloud,
            // A function that looks at no contents needs none.
            Err(why) if outputs.is_none() => Arc::new(Nowhere(why.into())),
            Err(why) => return Err(StartError::Cloud(why)),
        };
        if outputs.is_some() && self.idempotency.is_none() {
            let user = registry.functions.iter().find(|function| function.record.idempotent.is_some());
            if let Some(Err(kind)) = user.map(|_| TableStore::check(&*cloud)) {
                let name = user.map_or("", |function| &function.record.name);
                let what = format!("`{name}`: the table of the deliveries that were handled, as `idempotent` wants it");
                return Err(StartError::Outputs(vec![OutputError::new(what, kind)]));
            }
            self.idempotency = Some(Arc::new(TableStore::new(Arc::clone(&cloud))));
        }
        self.cloud = Some(cloud);
        Ok(())
    }

    /// Serves in a container that the platform sends requests and events to.
    #[cfg(any(provider_google, provider_knative))]
    async fn run_in_container(mut self, provider: Provider, terms: Terms, hooks: Vec<Hook>) -> Result<(), RunError> {
        let check = |functions: &[Function], target| {
            DoorError::check(functions, target).map_err(StartError::Door)?;
            #[cfg(provider_google)]
            if provider == Provider::Google {
                google::check_signature(functions).map_err(StartError::Signature)?;
            }
            Ok(())
        };
        let registry = self.collect_for(provider, check)?;
        let support = registry.functions.iter().find_map(|function| function.events);
        let events = match support.and_then(|support| Some((support.container, support.platform(provider)?))) {
            Some((receive, open)) => Some(Events { platform: open().map_err(StartError::Platform)?, receive }),
            None => None,
        };
        let functions = self.start_with(provider, registry).await?;
        serve(functions.program, terms, events).await.map_err(RunError::Container)?;
        run_hooks(hooks).await;
        Ok(())
    }

    /// Collects the functions that are for the platform, and checks that it can serve them.
    #[cfg(any(provider_azure, provider_google, provider_knative))]
    fn collect_for(
        &mut self,
        provider: Provider,
        check: impl FnOnce(&[Function], Target) -> Result<(), StartError>,
    ) -> Result<Registry, StartError> {
        let mut registry = self.collect()?;
        let Some(target) = provider.target() else { return Ok(registry) };
        registry.functions.retain(|function| function.record.is_for(target));
        check(&registry.functions, target)?;
        let uninvokable = |function: &Function| {
            let name = function.record.name.clone();
            let reasons = portability::uninvokable(&function.record.trigger, target).into_iter();
            reasons.map(move |reason| {
                let help = reason.help.map(|help| format!("; {help}")).unwrap_or_default();
                format!("`{}` cannot run `{name}`: {}{help}", target.name(), reason.text)
            })
        };
        let uninvokable: Vec<String> = registry.functions.iter().flat_map(uninvokable).collect();
        if !uninvokable.is_empty() {
            return Err(StartError::Uninvokable(uninvokable));
        }
        self.open_outputs(provider, &registry)?;
        let idempotent = registry.functions.iter().find(|function| function.record.idempotent.is_some());
        if let Some(function) = idempotent.filter(|_| self.idempotency.is_none()) {
            let why = format!(
                "the function `{}` is `idempotent`, and this version of tusk-fn has no table on `{provider}` to keep in it what was \
                 handled; give it one of your own: `App::new().idempotency(store)`",
                function.record.name
            );
            return Err(StartError::Cloud(why));
        }
        self.cloud
            .get_or_insert_with(|| Arc::new(Nowhere("this version of tusk-fn has no outputs on this platform".into())));
        Ok(registry)
    }

    /// Opens the local cloud, if these functions have anything to do with it.
    #[cfg(provider_local)]
    fn open_local_cloud(&mut self, registry: &Registry) -> Result<Option<Arc<LocalCloud>>, String> {
        let records: Vec<&FunctionRecord> = registry.functions.iter().map(|function| &function.record).collect();
        if !local::cloud::is_needed(&records) {
            return Ok(None);
        }
        let cloud = Arc::new(LocalCloud::open(&records).map_err(|error| error.to_string())?);
        let as_cloud: Arc<dyn Cloud> = Arc::clone(&cloud) as Arc<dyn Cloud>;
        if self.idempotency.is_none() {
            self.idempotency = Some(Arc::new(TableStore::new(Arc::clone(&as_cloud))));
        }
        self.cloud.get_or_insert(as_cloud);
        Ok(Some(cloud))
    }

    /// The whole of a `main`: a tokio runtime, a tracing subscriber unless there is one, and [`App::run`], whose error it
    /// prints.
    pub fn main(self) -> ExitCode {
        if self.answer_check() {
            return ExitCode::SUCCESS;
        }
        let provider = match Provider::detect(variable, cfg!(debug_assertions)) {
            Ok(provider) => provider,
            Err(error) => return report(&RunError::Detect(error)),
        };
        telemetry::install(provider);
        let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return report(&RunError::Runtime(error)),
        };
        let running = self.run_on(provider);
        let ran = match provider {
            // On a worker: tokio's driver runs on the workers, and would wake this thread for each event.
            Provider::Aws => {
                runtime.block_on(runtime.spawn(running)).unwrap_or_else(|error| Err(RunError::Stopped(error)))
            }
            // On this thread, so that functions which block every worker do not keep the program from stopping.
            _ => runtime.block_on(running),
        };
        // What still runs is what nobody waits for any more, such as a function that blocks its thread.
        runtime.shutdown_background();
        match ran {
            #[cfg(provider_azure)]
            Ok(()) if provider == Provider::Azure => ExitCode::from(azure::ENDED),
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => report(&error),
        }
    }
}

/// The functions that the environment limits the process to, if it does.
fn only_of_environment() -> Option<Only> {
    variable(FUNCTIONS_VARIABLE).map(|names| Only { by: FUNCTIONS_VARIABLE, names })
}

#[cfg_attr(not(any(http_server, provider_aws)), expect(dead_code, reason = "no provider ends the program"))]
async fn run_hooks(hooks: Vec<Hook>) {
    for hook in hooks {
        hook().await;
    }
}

fn report(error: &RunError) -> ExitCode {
    // A closed standard error is no reason to panic.
    let _ = writeln!(std::io::stderr(), "error: {error}");
    ExitCode::FAILURE
}

/// Why a program could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Something is wrong with its functions.
    #[error("{}", lines(.0))]
    Functions(Vec<RegistryError>),
    /// The platform cannot invoke some of its functions, each for that reason.
    #[error("{}", lines(.0))]
    Uninvokable(Vec<String>),
    /// Something is wrong with its states.
    #[error("{}", lines(.0))]
    States(Vec<StateError>),
    /// What functions send to and store in cannot be opened.
    #[error("{0}")]
    Cloud(String),
    /// Something that its functions send to, store in or read cannot be used.
    #[error("{}", lines(.0))]
    Outputs(Vec<OutputError>),
    /// Azure cannot serve its functions.
    #[cfg(provider_azure)]
    #[error("{}", lines(.0))]
    Azure(Vec<azure::Unservable>),
    /// Its functions cannot be served by one process.
    #[cfg(any(provider_google, provider_knative))]
    #[error(transparent)]
    Door(DoorError),
    /// Google is told to call its functions in another way than they are called.
    #[cfg(provider_google)]
    #[error(transparent)]
    Signature(google::SignatureError),
    /// It cannot find out who calls it, and is to.
    #[cfg(any(provider_google, provider_knative))]
    #[error("{0}")]
    Platform(String),
    /// An init failed.
    #[error(transparent)]
    Init(InitFailed),
}

/// What functions send to, store in or read, and cannot.
fn check_outputs(cloud: &dyn Cloud, functions: &[Function]) -> Result<(), Vec<OutputError>> {
    let mut errors = Vec::new();
    for record in functions.iter().map(|function| &function.record) {
        for output in &record.outputs {
            if let Err(kind) = cloud.check(output) {
                errors.push(OutputError::new(format!("`{}`: {output}", record.name), kind));
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Several errors, each on its line.
fn lines(errors: &[impl fmt::Display]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\nerror: ")
}

/// Why a program could not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// It cannot tell where it runs.
    #[error(transparent)]
    Detect(#[from] DetectError),
    /// It could not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// It was built for another provider, or the features that it was compiled with leave this one out.
    #[error("{}", not_compiled(*provider, option_env!("TUSK_FN_ONLY")))]
    NotCompiled {
        /// The provider.
        provider: Provider,
    },
    /// The task that serves ended by a panic.
    #[error("the program stopped serving: {0}")]
    Stopped(#[source] tokio::task::JoinError),
    /// The tokio runtime could not be made.
    #[error("cannot make a tokio runtime: {0}")]
    Runtime(#[source] std::io::Error),
    /// The local server failed.
    #[cfg(provider_local)]
    #[error(transparent)]
    Serve(local::ServeError),
    /// Azure's host cannot reach the program.
    #[cfg(provider_azure)]
    #[error(transparent)]
    Azure(azure::AzureError),
    /// The server of a container failed.
    #[cfg(any(provider_google, provider_knative))]
    #[error(transparent)]
    Container(ContainerError),
    /// The AWS Lambda Runtime API cannot be used.
    #[cfg(provider_aws)]
    #[error("cannot go on with the AWS Lambda Runtime API: {0}")]
    Lambda(#[source] BoxError),
}

/// Why a provider is not in the program, and how it gets there. `only` lists the providers that it was built for.
fn not_compiled(provider: Provider, only: Option<&str>) -> String {
    let Some(only) = only.filter(|only| !only.is_empty()) else {
        return format!(
            "this program was compiled without the feature `{provider}` of tusk-fn; add it to the dependency's `features` in Cargo.toml"
        );
    };
    let command = match provider {
        Provider::Local => "cargo run".to_owned(),
        _ => format!("cargo tusk build --provider {provider}"),
    };
    format!("this program was built for `{only}`, and is to run on `{provider}`; build it again: `{command}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_for_another_provider_says_how_to_build_it() {
        for (only, said) in [
            (None, "the feature `google` of tusk-fn; add it"),
            (Some(""), "the feature `google` of tusk-fn; add it"),
            (
                Some("azure"),
                "built for `azure`, and is to run on `google`; build it again: `cargo tusk build --provider google`",
            ),
        ] {
            let error = not_compiled(Provider::Google, only);
            assert!(error.contains(said), "{error}");
        }
        assert!(not_compiled(Provider::Local, Some("aws")).ends_with("`cargo run`"));
    }
}
