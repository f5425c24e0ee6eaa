//! Reads which port-outs are asked for, all faults at once.

use auth::Caller;
use grpc::{Faults, page};
use intake_domain::port_out::{AnswerState, Decider, Grounds, StateName};
use portway_proto::intake::v1;
use prost::Message;
use tonic::Status;
use types::{RequestKind, RequestNumber};

use super::convert;
use crate::grpc::port_in::read_range;
use crate::ops::port_out::{Cursor, Filter, SortKey};

const PAGE_SIZE: i64 = 50;
const PAGE_SIZE_MAX: i64 = 500;
/// There are fewer states than this.
const STATES_MAX: usize = 20;
/// Characters of a name or a code that are read; none on record has more.
const TEXT_CHARS_MAX: usize = 256;

/// Filter and sort of a call, and the text that its page tokens are bound to.
pub(super) struct Asked {
    pub(super) filter: Filter,
    pub(super) sort: SortKey,
    pub(super) ascending: bool,
    binding: String,
}

impl Asked {
    /// The token of the page that starts at the cursor.
    pub(super) fn token(&self, next: Option<Cursor>) -> String {
        next.map(|next| page::token(&self.binding, &next))
            .unwrap_or_default()
    }
}

/// Reads a call for a page: what is asked for, where the page starts, and its size.
pub(super) fn list(
    caller: &Caller,
    request: &v1::ListPortOutsRequest,
) -> Result<(Asked, Option<Cursor>, i64), Status> {
    let mut faults = Faults::new();
    let mut given = request.filter.clone().unwrap_or_default();
    let shorts = [
        ("completion", request.completion != 0, given.completion != 0),
        (
            "phone_number",
            !request.phone_number.is_empty(),
            !given.phone_number.is_empty(),
        ),
    ];
    for (field, is_short, is_long) in shorts {
        if is_short && is_long {
            faults.add(field, "INVALID", format!("is in filter.{field} as well"));
        }
    }
    if request.completion != 0 {
        given.completion = request.completion;
    }
    if !request.phone_number.is_empty() {
        given.phone_number.clone_from(&request.phone_number);
    }
    let is_short = request.filter.is_none();
    let asked = read(
        &mut faults,
        if is_short { "" } else { "filter." },
        caller,
        &given,
        request.sort,
        request.ascending,
    );
    let size = page::size(&mut faults, request.page_size, PAGE_SIZE, PAGE_SIZE_MAX);
    let after = page::cursor(&mut faults, &asked.binding, &request.page_token);
    faults.finish(Some((asked, after, size)))
}

/// Reads a call for a count.
pub(super) fn count(caller: &Caller, filter: Option<&v1::PortOutFilter>) -> Result<Filter, Status> {
    let mut faults = Faults::new();
    let given = filter.cloned().unwrap_or_default();
    let asked = read(&mut faults, "filter.", caller, &given, 0, false);
    faults.finish(Some(asked.filter))
}

/// Reads a call for a file.
pub(super) fn export(caller: &Caller, request: &v1::ExportPortOutsRequest) -> Result<Asked, Status> {
    let mut faults = Faults::new();
    let given = request.filter.clone().unwrap_or_default();
    let asked = read(
        &mut faults,
        "filter.",
        caller,
        &given,
        request.sort,
        request.ascending,
    );
    faults.finish(Some(asked))
}

/// `prefix`: how the path of a field of the filter begins.
fn read(
    faults: &mut Faults,
    prefix: &str,
    caller: &Caller,
    given: &v1::PortOutFilter,
    sort: i32,
    ascending: bool,
) -> Asked {
    let binding = format!(
        "port_outs {} {sort} {ascending} {}",
        caller.account,
        hex::encode(given.encode_to_vec())
    );
    let filter = Filter {
        account: super::scope(caller),
        ..read_filter(faults, prefix, given)
    };
    let sort = match v1::PortOutSort::try_from(sort) {
        Ok(v1::PortOutSort::Unspecified) => filter.suited_sort(),
        Ok(v1::PortOutSort::RequestNumber) => SortKey::RequestNumber,
        Ok(v1::PortOutSort::Received) => SortKey::Received,
        Ok(v1::PortOutSort::Foc) => SortKey::Foc,
        Ok(v1::PortOutSort::AnswerDue) => SortKey::AnswerDue,
        Ok(v1::PortOutSort::Ended) => SortKey::Ended,
        Ok(v1::PortOutSort::Numbers) => SortKey::Numbers,
        Err(_) => {
            faults.add("sort", "INVALID", "is not something that port-outs are sorted by");
            SortKey::RequestNumber
        }
    };
    Asked {
        filter,
        sort,
        ascending,
        binding,
    }
}

fn read_filter(faults: &mut Faults, prefix: &str, given: &v1::PortOutFilter) -> Filter {
    let at = |field: &str| format!("{prefix}{field}");
    Filter {
        account: None,
        named_account: faults.optional(&at("account_id"), &given.account_id),
        states: read_states(faults, prefix, given),
        number: read_number(faults, &at("request_number"), &given.request_number),
        tn: read_tn(faults, &at("phone_number"), &given.phone_number),
        winning_spid: faults.optional(&at("winning_spid"), &given.winning_spid),
        winning_name: read_text(faults, &at("winning_name"), &given.winning_name),
        pon: faults.optional(&at("pon"), &given.pon),
        end_user_name: read_text(faults, &at("end_user_name"), &given.end_user_name),
        postal_code: read_text(faults, &at("postal_code"), &given.postal_code),
        decided_by: read_decider(faults, &at("decided_by"), &given.decided_by),
        rejected_for: read_grounds(faults, &at("rejection_reason"), &given.rejection_reason),
        answer: read_answer(faults, &at("answer_state"), given.answer_state),
        received: read_range(faults, &at("received"), given.received.as_ref()),
        foc: read_range(faults, &at("foc"), given.foc.as_ref()),
        answer_due: read_range(faults, &at("answer_due"), given.answer_due.as_ref()),
        ended: read_range(faults, &at("ended"), given.ended.as_ref()),
        numbers: [
            ("numbers_min", given.numbers_min),
            ("numbers_max", given.numbers_max),
        ]
        .map(|(field, bound)| {
            if bound < 0 {
                faults.add(at(field), "OUT_OF_RANGE", "must be 0 or more");
            }
            (bound > 0).then_some(bound)
        }),
    }
}

/// The states asked for, of those that are complete or not, as asked.
fn read_states(faults: &mut Faults, prefix: &str, given: &v1::PortOutFilter) -> Vec<StateName> {
    let wants_end = match v1::Completion::try_from(given.completion) {
        Ok(v1::Completion::Unspecified) => None,
        Ok(v1::Completion::Incomplete) => Some(false),
        Ok(v1::Completion::Complete) => Some(true),
        Err(error) => {
            faults.add(format!("{prefix}completion"), "INVALID", error.to_string());
            None
        }
    };
    let field = format!("{prefix}states");
    if given.states.len() > STATES_MAX {
        faults.add(field, "TOO_MANY", format!("must be at most {STATES_MAX}"));
        return Vec::new();
    }
    let mut named = Vec::new();
    for (index, number) in given.states.iter().enumerate() {
        let asked = v1::PortOutState::try_from(*number).ok();
        let mut all = StateName::ALL.into_iter();
        match all.find(|name| asked == Some(convert::state(*name))) {
            Some(name) if !named.contains(&name) => named.push(name),
            Some(_) => {}
            None => faults.add(
                format!("{field}[{index}]"),
                "INVALID",
                "is not a state of port-outs",
            ),
        }
    }
    let Some(wants_end) = wants_end else { return named };
    let all = if given.states.is_empty() {
        StateName::ALL.to_vec()
    } else {
        named
    };
    let fitting: Vec<StateName> = all
        .into_iter()
        .filter(|name| name.is_end() == wants_end)
        .collect();
    if fitting.is_empty() {
        faults.add(field, "INVALID", "holds no state that is complete as asked for");
    }
    fitting
}

fn read_number(faults: &mut Faults, field: &str, raw: &str) -> Option<RequestNumber> {
    let number: RequestNumber = faults.optional(field, raw)?;
    if number.kind() != RequestKind::PortOut {
        faults.add(
            field,
            "INVALID",
            "is not the number of a port-out, such as PO_100001",
        );
    }
    Some(number)
}

fn read_tn(faults: &mut Faults, field: &str, raw: &str) -> Option<types::Tn> {
    match raw {
        "" => None,
        raw => match numbering::parse(raw) {
            Ok(tn) => Some(tn),
            Err(refusal) => {
                faults.add(field, refusal.code(), refusal.to_string());
                None
            }
        },
    }
}

fn read_text(faults: &mut Faults, field: &str, raw: &str) -> Option<String> {
    faults.at_most(field, raw, TEXT_CHARS_MAX);
    (!raw.is_empty()).then(|| raw.to_owned())
}

fn read_decider(faults: &mut Faults, field: &str, raw: &str) -> Option<Decider> {
    let ours = [
        Decider::Silence,
        Decider::Policy,
        Decider::EndUser,
        Decider::Overruled,
    ];
    ours.into_iter()
        .find(|decider| decider.to_string() == raw)
        .or_else(|| faults.optional(field, raw).map(Decider::Subject))
}

fn read_grounds(faults: &mut Faults, field: &str, raw: &str) -> Option<Grounds> {
    let grounds = Grounds::from_code(raw);
    if grounds.is_none() && !raw.is_empty() {
        faults.add(
            field,
            "INVALID",
            "is not a reason for which port-outs are rejected",
        );
    }
    grounds
}

fn read_answer(faults: &mut Faults, field: &str, number: i32) -> Option<AnswerState> {
    if number == 0 {
        return None;
    }
    let asked = v1::AnswerState::try_from(number).ok();
    let mut all = AnswerState::ALL.into_iter();
    let found = all.find(|state| asked == Some(convert::answer(*state)));
    if found.is_none() {
        faults.add(field, "INVALID", "is not a state of answers");
    }
    found
}
