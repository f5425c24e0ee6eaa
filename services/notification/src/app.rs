//! Wires the service.

use std::sync::Arc;

use clock::Clock;
use grpc::Lifecycle;
use notification_domain::Channel;
use service::{Base, Serving, StartError};
use tonic::service::RoutesBuilder;

use crate::config::Settings;
use crate::due::{Deliveries, Sender, Wakes, measure};
use crate::grpc::{Deliver, Prefer};
use crate::listen::FromIntake;
use crate::send::{Links, Mailer, Senders, SmsGateway, WebhookCaller};
use crate::store;

/// Starts the service; its tasks end with `lifecycle`. The process must have installed a provider of cryptography.
pub async fn start(settings: Settings, clock: Clock, lifecycle: Lifecycle) -> Result<Serving, StartError> {
    let from_intake = FromIntake::new(&settings.console_url, clock.clone())?;
    let base = Base::start(settings.base, clock, lifecycle, &store::MIGRATOR).await?;
    let senders = Arc::new(Senders {
        mailer: Mailer::new(&settings.smtp_url, &settings.mail_from)?,
        sms: settings.sms.map(SmsGateway::new).transpose()?,
        webhooks: WebhookCaller::new(Arc::clone(&base.vault), settings.allow_private_webhooks)?,
        links: Links::new(base.peer(&settings.intake_endpoint)?),
    });
    let listener = base.listen().await?;

    let wakes = Wakes::default();
    let mut routes = RoutesBuilder::default();
    routes.add_service(Prefer::server(base.clone(), settings.allow_private_webhooks));
    routes.add_service(Deliver::server(base.clone(), wakes.clone()));
    for (name, channel) in [
        ("mail sender", Channel::Email),
        ("webhook sender", Channel::Webhook),
        ("text sender", Channel::Sms),
    ] {
        let sender = Sender::new(
            base.clone(),
            channel,
            Arc::clone(&senders),
            wakes.of(channel).clone(),
        );
        base.lifecycle.spawn(name, sender.run(name));
    }
    base.lifecycle.spawn("queue depths", measure(base.clone()));
    let consumers = vec![base.consumer("intake", &settings.intake_endpoint, Arc::new(from_intake))?];
    let pool = base.pool.clone();
    base.serve(listener, routes, consumers, vec![Arc::new(Deliveries { pool })])
        .await
}
