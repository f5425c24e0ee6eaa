//! The whole system in one process.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use auth::Issuer;
use backing::{BackingOptions, Durability, Servers};
use carrier_sim::MoverSlot;
use clock::{Clock, ClockMover, DueWork, MoverLimits};
use grpc::Lifecycle;
use jiff::Timestamp;
use mail_sink::MailSink;
use pg::ServiceRole;
use service::Serving;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::net::TcpListener;
use types::{AccountId, Secret, Subject};

use crate::client::{EndpointsFile, Service};
use crate::up::UpArgs;
use crate::up::endpoints::{SERVICES, ports};
use crate::up::secrets::Secrets;
use crate::up::services::Wiring;

/// Tokens printed at start are good for a working day.
const TOKEN_LIFE: Duration = Duration::from_hours(12);
/// Services get this long to become ready.
const READY_WITHIN: Duration = Duration::from_secs(30);
const GRACE: Duration = Duration::from_secs(20);
/// The database that is made on a server of our own.
const DATABASE: &str = "portway";

/// How to start.
#[derive(Debug)]
pub struct StackOptions {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// Where downloaded packages are unpacked.
    pub cache_dir: PathBuf,
    /// Replicas of each service.
    pub replicas: usize,
    /// What the business clock shows at the very first start.
    pub clock_start: Option<Timestamp>,
    /// A superuser's URL of a database to use instead of our own.
    pub database_url: Option<String>,
    /// A Redis to use instead of our own.
    pub redis_url: Option<String>,
    /// A mail server to use instead of the local sink.
    pub smtp_url: Option<String>,
    /// An SMS gateway; without one no texts are sent.
    pub sms_url: Option<String>,
    /// How durable a database of our own is.
    pub durability: Durability,
}

impl From<UpArgs> for StackOptions {
    fn from(args: UpArgs) -> Self {
        Self {
            data_dir: args.data_dir,
            cache_dir: args.cache_dir,
            replicas: usize::from(args.replicas),
            clock_start: args.clock_start,
            database_url: args.database_url,
            redis_url: args.redis_url,
            smtp_url: args.smtp_url,
            sms_url: args.sms_url,
            durability: Durability::Kept,
        }
    }
}

/// The running system.
pub struct Stack {
    /// Where to call it, and with which tokens.
    pub endpoints: EndpointsFile,
    /// The account made at first start.
    pub account: AccountId,
    /// Makes tokens for anybody.
    pub issuer: Issuer,
    data_dir: PathBuf,
    lifecycle: Lifecycle,
    servers: Arc<Servers>,
    origins: [String; 2],
    // One process has a data directory at a time.
    _lock: File,
}

impl Stack {
    /// Finds or starts Postgres and Redis, starts every service and waits until all are ready.
    pub async fn start(options: StackOptions, on_progress: impl Fn(&str)) -> anyhow::Result<Self> {
        fs::create_dir_all(options.data_dir.join("documents"))?;
        let data_dir = fs::canonicalize(&options.data_dir)?;
        let lock = lock(&data_dir)?;
        let secrets = Secrets::load(&data_dir)?;
        let issuer = secrets.issuer()?;
        let clock = clock(&data_dir, options.clock_start)?;
        on_progress("finding Postgres and Redis");
        let (servers, database_url) = servers(&options, &data_dir, &on_progress).await?;
        let roles: Vec<ServiceRole> = SERVICES
            .iter()
            .map(|service| secrets.role(service))
            .collect::<Result<_, _>>()?;
        pg::provision(&database_url, &roles).await?;
        let lifecycle = Lifecycle::new();
        let (smtp_url, mail_dir) = mail(&options, &data_dir, &lifecycle).await?;
        let bootstrap_file = bootstrap(&data_dir, &secrets)?;
        let ports = ports(&data_dir, options.replicas)?;
        let mover = MoverSlot::default();
        let mut replicas = Vec::new();
        for replica in 0..options.replicas {
            on_progress(&format!(
                "starting the services (replica {} of {})",
                replica + 1,
                options.replicas
            ));
            let port_of = |service: &str| {
                ports
                    .get(service)
                    .and_then(|ports| ports.get(replica))
                    .copied()
                    .context("no port of this service")
            };
            let wiring = Wiring {
                data_dir: data_dir.clone(),
                secrets: &secrets,
                admin_database_url: &database_url,
                redis_url: servers.redis.url(),
                smtp_url: &smtp_url,
                sms_url: options.sms_url.as_deref(),
                port_of: &port_of,
                bootstrap_file: Some(bootstrap_file.clone()),
                mover: mover.clone(),
            };
            replicas.push(wiring.start(&clock, &lifecycle).await?);
        }
        let sources = replicas
            .first()
            .map(|services| due_work(services))
            .unwrap_or_default();
        mover.fill(Arc::new(ClockMover::new(clock, sources, MoverLimits::default())));
        wait_until_ready(&replicas).await?;
        let endpoints = endpoints(&replicas, &issuer, secrets.account, mail_dir)?;
        endpoints.write(&data_dir)?;
        let origins = [
            servers.postgres.origin().to_string(),
            servers.redis.origin().to_string(),
        ];
        Ok(Self {
            endpoints,
            account: secrets.account,
            issuer,
            data_dir,
            lifecycle,
            servers,
            origins,
            _lock: lock,
        })
    }

    /// Its tasks.
    pub fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    /// Says where everything is and how to call it.
    pub fn describe(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "Portway is up (process {}).\n", self.endpoints.pid)?;
        let endpoints = self.endpoints.endpoints();
        for service in Service::ALL {
            writeln!(
                out,
                "  {:<16} {}",
                service.name(),
                endpoints.url(service).unwrap_or_default()
            )?;
        }
        writeln!(out, "\n  Postgres         {}", self.origins[0])?;
        writeln!(out, "  Redis            {}", self.origins[1])?;
        if let Some(mail_dir) = &self.endpoints.mail_dir {
            writeln!(out, "  mails            {}", mail_dir.display())?;
        }
        writeln!(out, "  data             {}", self.data_dir.display())?;
        writeln!(
            out,
            "\nAccount {} (its owner's token; 12 hours):\n{}",
            self.account,
            self.endpoints.token.expose()
        )?;
        let intake = self.endpoints.intake.trim_start_matches("http://");
        writeln!(
            out,
            "\nTry it:\n  TOKEN=$(python3 -c 'import json;print(json.load(open(\"{}/endpoints.json\"))[\"token\"])')",
            self.data_dir.display()
        )?;
        writeln!(
            out,
            "  grpcurl -plaintext -H \"authorization: Bearer $TOKEN\" {intake} portway.intake.v1.PortInService/ListOrders"
        )?;
        writeln!(
            out,
            "  portway port-in list --data-dir {}",
            self.data_dir.display()
        )?;
        writeln!(
            out,
            "\nThe platform's token, for portway.sim.v1 (scenarios, clock), stands in endpoints.json as platform_token."
        )?;
        writeln!(
            out,
            "Stop with Ctrl-C; start again with the same --data-dir to go on."
        )
    }

    /// Ends everything in order: services first, then their database.
    pub async fn stop(self) -> anyhow::Result<()> {
        let is_clean = self.lifecycle.shut_down(GRACE).await;
        let servers = self.servers;
        tokio::task::spawn_blocking(move || servers.stop()).await??;
        anyhow::ensure!(is_clean, "some tasks did not end in time");
        Ok(())
    }
}

fn lock(data_dir: &Path) -> anyhow::Result<File> {
    let file = File::create(data_dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => anyhow::bail!("{} is in use by another `portway up`", data_dir.display()),
    }
}

fn clock(data_dir: &Path, first: Option<Timestamp>) -> io::Result<Clock> {
    let file = data_dir.join("clock-offset");
    match first {
        Some(first) => Clock::movable_from(file, first),
        None => Clock::movable(file),
    }
}

/// The servers, and a superuser's URL of the database to use.
async fn servers(
    options: &StackOptions,
    data_dir: &Path,
    on_progress: &impl Fn(&str),
) -> anyhow::Result<(Arc<Servers>, String)> {
    fs::create_dir_all(&options.cache_dir)?;
    let mut backing = BackingOptions::from_env(
        data_dir.join("servers"),
        fs::canonicalize(&options.cache_dir)?,
        options.durability,
    );
    backing.postgres_url.clone_from(&options.database_url);
    backing.redis_url.clone_from(&options.redis_url);
    let (progress, lines) = std::sync::mpsc::channel::<String>();
    let starting = tokio::task::spawn_blocking(move || {
        backing::start(&backing, |line| {
            let _nobody_listens = progress.send(line.to_owned());
        })
    });
    let servers = starting.await??;
    for line in lines.try_iter() {
        on_progress(&line);
    }
    let admin_url = servers.postgres.url().to_owned();
    let database_url = if servers.postgres.is_ours() {
        make_database(&admin_url).await?
    } else {
        admin_url
    };
    Ok((Arc::new(servers), database_url))
}

async fn make_database(admin_url: &str) -> anyhow::Result<String> {
    let mut admin = PgConnection::connect(admin_url).await?;
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(DATABASE)
        .fetch_one(&mut admin)
        .await?;
    if !exists {
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {DATABASE}")))
            .execute(&mut admin)
            .await?;
    }
    admin.close().await?;
    pg::with_database(admin_url, DATABASE).context("the server's URL cannot be used")
}

/// The mail server to use: the one given, else a sink of our own.
async fn mail(
    options: &StackOptions,
    data_dir: &Path,
    lifecycle: &Lifecycle,
) -> anyhow::Result<(String, Option<PathBuf>)> {
    if let Some(url) = &options.smtp_url {
        return Ok((url.clone(), None));
    }
    let mail_dir = data_dir.join("mail");
    fs::create_dir_all(&mail_dir)?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let sink = MailSink::start(listener, mail_dir.clone(), lifecycle.token())?;
    let url = sink.url();
    lifecycle.spawn("mail sink", async move { sink.ended().await });
    Ok((url, Some(mail_dir)))
}

/// The account and the operator that there are from the start.
fn bootstrap(data_dir: &Path, secrets: &Secrets) -> anyhow::Result<PathBuf> {
    let path = data_dir.join("bootstrap.toml");
    if !path.exists() {
        let text = format!(
            "[[account]]\nid = \"{account}\"\nname = \"Example Realty LLC\"\nowner = \"owner\"\nowner_email = \
             \"owner@example.com\"\ntime_zone = \"America/New_York\"\ncurrency = \"USD\"\ncountry = \"US\"\n\n\
             [[grant]]\naccount = \"{platform}\"\nsubject = \"operator\"\npermissions = \"all\"\n",
            account = secrets.account,
            platform = AccountId::PLATFORM,
        );
        crate::up::endpoints::write_private(&path, text.as_bytes())?;
    }
    Ok(path)
}

/// Everything that must be done before the clock may move on. Asked of one replica: the answers are in the database.
fn due_work(services: &[Serving]) -> Vec<Arc<dyn DueWork>> {
    let mut work: Vec<Arc<dyn DueWork>> = Vec::new();
    for service in services {
        work.extend(service.due_work.iter().cloned());
        work.push(Arc::new(service.unsequenced()));
        for source in services
            .iter()
            .filter(|source| service.sources.contains(&source.service))
        {
            work.push(Arc::new(service.backlog_of(source)));
        }
    }
    work
}

async fn wait_until_ready(replicas: &[Vec<Serving>]) -> anyhow::Result<()> {
    for service in replicas.iter().flatten() {
        let mut ready = service.ready.clone();
        let waiting = ready.wait_for(|is_ready| *is_ready);
        tokio::time::timeout(READY_WITHIN, waiting)
            .await
            .with_context(|| format!("{} did not become ready", service.service))??;
    }
    Ok(())
}

fn endpoints(
    replicas: &[Vec<Serving>],
    issuer: &Issuer,
    account: AccountId,
    mail_dir: Option<PathBuf>,
) -> anyhow::Result<EndpointsFile> {
    let url = |serving: &Serving| format!("http://{}", serving.address);
    let (first, others) = replicas.split_first().context("no replica was started")?;
    let of = |service: Service| {
        let serving = first.iter().find(|serving| serving.service == service.name());
        serving
            .map(url)
            .with_context(|| format!("{} was not started", service.name()))
    };
    let owner: Subject = "owner".parse()?;
    let operator: Subject = "operator".parse()?;
    let others_of = |serving: &Serving| {
        others
            .iter()
            .flatten()
            .filter(|other| other.service == serving.service)
            .map(url)
            .collect()
    };
    Ok(EndpointsFile {
        intake: of(Service::Intake)?,
        carrier_gateway: of(Service::CarrierGateway)?,
        notification: of(Service::Notification)?,
        billing: of(Service::Billing)?,
        carrier_sim: of(Service::CarrierSim)?,
        token: Secret::new(issuer.token(&owner, account, TOKEN_LIFE)?),
        platform_token: Secret::new(issuer.token(&operator, AccountId::PLATFORM, TOKEN_LIFE)?),
        replicas: first
            .iter()
            .map(|serving| (serving.service.to_owned(), others_of(serving)))
            .collect(),
        mail_dir,
        pid: std::process::id(),
    })
}
