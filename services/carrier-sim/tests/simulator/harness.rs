//! A simulator on a database of its own, and clients with the tokens that it accepts.

use std::sync::Arc;
use std::time::Duration;

use auth::{Issuer, ServiceIdentity, SigningKey, grants};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use carrier_sim::{MoverSlot, Settings};
use clock::Clock;
use grpc::Lifecycle;
use jiff::{SignedDuration, Timestamp};
use pg::ServiceRole;
use portway_proto::carrier::v1::carrier_partner_service_client::CarrierPartnerServiceClient;
use portway_proto::sim::v1::clock_service_client::ClockServiceClient;
use portway_proto::sim::v1::scenario_service_client::ScenarioServiceClient;
use service::{BaseSettings, Serving};
use tempfile::TempDir;
use testkit::TestDatabase;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use types::{AccountId, Secret, Subject};

/// A Monday morning in New York.
pub(crate) const START: &str = "2026-10-05T15:00:00Z";
const OPERATOR: &str = "operator";

/// A database with the simulator's role, keys, and a clock that stands still until it is moved.
pub(crate) struct System {
    pub(crate) clock: Clock,
    pub(crate) database: TestDatabase,
    role: ServiceRole,
    folder: TempDir,
    identity_pem: String,
    gateway_token: String,
    issuer: Issuer,
}

/// One running simulator.
pub(crate) struct Replica {
    pub(crate) serving: Serving,
    pub(crate) mover: MoverSlot,
    lifecycle: Lifecycle,
}

/// A channel that sends a token with every call.
pub(crate) type Signed = InterceptedService<Channel, Bearer>;
pub(crate) type Carrier = CarrierPartnerServiceClient<Signed>;
pub(crate) type Scenario = ScenarioServiceClient<Signed>;
pub(crate) type ClockClient = ClockServiceClient<Signed>;

#[derive(Clone)]
pub(crate) struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

impl System {
    pub(crate) async fn create(name: &str) -> Self {
        let database = TestDatabase::create(name).await;
        let role = ServiceRole {
            schema: "sim".to_owned(),
            password: "for-tests".to_owned(),
        };
        pg::provision(database.url(), std::slice::from_ref(&role))
            .await
            .unwrap();
        let (identity_pem, _own) = SigningKey::generate("service:carrier-sim").unwrap();
        let (gateway_pem, gateway_jwk) = SigningKey::generate("service:carrier-gateway").unwrap();
        let (issuer_pem, issuer_jwk) = SigningKey::generate("platform").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let key_set = serde_json::json!({ "keys": [gateway_jwk, issuer_jwk] });
        std::fs::write(folder.path().join("keys.json"), key_set.to_string()).unwrap();
        let gateway = ServiceIdentity::new("carrier-gateway".parse().unwrap(), &gateway_pem).unwrap();
        Self {
            clock: Clock::manual(START.parse().unwrap()),
            database,
            role,
            folder,
            identity_pem,
            gateway_token: gateway.token().unwrap(),
            issuer: Issuer::new(SigningKey::from_pem("platform", &issuer_pem).unwrap()),
        }
    }

    /// Starts a simulator on the database, and gives the operator the permission to script it.
    pub(crate) async fn start(&self) -> Replica {
        let lifecycle = Lifecycle::new();
        let mover = MoverSlot::default();
        let settings = Settings {
            base: BaseSettings {
                service: "carrier-sim",
                schema: "sim",
                database_url: Secret::new(pg::url_for(self.database.url(), &self.role).unwrap()),
                connections_max: 10,
                redis_url: None,
                listen: "127.0.0.1:0".parse().unwrap(),
                admin_listen: None,
                key_set: self.folder.path().join("keys.json"),
                identity_pem: Secret::new(self.identity_pem.clone()),
                digest_key: Arc::new(STANDARD.encode([7; 32]).parse().unwrap()),
                key_ring: Arc::new(format!("k1:{}", STANDARD.encode([9; 32])).parse().unwrap()),
            },
            // Nobody listens there: the simulator works while intake is away.
            intake_endpoint: "http://127.0.0.1:1".to_owned(),
        };
        let serving = carrier_sim::start(settings, self.clock.clone(), lifecycle.clone(), mover.clone());
        let serving = serving.await.unwrap();
        let mut conn = serving.pool.acquire().await.unwrap();
        let operator: Subject = OPERATOR.parse().unwrap();
        grants::put(
            &mut conn,
            AccountId::PLATFORM,
            &operator,
            &["sim.operate".to_owned()],
        )
        .await
        .unwrap();
        Replica {
            serving,
            mover,
            lifecycle,
        }
    }

    /// Moves business time on.
    pub(crate) fn pass_minutes(&self, minutes: i64) {
        self.clock
            .advance_to(self.clock.now() + SignedDuration::from_mins(minutes))
            .unwrap();
    }

    pub(crate) fn user_token(&self, subject: &str, account: AccountId) -> String {
        let subject: Subject = subject.parse().unwrap();
        self.issuer
            .token(&subject, account, Duration::from_mins(5))
            .unwrap()
    }

    /// The gateway's client.
    pub(crate) fn carrier(&self, replica: &Replica) -> Carrier {
        CarrierPartnerServiceClient::new(signed(replica, &self.gateway_token))
    }

    /// The operator's client for scripts.
    pub(crate) fn scenario(&self, replica: &Replica) -> Scenario {
        ScenarioServiceClient::new(signed(replica, &self.user_token(OPERATOR, AccountId::PLATFORM)))
    }

    /// The operator's client for the clock.
    pub(crate) fn clock_client(&self, replica: &Replica) -> ClockClient {
        ClockServiceClient::new(signed(replica, &self.user_token(OPERATOR, AccountId::PLATFORM)))
    }

    pub(crate) fn gateway_token(&self) -> &str {
        &self.gateway_token
    }
}

/// A client for scripts with some other token.
pub(crate) fn scenario_as(replica: &Replica, token: &str) -> Scenario {
    ScenarioServiceClient::new(signed(replica, token))
}

/// A client of the carrier contract with some other token.
pub(crate) fn carrier_as(replica: &Replica, token: &str) -> Carrier {
    CarrierPartnerServiceClient::new(signed(replica, token))
}

fn signed(replica: &Replica, token: &str) -> Signed {
    let endpoint = Endpoint::from_shared(format!("http://{}", replica.serving.address)).unwrap();
    let bearer = MetadataValue::try_from(format!("Bearer {token}")).unwrap();
    InterceptedService::new(endpoint.connect_lazy(), Bearer(bearer))
}

impl Replica {
    /// Ends it, as a process ends.
    pub(crate) async fn stop(self) {
        assert!(self.lifecycle.shut_down(Duration::from_secs(20)).await);
        self.serving.pool.close().await;
    }
}

/// An instant of a reply.
pub(crate) fn at(stamp: Option<&prost_types::Timestamp>) -> Timestamp {
    let stamp = stamp.unwrap();
    Timestamp::new(stamp.seconds, stamp.nanos).unwrap()
}
