//! `PortabilityService`: asked before an order is made.

use grpc::{Faults, Reply};
use intake_domain::carrier::{CarrierProfile, Holder, Network};
use intake_domain::portability::{Knowledge, PortPath, PortRefusal, Portability, Portable};
use numbering::{NumberKind, StateCode};
use portway_proto::intake::v1;
use portway_proto::intake::v1::portability_service_server::{PortabilityService, PortabilityServiceServer};
use service::stamp;
use tonic::service::RoutesBuilder;
use tonic::{Request, Response, Status};
use types::Spid;

use crate::app::Intake;
use crate::ops;

/// Numbers in one call at most.
const NUMBERS_MAX: usize = 1_000;
/// Characters of one that are read; none is written with more.
const NUMBER_CHARS_MAX: usize = 64;

/// Adds the service to the routes.
pub(crate) fn add_portability(routes: &mut RoutesBuilder, intake: &Intake) {
    routes.add_service(PortabilityServiceServer::new(Checks {
        intake: intake.clone(),
    }));
}

struct Checks {
    intake: Intake,
}

#[tonic::async_trait]
impl PortabilityService for Checks {
    async fn check_portability(
        &self,
        request: Request<v1::CheckPortabilityRequest>,
    ) -> Reply<v1::CheckPortabilityResponse> {
        let raw = parse(request.into_inner())?;
        let judged = ops::portability::check(&self.intake, &raw)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        let numbers = raw.into_iter().zip(judged);
        Ok(Response::new(v1::CheckPortabilityResponse {
            numbers: numbers.map(|(input, judged)| render(input, judged)).collect(),
        }))
    }
}

/// A text that is no number is an answer; one that is no short text is a fault of the request.
fn parse(request: v1::CheckPortabilityRequest) -> Result<Vec<String>, Status> {
    let mut faults = Faults::new();
    let raw = request.phone_numbers;
    if raw.is_empty() {
        faults.add("phone_numbers", "MISSING", "must name at least one number");
    }
    if raw.len() > NUMBERS_MAX {
        faults.add("phone_numbers", "TOO_MANY", "at most 1,000 numbers a call");
    } else {
        for (index, raw) in raw.iter().enumerate() {
            faults.at_most(&format!("phone_numbers[{index}]"), raw, NUMBER_CHARS_MAX);
        }
    }
    faults.finish(Some(raw))
}

fn render(input: String, judged: Portability) -> v1::NumberPortability {
    let info = judged.info.as_ref();
    let about = v1::NumberPortability {
        input,
        tn: info.map(|info| info.tn.to_string()).unwrap_or_default(),
        toll_free: info.is_some_and(|info| info.kind == NumberKind::TollFree),
        country: info
            .and_then(|info| info.country)
            .map(|country| country.to_string())
            .unwrap_or_default(),
        state: info
            .and_then(|info| info.state.as_ref())
            .map(StateCode::to_string)
            .unwrap_or_default(),
        ..v1::NumberPortability::default()
    };
    match judged.verdict {
        Ok(portable) => portable_number(about, portable),
        Err(refusal) => refused_number(about, &refusal),
    }
}

fn refused_number(about: v1::NumberPortability, refusal: &PortRefusal) -> v1::NumberPortability {
    let abroad = match refusal {
        PortRefusal::Number(refusal) => refusal.country(),
        PortRefusal::InFlight | PortRefusal::InService => None,
    };
    v1::NumberPortability {
        code: refusal.code().to_owned(),
        message: refusal.to_string(),
        remedy: refusal.remedy().to_owned(),
        country: abroad.map_or(about.country, str::to_owned),
        ..about
    }
}

fn portable_number(about: v1::NumberPortability, portable: Portable) -> v1::NumberPortability {
    let path = match portable.path {
        Some(PortPath::LocalServiceRequest) => v1::PortPath::LocalServiceRequest,
        Some(PortPath::WirelessPortRequest) => v1::PortPath::WirelessPortRequest,
        Some(PortPath::RespOrgChange) => v1::PortPath::RespOrgChange,
        None => v1::PortPath::Unspecified,
    };
    let (knowledge, carrier) = match portable.carrier {
        Knowledge::Unavailable => (v1::CarrierKnowledge::Unavailable, None),
        Knowledge::NotFound => (v1::CarrierKnowledge::NotFound, None),
        Knowledge::Known(holder, profile) => (
            v1::CarrierKnowledge::Known,
            Some(carrier(holder, profile.as_deref(), about.toll_free)),
        ),
    };
    v1::NumberPortability {
        portable: true,
        path: path.into(),
        knowledge: knowledge.into(),
        carrier,
        earliest_date: portable.earliest.map(stamp::date_to_proto),
        interval_business_days: i32::try_from(portable.interval_days).unwrap_or(i32::MAX),
        ..about
    }
}

fn carrier(holder: Holder, profile: Option<&CarrierProfile>, is_toll_free: bool) -> v1::LosingCarrier {
    v1::LosingCarrier {
        carrier_id: holder.carrier.to_string(),
        name: holder.name,
        spid: holder.spid.as_ref().map(Spid::to_string).unwrap_or_default(),
        wireless: holder.network == Network::Wireless,
        resp_org: holder.resp_org.unwrap_or_default(),
        needs: profile.map(|profile| needs(profile, is_toll_free)),
    }
}

/// Toll-free numbers need a letter of authorization whatever the carrier says.
fn needs(profile: &CarrierProfile, is_toll_free: bool) -> v1::CarrierNeeds {
    v1::CarrierNeeds {
        pin: profile.asks_for.pin,
        account_number: profile.asks_for.account_number,
        loa: profile.asks_for.loa || is_toll_free,
        interval_business_days: profile.interval_days.into(),
        bill_age_max_days: profile.bill_age_max_days.map_or(0, |days| days.get().into()),
    }
}
