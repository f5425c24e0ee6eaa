//! Installs logs and traces for the whole process.

use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use opentelemetry::global;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

use crate::{Format, TelemetrySettings};

/// How long one batch of spans may take to send, and how long the last one may hold up the process's end.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(3);

/// Whether logs and traces are installed. Held while they are being installed, so that it happens once.
static INSTALLED: Mutex<bool> = Mutex::new(false);

/// Why logs and traces could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter does not parse.
    #[error("the log filter cannot be read")]
    Filter(#[from] ParseError),
    /// An exporter needs a runtime to connect from.
    #[error("traces can only be sent from within a tokio runtime")]
    NoRuntime,
    /// The collector's endpoint cannot be used.
    #[error("the trace exporter cannot be set up")]
    Exporter(#[from] ExporterBuildError),
    /// Somebody else installed a subscriber before.
    #[error("another subscriber is installed already")]
    Taken(#[from] TryInitError),
}

/// Sends what is left of the traces when it is dropped, which blocks for a few seconds at most.
///
/// Keep it in `main`, outside of the tasks: on a single-threaded runtime a drop inside one stalls to the limit.
#[must_use = "dropping it ends tracing"]
#[derive(Debug)]
pub struct TelemetryGuard {
    provider: Option<SdkTracerProvider>,
}

impl Drop for TelemetryGuard {
    fn drop(&mut self) {
        if let Some(Err(error)) = self
            .provider
            .as_ref()
            .map(|it| it.shutdown_with_timeout(EXPORT_TIMEOUT))
        {
            tracing::warn!(%error, "the last traces may not have been sent");
        }
    }
}

/// Installs logs on standard error and traces, for the whole process.
///
/// Only the first call does anything; the guards of the others are empty. That lets the services of an
/// all-in-one, or the tests of one binary, each call it.
pub fn init(settings: &TelemetrySettings) -> Result<TelemetryGuard, TelemetryError> {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if *installed {
        return Ok(TelemetryGuard { provider: None });
    }
    let provider = tracer_provider(settings)?;
    subscriber(settings, &provider, io::stderr, io::stderr().is_terminal())?.try_init()?;
    global::set_text_map_propagator(TraceContextPropagator::new());
    global::set_tracer_provider(provider.clone());
    *installed = true;
    Ok(TelemetryGuard {
        provider: Some(provider),
    })
}

/// Makes trace ids, and sends spans if there is somewhere to send them.
fn tracer_provider(settings: &TelemetrySettings) -> Result<SdkTracerProvider, TelemetryError> {
    let resource = Resource::builder()
        .with_service_name(settings.service.clone())
        .build();
    let builder = SdkTracerProvider::builder().with_resource(resource);
    let Some(endpoint) = &settings.otlp_endpoint else {
        return Ok(builder.build());
    };
    if Handle::try_current().is_err() {
        return Err(TelemetryError::NoRuntime);
    }
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(EXPORT_TIMEOUT)
        .build()?;
    Ok(builder.with_batch_exporter(exporter).build())
}

/// The whole stack of layers, writing to `writer`.
fn subscriber<W>(
    settings: &TelemetrySettings,
    provider: &SdkTracerProvider,
    writer: W,
    colours: bool,
) -> Result<impl Subscriber + Send + Sync + use<W>, ParseError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(&settings.filter)?;
    let traces = tracing_opentelemetry::layer().with_tracer(provider.tracer("portway"));
    let lines = fmt::layer().with_writer(writer);
    let lines = match settings.format {
        Format::Human => lines.with_ansi(colours).boxed(),
        Format::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(true)
            .boxed(),
    };
    Ok(tracing_subscriber::registry()
        .with(filter)
        .with(traces)
        .with(lines))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use tracing::subscriber::with_default;

    use super::*;

    /// What was logged.
    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn settings(format: Format, filter: &str) -> TelemetrySettings {
        let (service, filter) = ("intake".to_owned(), filter.to_owned());
        TelemetrySettings {
            service,
            format,
            filter,
            otlp_endpoint: None,
        }
    }

    /// What a span with a line at `info` and one at `debug` in it looks like, when only `info` is asked for.
    fn logged(format: Format) -> String {
        let page = Page::default();
        let settings = settings(format, "info");
        let provider = tracer_provider(&settings).unwrap();
        let writer = {
            let page = page.clone();
            move || page.clone()
        };
        with_default(subscriber(&settings, &provider, writer, false).unwrap(), || {
            let _in_span = tracing::info_span!("intake.submit_order", order.id = "ord_1").entered();
            tracing::info!(attempt = 2, "submitted");
            tracing::debug!("left out");
        });
        String::from_utf8(page.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn json_lines_carry_the_message_its_fields_and_its_spans() {
        let lines = logged(Format::Json);
        let line: serde_json::Value = serde_json::from_str(&lines).expect("one line, one object");
        assert_eq!(line["message"], "submitted");
        assert_eq!(line["attempt"], 2);
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["spans"][0]["name"], "intake.submit_order");
        assert_eq!(line["spans"][0]["order.id"], "ord_1");
    }

    #[test]
    fn human_lines_are_plain_when_nobody_looks() {
        let lines = logged(Format::Human);
        assert!(lines.contains("submitted") && lines.contains("ord_1"), "{lines}");
        assert!(
            !lines.contains("left out") && !lines.contains('\u{1b}'),
            "{lines}"
        );
    }

    #[test]
    fn a_filter_that_does_not_parse_and_an_exporter_without_a_runtime_are_refused() {
        let bad_filter = init(&settings(Format::Human, "portway=loud")).unwrap_err();
        assert!(matches!(bad_filter, TelemetryError::Filter(_)), "{bad_filter}");

        let otlp_endpoint = Some("http://localhost:4317".to_owned());
        let no_runtime = init(&TelemetrySettings {
            otlp_endpoint,
            ..settings(Format::Human, "info")
        })
        .unwrap_err();
        assert!(matches!(no_runtime, TelemetryError::NoRuntime), "{no_runtime}");
    }
}
