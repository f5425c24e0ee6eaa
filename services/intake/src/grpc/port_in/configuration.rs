//! Serves the setting-up of an order's numbers.

use std::collections::HashMap;

use grpc::{Faults, Reply};
use idempotency::Begun;
use intake_domain::port_in::NumberChanges;
use portway_proto::intake::v1;
use portway_proto::intake::v1::configuration_service_server::ConfigurationService;
use tonic::Request;
use types::Tn;

use super::number_fields::{SENT, SETTINGS, Said, names};
use super::numbers::NUMBERS_MAX;
use super::{etag, order_name, render, requester, status};
use crate::app::Intake;
use crate::ops;

/// The configuration service.
pub(super) struct Configuration {
    intake: Intake,
}

impl Configuration {
    pub(super) fn new(intake: Intake) -> Self {
        Self { intake }
    }
}

#[tonic::async_trait]
impl ConfigurationService for Configuration {
    async fn configure_numbers(
        &self,
        request: Request<v1::ConfigureNumbersRequest>,
    ) -> Reply<v1::ConfigureNumbersResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let body = request.get_ref();
        let name = order_name(&mut faults, &body.order_id);
        let changes = read(&mut faults, body);
        let name = faults.finish(name)?;
        let asked_etag = body.etag.clone();
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let asked_etag = etag(&asked_etag);
        let configured =
            ops::port_in::configure(&self.intake, work.conn(), &requester, name, changes, asked_etag)
                .await
                .map_err(|error| status::configure(&error))?;
        work.finish(v1::ConfigureNumbersResponse {
            numbers: configured.numbers.iter().map(render::number).collect(),
            etag: configured.etag.to_string(),
        })
        .await
    }
}

fn read(faults: &mut Faults, body: &v1::ConfigureNumbersRequest) -> Vec<NumberChanges> {
    let known: Vec<&'static str> = SETTINGS.into_iter().chain(SENT).collect();
    let names = names(faults, &body.update_fields, &known);
    let said = body.numbers.iter().map(|number| number.phone_number.as_str());
    let tns = read_each_once(faults, said);
    let mut all = Vec::with_capacity(tns.len());
    for (index, (number, tn)) in body.numbers.iter().zip(tns).enumerate() {
        let changes = Said::in_draft(index, number).changes(faults, &names);
        all.extend(tn.map(|tn| NumberChanges { tn, changes }));
    }
    all
}

/// Reads the numbers of a call, each of which stands there once; of two that are the same both places are named.
pub(in crate::grpc) fn read_each_once<'n>(
    faults: &mut Faults,
    numbers: impl ExactSizeIterator<Item = &'n str>,
) -> Vec<Option<Tn>> {
    if numbers.len() == 0 {
        faults.add("numbers", "MISSING", "must have at least one number");
    }
    if numbers.len() > NUMBERS_MAX {
        faults.add("numbers", "TOO_MANY", "at most 1,000 numbers a call");
        return Vec::new();
    }
    let mut seen: HashMap<Tn, usize> = HashMap::new();
    let read = |(index, raw): (usize, &str)| {
        let field = format!("numbers[{index}].phone_number");
        let tn = numbering::parse(raw);
        let tn = tn
            .map_err(|refusal| faults.add(&field, refusal.code(), refusal.to_string()))
            .ok()?;
        if let Some(first) = seen.insert(tn, index) {
            let message = format!("numbers[{first}] and numbers[{index}] both are {tn}");
            faults.add(&field, "DUPLICATE_TN", message);
        }
        Some(tn)
    };
    numbers.enumerate().map(read).collect()
}
