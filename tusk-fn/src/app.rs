//! The program as a value: [`App`] prepares it, [`Functions`] is the running one.

use std::fmt;
use std::future::Future;
use std::io::Write as _;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;

use axum_core::extract::Request;
use bytes::Bytes;
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use tower::{Layer, Service};
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::route::{Route, Segment};
use tusk_fn_spec::suggest::nearest;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::http::{Http, Methods};

use crate::context::Delivery;
use crate::delivery::{self, Arrival, Fate, Order};
use crate::dispatch::{Function, Program};
use crate::error::{BoxError, Failure};
use crate::event::{Blob, BlobItem, Change, CloudEvent, Item, Message, Raw, Record};
use crate::extract::whole;
#[cfg(any(provider_local, provider_aws))]
use crate::idempotency::TableStore;
use crate::idempotency::{self, IdempotencyStore};
use crate::invocation::{Delivered, Head, HttpInput, Input, RequestBody};
use crate::layers::HttpService;
use crate::metrics::FunctionMetrics;
use crate::output::{Cloud, Encode, OutputError};
use crate::private::Outcome;
#[cfg(provider_local)]
use crate::provider::local::{self, cloud::LocalCloud};
use crate::provider::{DetectError, FUNCTIONS_VARIABLE, Provider, variable};
use crate::registry::{Registry, RegistryError};
use crate::state::{InitFailed, StateError, States, order_inits, run_inits};
use crate::telemetry;
use crate::testing::Outbox;
use crate::timer::Timer;

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
    only: Option<String>,
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
        self.only = Some(names.into_iter().collect::<Vec<_>>().join(","));
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

    /// The functions of this process.
    fn collect(&self) -> Result<Registry, StartError> {
        let only = self.only.clone().or_else(|| variable(FUNCTIONS_VARIABLE));
        Registry::collect(only.as_deref()).map_err(StartError::Functions)
    }

    async fn start_with(self, provider: Provider, registry: Registry) -> Result<Functions, StartError> {
        let inits = order_inits(&self.states, &registry.wanted_states).map_err(StartError::States)?;
        if let Some(cloud) = &self.cloud {
            check_outputs(&**cloud, &registry.functions).map_err(StartError::Outputs)?;
        }
        let states = run_inits(inits, self.states).await.map_err(StartError::Init)?;
        let mut program = Program::new(provider, registry.functions, states).with_layers(self.layers);
        if let Some(cloud) = self.cloud {
            program = program.with_cloud(cloud);
        }
        if let Some(store) = self.idempotency {
            program = program.with_idempotency(store);
        }
        Ok(Functions { program: Arc::new(program) })
    }

    /// Runs the program until the platform stops it. Needs a tokio runtime, and installs no tracing subscriber.
    ///
    /// # Errors
    /// The program cannot tell where it runs, something is wrong with its functions or states, an init failed, or the
    /// platform cannot be reached. On AWS Lambda, what keeps the program from starting was reported to the platform.
    pub async fn run(self) -> Result<(), RunError> {
        let provider = Provider::detect(variable, cfg!(debug_assertions))?;
        self.run_on(provider).await
    }

    async fn run_on(mut self, provider: Provider) -> Result<(), RunError> {
        #[cfg_attr(not(any(provider_local, provider_aws)), expect(unused, reason = "no provider runs them"))]
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
            #[cfg(not(all(provider_local, provider_aws)))]
            #[allow(unreachable_patterns, reason = "one of the two is compiled")]
            other => Err(RunError::NotCompiled { provider: other }),
        }
    }

    /// Collects the functions, and opens what they send to and store in.
    #[cfg(provider_aws)]
    fn collect_for_aws(&mut self) -> Result<Registry, StartError> {
        let registry = self.collect()?;
        if let Some(outputs) = registry.functions.iter().find_map(|function| function.outputs) {
            let cloud = match self.cloud.take() {
                Some(cloud) => cloud,
                None => (outputs.aws)().map_err(StartError::Cloud)?,
            };
            if self.idempotency.is_none() {
                self.idempotency = Some(Arc::new(TableStore::new(Arc::clone(&cloud))));
            }
            self.cloud = Some(cloud);
        }
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
            Provider::Local => runtime.block_on(running),
        };
        // What still runs is what nobody waits for any more, such as a function that blocks its thread.
        runtime.shutdown_background();
        match ran {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => report(&error),
        }
    }
}

#[cfg_attr(not(any(provider_local, provider_aws)), expect(dead_code, reason = "no provider ends the program"))]
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
    /// Something is wrong with its states.
    #[error("{}", lines(.0))]
    States(Vec<StateError>),
    /// What functions send to and store in cannot be opened.
    #[error("{0}")]
    Cloud(String),
    /// Something that its functions send to, store in or read cannot be used.
    #[error("{}", lines(.0))]
    Outputs(Vec<OutputError>),
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
    /// The features that it was compiled with leave the provider out.
    #[error("this program was compiled without the feature `{provider}` of tusk-fn")]
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
    /// The AWS Lambda Runtime API cannot be used.
    #[cfg(provider_aws)]
    #[error("cannot go on with the AWS Lambda Runtime API: {0}")]
    Lambda(#[source] BoxError),
}

/// The functions of a program that started. Cheap to clone.
#[derive(Clone)]
pub struct Functions {
    program: Arc<Program>,
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.list().map(|function| &function.name)).finish()
    }
}

/// What a function is invoked with.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Payload {
    /// What the trigger's kind makes of nothing: `GET` on the route for HTTP, now for a timer.
    #[default]
    Empty,
    /// A request, for an HTTP function. It goes straight to the function of that name if its path and method lead there.
    Request(http::Request<Bytes>),
    /// An instant, for a timer.
    ScheduledAt(Timestamp),
    /// A message, for a function of a queue or a topic.
    Message(Message<Raw>),
    /// An object, for a function of a bucket.
    Blob(Blob),
    /// A change, for a function of a table.
    Change(Change<serde_json::Value>),
    /// A record, for a function of a stream.
    Record(Record<Raw>),
    /// An event.
    Event(CloudEvent<Raw>),
    /// What cannot be written as JSON.
    #[doc(hidden)]
    Unfit(Failure),
}

impl From<http::Request<Bytes>> for Payload {
    fn from(request: http::Request<Bytes>) -> Self {
        Self::Request(request)
    }
}

impl From<Timestamp> for Payload {
    fn from(instant: Timestamp) -> Self {
        Self::ScheduledAt(instant)
    }
}

impl<T: Encode> From<Message<T>> for Payload {
    fn from(message: Message<T>) -> Self {
        message.into_raw().map_or_else(Self::Unfit, Self::Message)
    }
}

impl From<Blob> for Payload {
    fn from(blob: Blob) -> Self {
        Self::Blob(blob)
    }
}

impl<T: Serialize> From<Change<T>> for Payload {
    fn from(change: Change<T>) -> Self {
        change.into_raw().map_or_else(Self::Unfit, Self::Change)
    }
}

impl<T: Encode> From<Record<T>> for Payload {
    fn from(record: Record<T>) -> Self {
        record.into_raw().map_or_else(Self::Unfit, Self::Record)
    }
}

impl<T: Encode> From<CloudEvent<T>> for Payload {
    fn from(event: CloudEvent<T>) -> Self {
        event.into_raw().map_or_else(Self::Unfit, Self::Event)
    }
}

impl Payload {
    /// What it is, for a message.
    const fn name(&self) -> &'static str {
        match self {
            Self::Empty => "nothing",
            Self::Request(_) => "a request",
            Self::ScheduledAt(_) => "an instant",
            Self::Message(_) => "a message",
            Self::Blob(_) => "a blob",
            Self::Change(_) => "a change",
            Self::Record(_) => "a record",
            Self::Event(_) => "an event",
            Self::Unfit(_) => "what cannot be written as JSON",
        }
    }
}

/// What an invocation by hand gave.
#[derive(Debug)]
#[non_exhaustive]
pub enum Answer {
    /// An HTTP function's response.
    Response(http::Response<Bytes>),
    /// What another function returned, as JSON.
    Value(serde_json::Value),
}

/// Why an invocation by hand gave nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvokeError {
    /// There is no such function.
    #[error("there is no function `{name}`{}", near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    NoSuchFunction {
        /// The name asked for.
        name: String,
        /// The nearest name that is there.
        near: Option<String>,
    },
    /// The payload does not fit the function's trigger.
    #[error("{0}")]
    Payload(String),
    /// The function failed.
    #[error("the function failed: {0}")]
    Failed(#[source] Failure),
}

impl Functions {
    /// The functions' records, sorted by name.
    pub fn list(&self) -> impl Iterator<Item = &FunctionRecord> {
        self.program.functions().iter().map(|function| &function.record)
    }

    /// What was counted of each function so far.
    pub fn metrics(&self) -> Vec<FunctionMetrics> {
        self.program.metrics()
    }

    /// Invokes one function by its name, with all that guards an event's invocation: deadline, panics, metrics.
    ///
    /// # Errors
    /// No such function, a payload that is not for it, or the function failed. An HTTP function that answers 500 has
    /// answered: that is no error here.
    pub async fn invoke(&self, name: &str, payload: impl Into<Payload>) -> Result<Answer, InvokeError> {
        let functions = self.program.functions();
        let Some(index) = functions.iter().position(|function| function.record.name == name) else {
            let near = nearest(name, self.list().map(|record| record.name.as_str())).map(str::to_owned);
            return Err(InvokeError::NoSuchFunction { name: name.to_owned(), near });
        };
        match (&functions[index].record.trigger, payload.into()) {
            (_, Payload::Unfit(failure)) => Err(InvokeError::Payload(failure.to_string())),
            (Trigger::Timer(_), Payload::Empty) => self.fire(index, Timestamp::now()).await,
            (Trigger::Timer(_), Payload::ScheduledAt(instant)) => self.fire(index, instant).await,
            (Trigger::Http(_), Payload::Request(request)) => self.request(name, request).await,
            (Trigger::Http(http), Payload::Empty) => {
                self.request(name, RequestText::default().into_request(name, http)?).await
            }
            (Trigger::Queue(_) | Trigger::Topic(_), Payload::Message(message)) => {
                let (id, attempt) = (message.id.clone(), message.attempt);
                self.deliver(index, Item::Message(message.into_item()), id, attempt).await
            }
            (Trigger::Blob(blob), Payload::Blob(given)) => {
                let captures = blob.path.captures(&given.key).ok_or_else(|| {
                    InvokeError::Payload(format!("the blob {:?} does not match the path `{}`", given.key, blob.path))
                })?;
                let id = format!("{}/{}", given.bucket, given.key);
                self.deliver(index, Item::Blob(BlobItem { blob: given, captures }), id, 1).await
            }
            (Trigger::Database(_), Payload::Change(change)) => {
                let id = change.key().sequence.clone();
                self.deliver(index, Item::Change(change.into_item()), id, 1).await
            }
            (Trigger::Stream(_), Payload::Record(record)) => {
                let id = record.sequence.clone();
                self.deliver(index, Item::Record(record.into_item()), id, 1).await
            }
            (Trigger::Event(_), Payload::Event(event)) => {
                let id = format!("{}#{}", event.source, event.id);
                self.deliver(index, Item::Event(event.into_item()), id, 1).await
            }
            (trigger, payload) => {
                let (wanted, found) = (wanted(trigger), payload.name());
                Err(InvokeError::Payload(format!("`{name}` is invoked with {wanted}, not with {found}")))
            }
        }
    }

    /// Handles an event as AWS Lambda sends it, other than a request: decoded, delivered and answered as when deployed. What a
    /// function rejects is treated as failed, since there is no dead-letter queue.
    ///
    /// [`Wire`](crate::testing::Wire) encodes events so.
    ///
    /// # Errors
    /// The event is none that a function of this process takes, or its platform would be told to deliver it again as a whole.
    #[cfg(provider_aws)]
    pub async fn deliver_aws(&self, event: impl Into<Bytes>) -> Result<serde_json::Value, Failure> {
        crate::provider::aws::deliver(&self.program, event.into()).await
    }

    /// Delivers one item, as a batch of one where the function takes batches.
    async fn deliver(&self, index: usize, item: Item, id: String, attempt: u32) -> Result<Answer, InvokeError> {
        let mut delivery = Delivery::local();
        delivery.id = Some(id);
        delivery.attempt = attempt;
        let arrival = Arrival { item, delivery };
        let fates = delivery::deliver(&self.program, index, vec![arrival], Order::Any, None).await;
        match fates.into_iter().next() {
            Some(Fate::Retry(failure) | Fate::Reject(failure)) => Err(InvokeError::Failed(failure)),
            Some(Fate::Done) | None => Ok(Answer::Value(serde_json::Value::Null)),
        }
    }

    async fn fire(&self, index: usize, instant: Timestamp) -> Result<Answer, InvokeError> {
        let function = &self.program.functions()[index].record.name;
        let mut delivery = Delivery::local();
        delivery.id = Some(format!("{function}@{instant}"));
        let delivered = Delivered { input: Input::Timer(Timer::at(instant)), delivery };
        match idempotency::run(&self.program, index, Box::new(delivered)).await {
            Outcome::Completed(value) => Ok(Answer::Value(value)),
            Outcome::Failed(failure) => Err(InvokeError::Failed(failure)),
            Outcome::Response(_) | Outcome::Reported(_) => {
                Err(InvokeError::Payload("a timer gave a response".to_owned()))
            }
        }
    }

    async fn request(&self, name: &str, request: http::Request<Bytes>) -> Result<Answer, InvokeError> {
        let (parts, body) = request.into_parts();
        if !self.program.leads_to(&parts, name) {
            let message = format!("{} {} does not lead to `{name}`", parts.method, parts.uri.path());
            return Err(InvokeError::Payload(message));
        }
        let length = Some(body.len() as u64);
        let input = Input::Http(HttpInput::new(Head::Parts(parts), RequestBody::Body(body.into()), length));
        let delivered = Delivered { input, delivery: Delivery::local() };
        let Ok(response) = self.program.respond(Box::new(delivered)).await;
        let (parts, body) = response.into_parts();
        let body = whole(body).await;
        let body = body.map_err(|error| InvokeError::Failed(Failure::new("ResponseBody", error.to_string())))?;
        Ok(Answer::Response(http::Response::from_parts(parts, body)))
    }

    /// From a program that serves already.
    #[cfg(provider_local)]
    pub(crate) fn of(program: Arc<Program>) -> Self {
        Self { program }
    }
}

/// What a function is invoked with, for a message.
const fn wanted(trigger: &Trigger) -> &'static str {
    match trigger {
        Trigger::Http(_) => "a request",
        Trigger::Timer(_) => "an instant",
        Trigger::Blob(_) => "a blob",
        Trigger::Queue(_) | Trigger::Topic(_) => "a message",
        Trigger::Database(_) => "a change",
        Trigger::Stream(_) => "a record",
        Trigger::Event(_) => "an event",
    }
}

/// A request as JSON, as the admin API takes it. What it leaves out, the function's trigger gives.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RequestText {
    method: Option<String>,
    path: Option<String>,
    headers: std::collections::BTreeMap<String, String>,
    body: Option<serde_json::Value>,
}

impl RequestText {
    /// The request, to the function of that name.
    pub(crate) fn into_request(self, name: &str, http: &Http) -> Result<http::Request<Bytes>, InvokeError> {
        let path = match self.path {
            Some(path) if path.starts_with('/') => path,
            Some(path) => {
                let message = format!("the path is {path:?}, and must begin with `/`");
                return Err(InvokeError::Payload(message));
            }
            None => plain_path(&http.route).ok_or_else(|| {
                let message = format!("`{name}` answers the paths `/{}`: a request must name one of them", http.route);
                InvokeError::Payload(message)
            })?,
        };
        let method = self.method.unwrap_or_else(|| match &http.methods {
            Methods::These(methods) => methods.first().map_or("GET", |method| method.name()).to_owned(),
            Methods::Any(_) => "GET".to_owned(),
        });
        let mut builder = http::Request::builder().method(method.as_str()).uri(path);
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        let typed = self.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"));
        let body = match self.body {
            None => Bytes::new(),
            Some(serde_json::Value::String(text)) => text.into(),
            Some(value) => {
                if !typed {
                    builder = builder.header(http::header::CONTENT_TYPE, "application/json");
                }
                value.to_string().into()
            }
        };
        builder.body(body).map_err(|error| InvokeError::Payload(format!("this is no request: {error}")))
    }
}

/// The path of a route, if it has one without parameters.
fn plain_path(route: &Route) -> Option<String> {
    let mut path = String::new();
    for segment in route.segments() {
        match segment {
            Segment::Literal(text) => {
                path.push('/');
                path.extend(utf8_percent_encode(text, NON_ALPHANUMERIC));
            }
            Segment::Parameter(_) => return None,
            Segment::Optional(_) | Segment::Rest(_) => break,
        }
    }
    Some(if path.is_empty() { "/".to_owned() } else { path })
}
