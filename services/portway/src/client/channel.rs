//! One channel for each service, a token on every call, and the typed clients over them.

use std::collections::BTreeMap;
use std::time::Duration;

use portway_proto::billing::v1::invoice_service_client::InvoiceServiceClient;
use portway_proto::events::v1::audit_service_client::AuditServiceClient;
use portway_proto::events::v1::event_feed_service_client::EventFeedServiceClient;
use portway_proto::intake::v1::account_service_client::AccountServiceClient;
use portway_proto::intake::v1::dispute_service_client::DisputeServiceClient;
use portway_proto::intake::v1::document_service_client::DocumentServiceClient;
use portway_proto::intake::v1::number_service_client::NumberServiceClient;
use portway_proto::intake::v1::permission_set_service_client::PermissionSetServiceClient;
use portway_proto::intake::v1::port_in_service_client::PortInServiceClient;
use portway_proto::intake::v1::port_out_list_service_client::PortOutListServiceClient;
use portway_proto::intake::v1::port_out_service_client::PortOutServiceClient;
use portway_proto::intake::v1::protection_service_client::ProtectionServiceClient;
use portway_proto::intake::v1::user_group_service_client::UserGroupServiceClient;
use portway_proto::notification::v1::delivery_service_client::DeliveryServiceClient;
use portway_proto::notification::v1::preference_service_client::PreferenceServiceClient;
use portway_proto::sim::v1::clock_service_client::ClockServiceClient;
use portway_proto::sim::v1::scenario_service_client::ScenarioServiceClient;
use tonic::metadata::AsciiMetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Status};
use types::Secret;

use crate::client::endpoints::{ConnectError, Endpoints, Service};

/// The largest answer taken: an invoice of 20,000 charges has about 6 MiB.
pub(crate) const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;

/// A channel that puts the caller's token on every call.
pub type Wire = InterceptedService<Channel, Bearer>;

/// Puts the caller's token on a call.
#[derive(Clone)]
pub struct Bearer(AsciiMetadataValue);

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer([redacted])")
    }
}

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

/// The clients of one caller. Cheap to clone; connects when first used, and again when it has to.
#[derive(Debug, Clone)]
pub struct Clients {
    wires: BTreeMap<Service, Wire>,
}

/// Declares the clients of services that are served by one place only.
macro_rules! clients {
    ($($(#[$doc:meta])* $name:ident: $client:ident of $service:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> Result<$client<Wire>, ConnectError> {
            Ok($client::new(self.wire(Service::$service)?).max_decoding_message_size(ANSWER_BYTES_MAX))
        }
    )+};
}

impl Clients {
    /// Makes the channels to all services whose endpoints are known. Needs a tokio runtime, but does not wait.
    pub fn connect(endpoints: &Endpoints, token: &Secret) -> Result<Self, ConnectError> {
        let mut bearer: AsciiMetadataValue = format!("Bearer {}", token.expose())
            .parse()
            .map_err(|_| ConnectError::BadToken)?;
        bearer.set_sensitive(true);
        let mut wires = BTreeMap::new();
        for service in Service::ALL {
            if let Some(url) = endpoints.url(service) {
                let channel = channel(url, endpoints.ca.as_deref())?;
                wires.insert(service, InterceptedService::new(channel, Bearer(bearer.clone())));
            }
        }
        Ok(Self { wires })
    }

    /// The channel to a service, for clients that are not listed here.
    pub fn wire(&self, service: Service) -> Result<Wire, ConnectError> {
        self.wires
            .get(&service)
            .cloned()
            .ok_or(ConnectError::NoEndpoint(service.name()))
    }

    clients! {
        /// Accounts and grants.
        accounts: AccountServiceClient of Intake;
        /// Sets of permissions and who holds them.
        permission_sets: PermissionSetServiceClient of Intake;
        /// Groups of users.
        user_groups: UserGroupServiceClient of Intake;
        /// Port-in orders.
        port_in: PortInServiceClient of Intake;
        /// Documents of port-in orders.
        documents: DocumentServiceClient of Intake;
        /// The inventory.
        numbers: NumberServiceClient of Intake;
        /// Port-outs.
        port_outs: PortOutServiceClient of Intake;
        /// Port-outs by the many.
        port_out_lists: PortOutListServiceClient of Intake;
        /// Disputes over ports.
        disputes: DisputeServiceClient of Intake;
        /// PINs and locks.
        protection: ProtectionServiceClient of Intake;
        /// Charges and invoices.
        invoices: InvoiceServiceClient of Billing;
        /// Contacts and webhook endpoints.
        preferences: PreferenceServiceClient of Notification;
        /// What was sent.
        deliveries: DeliveryServiceClient of Notification;
        /// The simulated carriers.
        scenarios: ScenarioServiceClient of CarrierSim;
        /// The business clock of a test system.
        clock: ClockServiceClient of CarrierSim;
    }

    /// The events of a service.
    pub fn events(&self, service: Service) -> Result<EventFeedServiceClient<Wire>, ConnectError> {
        Ok(EventFeedServiceClient::new(self.wire(service)?).max_decoding_message_size(ANSWER_BYTES_MAX))
    }

    /// The audit trail of a service.
    pub fn audit(&self, service: Service) -> Result<AuditServiceClient<Wire>, ConnectError> {
        Ok(AuditServiceClient::new(self.wire(service)?).max_decoding_message_size(ANSWER_BYTES_MAX))
    }
}

fn channel(url: &str, ca: Option<&[u8]>) -> Result<Channel, ConnectError> {
    let mut endpoint = Endpoint::from_shared(url.to_owned())
        .map_err(|_| ConnectError::BadEndpoint(url.to_owned()))?
        .connect_timeout(Duration::from_secs(3))
        .http2_keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10))
        .tcp_nodelay(true);
    if url.starts_with("https://") {
        let tls = ca.into_iter().fold(ClientTlsConfig::new(), |tls, ca| {
            tls.ca_certificate(Certificate::from_pem(ca))
        });
        endpoint = endpoint.tls_config(tls).map_err(|source| ConnectError::Tls {
            url: url.to_owned(),
            source,
        })?;
    }
    Ok(endpoint.connect_lazy())
}
