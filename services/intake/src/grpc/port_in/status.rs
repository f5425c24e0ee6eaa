//! What each way to fail means to the caller. The only place that gives reasons.

use grpc::FieldFault;
use grpc::status::{fail, internal, invalid, not_ready, store, unavailable};
use intake_domain::port_in::requirements::Requirement;
use intake_domain::port_in::{
    ActionRefusal, AddRefusal, ConfigureFault, DateChangeRefusal, DropRefusal, FixFault, FixRefusal,
    IllegalTransition, Refusal, ResolveRefusal, SettleRejectionRefusal,
};
use tonic::{Code, Status};
use types::Tn;

use crate::contents::ContentError;
use crate::ops::port_in::imports::{ImportError, UnreadableFile};
use crate::ops::port_in::{
    BadFile, BadPdf, CancelError, ChangeError, CommentError, ConfigureError, DraftError, FixError, ReadError,
    ReviewError, SubmissionError, SubmitError, UploadError,
};

pub(super) fn not_found() -> Status {
    fail(Code::NotFound, "ORDER_NOT_FOUND", "there is no such order")
}

pub(super) fn illegal(error: IllegalTransition) -> Status {
    fail(Code::FailedPrecondition, "ILLEGAL_TRANSITION", error.to_string())
}

pub(in crate::grpc) fn read(error: &ReadError) -> Status {
    match error {
        ReadError::NotFound => not_found(),
        ReadError::Store(error) => store(error),
    }
}

pub(super) fn draft(error: &DraftError) -> Status {
    match error {
        DraftError::NotFound => not_found(),
        DraftError::NoOrdersOfPlatform => fail(
            Code::FailedPrecondition,
            "PLATFORM_HAS_NO_ORDERS",
            error.to_string(),
        ),
        DraftError::Illegal(error) => illegal(*error),
        DraftError::Add(refusal) => add(refusal),
        DraftError::NotInOrder(tns) => invalid(of_tns(tns, "TN_NOT_IN_ORDER", "is not in the order")),
        DraftError::Store(error) => store(error),
    }
}

pub(super) fn import(error: &ImportError) -> Status {
    match error {
        ImportError::OrderNotFound => not_found(),
        ImportError::NotFound => fail(Code::NotFound, "IMPORT_NOT_FOUND", error.to_string()),
        ImportError::Another => fail(Code::FailedPrecondition, "IMPORT_ID_TAKEN", error.to_string()),
        ImportError::Add(refusal) => add(refusal),
        ImportError::File(error) => {
            let code = match error {
                UnreadableFile::Header => "CSV_HEADER",
                UnreadableFile::TooManyLines => "TOO_MANY_LINES",
            };
            invalid(vec![fault("chunk", code, error.to_string())])
        }
        ImportError::Store(error) => store(error),
    }
}

fn add(error: &AddRefusal) -> Status {
    match error {
        AddRefusal::NewOrderRequired => {
            fail(Code::FailedPrecondition, "NEW_ORDER_REQUIRED", error.to_string())
        }
        AddRefusal::Duplicates(tns) => invalid(of_tns(tns, "DUPLICATE_TN", "is in the order already")),
        AddRefusal::TooMany => fail(Code::FailedPrecondition, "TOO_MANY_NUMBERS", error.to_string()),
    }
}

pub(super) fn submit(error: &SubmitError) -> Status {
    match error {
        SubmitError::NotFound => not_found(),
        SubmitError::Refused(error) => refusal(error),
        SubmitError::NotReady(requirements) => unmet(requirements),
        SubmitError::InFlight(tns) => not_ready(
            "TN_IN_FLIGHT",
            of_tns(tns, "TN_IN_FLIGHT", "is in another order that is under way"),
        ),
        SubmitError::InService(tns) => not_ready(
            "TN_IN_SERVICE",
            of_tns(tns, "TN_IN_SERVICE", "is in service on this platform already"),
        ),
        SubmitError::VersionsExhausted(_) => {
            fail(Code::FailedPrecondition, "VERSIONS_EXHAUSTED", error.to_string())
        }
        SubmitError::Store(error) => store(error),
    }
}

pub(super) fn configure(error: &ConfigureError) -> Status {
    match error {
        ConfigureError::NotFound => not_found(),
        ConfigureError::Faults(faults) => {
            let of_fault = |found: &ConfigureFault| {
                let ConfigureFault { tn, problem } = found;
                fault("numbers", problem.code(), format!("{tn} {problem}"))
            };
            not_ready("NUMBERS_NOT_CHANGED", faults.iter().map(of_fault).collect())
        }
        ConfigureError::Store(error) => store(error),
    }
}

/// Why an action is not allowed now. What lists say of actions is made of this as well.
pub(super) fn refusal(error: &Refusal) -> Status {
    match error {
        Refusal::Illegal(error) => illegal(*error),
        Refusal::NewOrderRequired => fail(Code::FailedPrecondition, "NEW_ORDER_REQUIRED", error.to_string()),
        Refusal::NotConfirmable(reasons) => {
            let of_reason =
                |reason: &reasons::Reason| fault("reasons", reason.code(), reason.remedy().to_owned());
            not_ready(
                "NOT_SETTLED_BY_CONFIRMING",
                reasons.iter().map(of_reason).collect(),
            )
        }
        Refusal::FixRequired => fail(Code::FailedPrecondition, "FIX_REQUIRED", error.to_string()),
        Refusal::ChangeInProgress => fail(Code::FailedPrecondition, "CHANGE_IN_PROGRESS", error.to_string()),
        Refusal::TooLate { .. } => fail(Code::FailedPrecondition, "TOO_LATE", error.to_string()),
        Refusal::CompletedUseSnapback => fail(
            Code::FailedPrecondition,
            "COMPLETED_USE_SNAPBACK",
            error.to_string(),
        ),
        Refusal::BeforeFocDay { .. } => fail(
            Code::FailedPrecondition,
            "OUTSIDE_ACTIVATION_WINDOW",
            error.to_string(),
        ),
        Refusal::ConfigurationClosed => {
            fail(Code::FailedPrecondition, "NUMBERS_NOT_CHANGED", error.to_string())
        }
        Refusal::NothingPorted => fail(Code::FailedPrecondition, "NOT_PORTED", error.to_string()),
        Refusal::VersionsExhausted => fail(Code::FailedPrecondition, "VERSIONS_EXHAUSTED", error.to_string()),
    }
}

fn unmet(requirements: &[Requirement]) -> Status {
    let faults = requirements.iter().filter(|requirement| !requirement.is_warning);
    not_ready("REQUIREMENTS_NOT_MET", faults.map(of_requirement).collect())
}

pub(super) fn action(error: &ActionRefusal) -> Status {
    match error {
        ActionRefusal::Refused(error) => refusal(error),
        ActionRefusal::NotReady(requirements) => unmet(requirements),
    }
}

pub(super) fn fix(error: &FixError) -> Status {
    match error {
        FixError::NotFound => not_found(),
        FixError::Refused(FixRefusal::Refused(error)) => refusal(error),
        FixError::Refused(FixRefusal::Faults(faults)) => {
            let of_fault = |fault: &FixFault| of_number(fault.tn, &fault.field, fault.code, &fault.message);
            not_ready("FIX_INCOMPLETE", faults.iter().map(of_fault).collect())
        }
        FixError::Store(error) => store(error),
    }
}

pub(super) fn cancel(error: &CancelError) -> Status {
    match error {
        CancelError::NotFound => not_found(),
        CancelError::Refused(error) => refusal(error),
        CancelError::Store(error) => store(error),
    }
}

pub(super) fn comment(error: &CommentError) -> Status {
    match error {
        CommentError::OrderNotFound => not_found(),
        CommentError::NotFound => fail(Code::NotFound, "COMMENT_NOT_FOUND", error.to_string()),
        CommentError::Refused(refusal) => resolve(*refusal),
        CommentError::Store(error) => store(error),
    }
}

/// Why a comment was not resolved, on an order or on a port-out.
pub(in crate::grpc) fn resolve(refusal: ResolveRefusal) -> Status {
    let message = refusal.to_string();
    match refusal {
        ResolveRefusal::NotOpen => fail(Code::FailedPrecondition, "COMMENT_NOT_OPEN", message),
        ResolveRefusal::NotYours => fail(Code::FailedPrecondition, "NOT_YOURS_TO_RESOLVE", message),
    }
}

pub(super) fn review(error: &ReviewError) -> Status {
    match error {
        ReviewError::NotFound => not_found(),
        ReviewError::Refused(error) => action(error),
        ReviewError::Store(error) => store(error),
    }
}

pub(super) fn change(error: &ChangeError) -> Status {
    match error {
        ChangeError::NotFound => not_found(),
        ChangeError::Date(DateChangeRefusal::Refused(error))
        | ChangeError::Drop(DropRefusal::Refused(error))
        | ChangeError::SettleRejection(SettleRejectionRefusal::Refused(error))
        | ChangeError::Settle(error) => refusal(error),
        ChangeError::SettleRejection(SettleRejectionRefusal::Meanings {
            not_in_order,
            is_still_ours,
        }) => {
            let mut faults = of_tns(
                not_in_order,
                "TN_NOT_IN_ORDER",
                "is not in the order, or not any more",
            );
            if *is_still_ours {
                let message =
                    "none of these says who has to act; name what the answer means, or another finding";
                faults.push(fault("reasons", "SETTLES_NOTHING", message.to_owned()));
            }
            invalid(faults)
        }
        ChangeError::Date(DateChangeRefusal::Date(requirements)) => unmet(requirements),
        ChangeError::Drop(DropRefusal::NotInOrder(tns)) => invalid(of_tns(
            tns,
            "TN_NOT_IN_ORDER",
            "is not in the order, or not any more",
        )),
        ChangeError::Drop(DropRefusal::All) => {
            fail(Code::FailedPrecondition, "NO_NUMBER_LEFT", error.to_string())
        }
        ChangeError::Store(error) => store(error),
    }
}

/// A file that is the only thing wrong with an upload.
pub(in crate::grpc) fn bad_file(error: &BadFile) -> Status {
    match error {
        BadFile::Pdf(BadPdf::NotPdf | BadPdf::Encrypted | BadPdf::Damaged) => {
            fail(Code::InvalidArgument, "FILE_TYPE", error.to_string())
        }
        BadFile::TooLarge => file_too_large("a document has at most 10 MiB"),
    }
}

/// The same, when other things are wrong as well.
pub(in crate::grpc) const fn bad_file_code(error: &BadFile) -> &'static str {
    match error {
        BadFile::Pdf(BadPdf::NotPdf | BadPdf::Encrypted | BadPdf::Damaged) => "FILE_TYPE",
        BadFile::TooLarge => "FILE_TOO_LARGE",
    }
}

pub(super) fn file_too_large(message: &'static str) -> Status {
    fail(Code::InvalidArgument, "FILE_TOO_LARGE", message)
}

pub(super) fn upload(error: &UploadError) -> Status {
    match error {
        UploadError::NotFound => not_found(),
        UploadError::Illegal(error) => illegal(*error),
        UploadError::TooMany => fail(Code::FailedPrecondition, "TOO_MANY_DOCUMENTS", error.to_string()),
        UploadError::Content(error) => content(error),
        UploadError::Store(error) => store(error),
    }
}

/// Of one document, where no order is named.
pub(super) fn document(error: &UploadError) -> Status {
    match error {
        UploadError::NotFound => fail(Code::NotFound, "DOCUMENT_NOT_FOUND", "there is no such document"),
        UploadError::Illegal(_) | UploadError::TooMany | UploadError::Content(_) | UploadError::Store(_) => {
            upload(error)
        }
    }
}

pub(in crate::grpc) fn content(error: &ContentError) -> Status {
    if error.is_transient() {
        unavailable(error)
    } else {
        internal(error)
    }
}

pub(in crate::grpc) fn submission(error: &SubmissionError) -> Status {
    match error {
        SubmissionError::NotFound => not_found(),
        SubmissionError::Superseded { .. } => {
            fail(Code::FailedPrecondition, "VERSION_SUPERSEDED", error.to_string())
        }
        SubmissionError::Store(error) => store(error),
    }
}

pub(super) fn fault(field: &str, code: &str, message: String) -> FieldFault {
    FieldFault {
        field: field.to_owned(),
        code: code.to_owned(),
        message,
    }
}

fn of_requirement(requirement: &Requirement) -> FieldFault {
    of_number(
        requirement.tn,
        &requirement.field,
        requirement.code,
        &requirement.message,
    )
}

/// What is wrong with a number, or with the order.
fn of_number(tn: Option<Tn>, field: &str, code: &str, message: &str) -> FieldFault {
    let Some(tn) = tn else {
        return fault(field, code, message.to_owned());
    };
    let is_named = message.contains(&tn.to_string());
    let about = if is_named {
        String::new()
    } else {
        format!("{tn}: ")
    };
    fault(&field_of(tn, field), code, format!("{about}{message}"))
}

/// `numbers.pin` of one number: `numbers["+12018675309"].pin`. A field that is not the number's own stays as it is.
fn field_of(tn: Tn, field: &str) -> String {
    field
        .strip_prefix("numbers")
        .map_or_else(|| field.to_owned(), |rest| format!("numbers[\"{tn}\"]{rest}"))
}

pub(super) fn of_tns(tns: &[Tn], code: &str, what: &str) -> Vec<FieldFault> {
    tns.iter()
        .map(|tn| fault(&field_of(*tn, "numbers"), code, format!("{tn} {what}")))
        .collect()
}
