//! A second replica of intake in a process of its own: the program that Kubernetes runs, told by its environment.

use std::fs::File;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use pg::ServiceRole;
use portway_proto::intake::v1::ListOrdersRequest;
use serde::Deserialize;

use crate::customer::Customer;
use crate::system::{System, program};

const READY_WITHIN: Duration = Duration::from_mins(1);

/// What of a data directory's secrets a replica of intake needs.
#[derive(Deserialize)]
struct Keys {
    identity_pems: ByService,
    role_passwords: ByService,
    digest_key: String,
    key_ring: String,
}

#[derive(Deserialize)]
struct ByService {
    intake: String,
}

/// A process that serves intake on the same data as a [`System`]. Killed when dropped. Its clock is the real one.
pub struct IntakeReplica {
    process: Child,
    endpoint: String,
}

impl IntakeReplica {
    /// Starts one beside `system`, and waits until it answers.
    pub async fn start(system: &System) -> Self {
        let data = system.data_dir();
        let keys: Keys = serde_json::from_slice(&std::fs::read(data.join("secrets.json")).unwrap()).unwrap();
        let role = ServiceRole {
            schema: "intake".to_owned(),
            password: keys.role_passwords.intake,
        };
        let listen = format!("127.0.0.1:{}", backing::free_port().unwrap());
        let log = File::create(data.join("intake-replica.log")).unwrap();
        let process = Command::new(program("intake"))
            .env(
                "PORTWAY_DATABASE_URL",
                pg::url_for(system.database_url(), &role).unwrap(),
            )
            .env("PORTWAY_REDIS_URL", system.redis_url())
            .env("PORTWAY_LISTEN", &listen)
            .env("PORTWAY_ADMIN_LISTEN", "127.0.0.1:0")
            .env("PORTWAY_KEY_SET", data.join("keys.json"))
            .env("PORTWAY_IDENTITY_PEM", keys.identity_pems.intake)
            .env("PORTWAY_DIGEST_KEY", keys.digest_key)
            .env("PORTWAY_KEY_RING", keys.key_ring)
            .env("PORTWAY_GATEWAY_ENDPOINT", &system.endpoints().carrier_gateway)
            .env("PORTWAY_DOCUMENT_STORE", data.join("documents"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let replica = Self {
            process,
            endpoint: format!("http://{listen}"),
        };
        let customer = replica.customer(system);
        testkit::eventually(READY_WITHIN, "the second intake to answer", async || {
            let mut orders = customer.owner.port_in().unwrap();
            orders.list_orders(ListOrdersRequest::default()).await.is_ok()
        })
        .await;
        replica
    }

    /// The owner of the account, calling this process where intake is concerned.
    pub fn customer(&self, system: &System) -> Customer {
        let mut endpoints = system.endpoints().clone();
        endpoints.intake.clone_from(&self.endpoint);
        Customer::new(&endpoints, 0)
    }

    /// Ends the process at once.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        let status = self.process.wait().unwrap();
        assert_eq!(
            status.signal(),
            Some(9),
            "the process had ended before it was killed"
        );
    }
}

impl Drop for IntakeReplica {
    fn drop(&mut self) {
        // It may have ended already; either way nothing of it is left.
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}
