//! Serves how an order divides.

use grpc::{Faults, Reply};
use intake_domain::port_in::{CHILDREN_MAX, KeptSecret, Part, PartKind};
use portway_proto::intake::v1;
use portway_proto::intake::v1::split_service_server::SplitService;
use tonic::{Request, Response};
use types::Tn;

use super::{order_name, requester, status};
use crate::app::Intake;
use crate::ops;

/// The split service.
pub(super) struct Splits {
    intake: Intake,
}

impl Splits {
    pub(super) fn new(intake: Intake) -> Self {
        Self { intake }
    }
}

#[tonic::async_trait]
impl SplitService for Splits {
    async fn preview_split(
        &self,
        request: Request<v1::PreviewSplitRequest>,
    ) -> Reply<v1::PreviewSplitResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &request.get_ref().order_id);
        let name = faults.finish(name)?;
        let division = ops::port_in::preview(&self.intake, &requester, name)
            .await
            .map_err(|error| status::read(&error))?;
        let shown = division.parts.iter().take(CHILDREN_MAX);
        Ok(Response::new(v1::PreviewSplitResponse {
            parts: shown.map(|part| render(part, division.parts.first())).collect(),
        }))
    }
}

fn render(part: &Part, first: Option<&Part>) -> v1::SplitPart {
    let key = &part.key;
    let kind = match key.kind {
        PartKind::Local => v1::PartKind::Local,
        PartKind::TollFree => v1::PartKind::TollFree,
    };
    let differs_by = first.map(|first| part.differs_by(first)).unwrap_or_default();
    v1::SplitPart {
        kind: kind.into(),
        losing_carrier: shown(key.losing_carrier.as_ref()),
        masked_account_number: part
            .account_number
            .as_ref()
            .map(KeptSecret::masked)
            .unwrap_or_default(),
        btn: shown(key.btn.as_ref()),
        authorized_by: shown(key.authorized_by.as_ref()),
        resp_org: shown(key.resp_org.as_ref()),
        part: shown(key.part.as_ref()),
        tns: part.tns().iter().map(Tn::to_string).collect(),
        why: why(part, &differs_by),
        differs_by: differs_by.into_iter().map(str::to_owned).collect(),
    }
}

fn why(part: &Part, differs_by: &[&str]) -> String {
    match (part.key.kind, differs_by) {
        (_, []) => String::new(),
        (PartKind::TollFree, _) if differs_by.contains(&"kind") => {
            "toll-free numbers move by a change of RespOrg, apart from other numbers".to_owned()
        }
        (PartKind::TollFree, _) if differs_by.contains(&"resp_org") => {
            "each RespOrg is asked by itself".to_owned()
        }
        (PartKind::Local | PartKind::TollFree, _) => {
            let words: Vec<String> = differs_by.iter().map(|field| field.replace('_', " ")).collect();
            format!("a carrier takes one request for each {}", words.join(", "))
        }
    }
}

fn shown(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
