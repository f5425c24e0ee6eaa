//! Correcting what a carrier found wrong, and confirming what was settled with it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reasons::{Field, ReasonClass};
use types::{Secret, Tn};

use super::details::{Detail, KeptSecret};
use super::number_config::Override;
use super::order::{Order, Transition};
use super::reason::OrderReason;
use super::refusal::Refusal;
use super::requirements;

/// A new value for what was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    /// A number's PIN.
    Pin {
        /// The number.
        tn: Tn,
        /// Its PIN.
        pin: Secret,
    },
    /// What differs for a number, where the carrier wants several requests.
    Override {
        /// The number.
        tn: Tn,
        /// In what it differs.
        value: Override,
    },
    /// One of the details.
    Detail(Detail),
}

/// The secrets that the carrier was sent, opened to see whether a correction changes them.
#[derive(Debug, Clone, Default)]
pub struct SentSecrets {
    /// The account number.
    pub account_number: Option<Secret>,
    /// The tax id.
    pub tax_id: Option<Secret>,
    /// The PINs of the numbers that are corrected.
    pub pins: BTreeMap<Tn, Secret>,
}

/// One thing that is wrong with a fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixFault {
    /// The number it is about; none: the order, or the correction that the field names.
    pub tn: Option<Tn>,
    /// The field, as a correction names it.
    pub field: String,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

/// Why an order was not sent again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FixRefusal {
    /// No fix is taken now, whatever it says.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The fix does not answer what was asked, all at once.
    #[error("the fix does not answer what the carrier asked")]
    Faults(Vec<FixFault>),
}

impl Correction {
    /// The field it corrects, as a reason names it; none for what no reason asks for.
    pub const fn field(&self) -> Option<Field> {
        match self {
            Self::Pin { .. } => Some(Field::Pin),
            Self::Override { .. } => None,
            Self::Detail(detail) => match detail {
                Detail::AccountNumber(_) => Some(Field::AccountNumber),
                Detail::Btn(_) => Some(Field::Btn),
                Detail::FirstName(_) => Some(Field::FirstName),
                Detail::LastName(_) => Some(Field::LastName),
                Detail::CompanyName(_) => Some(Field::CompanyName),
                Detail::AuthorizedBy(_) => Some(Field::AuthorizedBy),
                Detail::ServiceAddress(_) => Some(Field::ServiceAddress),
                Detail::PostalCode(_) => Some(Field::PostalCode),
                Detail::TaxId(_) => Some(Field::TaxId),
                Detail::WantedDate(_) => Some(Field::WantedDate),
                Detail::Partial(_) => Some(Field::Partial),
                Detail::NewBtn(_) => Some(Field::NewBtn),
                Detail::LosingCarrier(_)
                | Detail::SubscriberKind(_)
                | Detail::CustomerReference(_)
                | Detail::RemainingNumbers(_)
                | Detail::LosingCarrierName(_)
                | Detail::RespOrg(_) => None,
            },
        }
    }

    fn answers(&self, field: Field, tn: Option<Tn>) -> bool {
        match self {
            Self::Pin { tn: corrected, .. } => {
                field == Field::Pin && tn.is_none_or(|named| named == *corrected)
            }
            Self::Override { .. } => false,
            // The address has the postal code in it.
            Self::Detail(Detail::ServiceAddress(_)) => {
                matches!(field, Field::ServiceAddress | Field::PostalCode)
            }
            Self::Detail(_) => self.field() == Some(field),
        }
    }

    fn is_same_slot(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Pin { tn, .. }, Self::Pin { tn: other, .. }) => tn == other,
            (Self::Detail(_), Self::Detail(_)) => self.field() == other.field(),
            (
                Self::Override { tn, value },
                Self::Override {
                    tn: other_tn,
                    value: other,
                },
            ) => tn == other_tn && value.field() == other.field(),
            (Self::Pin { .. } | Self::Override { .. }, Self::Detail(_))
            | (Self::Detail(_), Self::Pin { .. } | Self::Override { .. })
            | (Self::Pin { .. }, Self::Override { .. })
            | (Self::Override { .. }, Self::Pin { .. }) => false,
        }
    }
}

impl Order {
    /// Corrects the order and sends it again. `has_new_loa`: a letter of authorization was uploaded since the carrier
    /// answered. A reason that the customer settles at the carrier counts as settled with the fix.
    pub fn apply_fix(
        self,
        corrections: Vec<Correction>,
        sent: &SentSecrets,
        has_new_loa: bool,
        now: Timestamp,
    ) -> Result<Transition, FixRefusal> {
        let rejection = self.may_be_fixed()?;
        let mut faults = self.faults_of(&corrections, sent);
        if corrections
            .iter()
            .any(|correction| matches!(correction, Correction::Override { .. }))
        {
            faults.push(FixFault {
                tn: None,
                field: "corrections".to_owned(),
                code: "SPLIT_NOT_ASKED",
                message: "the carrier takes these numbers in one request; a number differs in its PIN alone"
                    .to_owned(),
            });
        }
        faults.extend(unanswered(&rejection.reasons, &corrections, has_new_loa));
        let corrected = self.corrected(corrections);
        faults.extend(faults_among(requirements::of_details(&corrected)));
        if !faults.is_empty() {
            return Err(FixRefusal::Faults(faults));
        }
        let sent = corrected.resubmit("fixed", now);
        Ok(sent.ok_or(Refusal::VersionsExhausted)?)
    }

    /// Corrects an order of which the carrier wants several requests; what it then divides into is in its parts. The
    /// order's account number must be at hand, to be compared with those of single numbers.
    pub fn correct_for_split(
        self,
        corrections: Vec<Correction>,
        sent: &SentSecrets,
        has_new_loa: bool,
    ) -> Result<Self, FixRefusal> {
        let rejection = self.may_be_fixed()?;
        let mut faults = self.faults_of(&corrections, sent);
        if rejection
            .reasons
            .iter()
            .any(|reason| reason.reason.class() == ReasonClass::Fix)
        {
            faults.extend(unanswered(&rejection.reasons, &corrections, has_new_loa));
        }
        let corrected = self.corrected(corrections);
        let division = corrected.division();
        if division.parts.len() < 2 {
            faults.push(FixFault {
                tn: None,
                field: "corrections".to_owned(),
                code: "SPLIT_MISSING",
                message:
                    "the carrier wants several requests; say in what numbers differ, or give them a part"
                        .to_owned(),
            });
        }
        if let Some(too_many) = requirements::of_part_count(division.parts.len()) {
            faults.extend(faults_among(vec![too_many]));
            return Err(FixRefusal::Faults(faults));
        }
        let lacks = division.parts.iter().map(|part| {
            let lacking = requirements::of_details(&division.order_of(part));
            (part.tns(), lacking)
        });
        faults.extend(faults_among(requirements::of_parts(lacks.collect())));
        if faults.is_empty() {
            Ok(corrected)
        } else {
            Err(FixRefusal::Faults(faults))
        }
    }

    /// Sends the order again unchanged, because the customer settled the matter with the carrier.
    pub fn confirm_remedy(self, now: Timestamp) -> Result<Transition, Refusal> {
        self.may_be_confirmed()?;
        self.resubmit("remedy_confirmed", now)
            .ok_or(Refusal::VersionsExhausted)
    }

    /// What is wrong with each correction by itself.
    fn faults_of(&self, corrections: &[Correction], sent: &SentSecrets) -> Vec<FixFault> {
        let mut faults = Vec::new();
        for (index, correction) in corrections.iter().enumerate() {
            let mut fault = |code, message: &str| {
                let field = format!("corrections[{index}]");
                faults.push(FixFault {
                    tn: None,
                    field,
                    code,
                    message: message.to_owned(),
                });
            };
            if let Correction::Pin { tn, .. } | Correction::Override { tn, .. } = correction
                && !self
                    .record
                    .numbers
                    .iter()
                    .any(|number| number.tn == *tn && number.state.is_open())
            {
                fault(
                    "NEW_ORDER_REQUIRED",
                    "the number is not in this order; make a new order for it",
                );
            }
            let before = corrections.iter().take(index);
            if before.into_iter().any(|other| other.is_same_slot(correction)) {
                fault("DUPLICATE", "the field is corrected twice");
            }
            match self.is_unchanged(correction, sent) {
                true if matches!(correction, Correction::Pin { .. }) => {
                    fault(
                        "PIN_UNCHANGED",
                        "this is the PIN that the carrier refused; it is not sent again",
                    );
                }
                true => fault("UNCHANGED", "the value is the one that the carrier refused"),
                false => {}
            }
        }
        faults
    }

    fn is_unchanged(&self, correction: &Correction, sent: &SentSecrets) -> bool {
        match correction {
            Correction::Pin { tn, pin } => sent.pins.get(tn) == Some(pin),
            Correction::Override { tn, value } => self.record.numbers.iter().any(|number| {
                number.tn == *tn && number.overrides.clone().with(value.clone()) == number.overrides
            }),
            Correction::Detail(Detail::AccountNumber(value)) => *value == sent.account_number,
            Correction::Detail(Detail::TaxId(value)) => *value == sent.tax_id,
            Correction::Detail(detail) => {
                self.record.details.clone().with(detail.clone()) == self.record.details
            }
        }
    }

    /// The order as it would go out with these corrections, to be checked like one that is submitted.
    #[must_use]
    pub fn corrected(&self, corrections: Vec<Correction>) -> Self {
        let mut order = self.clone();
        for correction in corrections {
            match correction {
                Correction::Pin { tn, pin } => {
                    let numbers = order.record.numbers.iter_mut().filter(|number| number.tn == tn);
                    numbers.for_each(|number| number.pin = Some(KeptSecret::Given(pin.clone())));
                }
                Correction::Override { tn, value } => {
                    let numbers = order.record.numbers.iter_mut().filter(|number| number.tn == tn);
                    numbers.for_each(|number| {
                        number.overrides = std::mem::take(&mut number.overrides).with(value.clone());
                    });
                }
                Correction::Detail(detail) => order.record.details = order.record.details.with(detail),
            }
        }
        order
    }
}

impl FixRefusal {
    /// What was tried, unless the order that would go out lacks something; then all of what is wrong with either.
    pub fn unless<T>(tried: Result<T, Self>, lacks: Vec<requirements::Requirement>) -> Result<T, Self> {
        let lacks: Vec<FixFault> = faults_among(lacks).collect();
        match tried {
            Ok(sent) if lacks.is_empty() => Ok(sent),
            Ok(_) => Err(Self::Faults(lacks)),
            Err(Self::Faults(mut faults)) => {
                for fault in lacks {
                    if !faults.contains(&fault) {
                        faults.push(fault);
                    }
                }
                Err(Self::Faults(faults))
            }
            Err(refused @ Self::Refused(_)) => Err(refused),
        }
    }
}

fn faults_among(requirements: Vec<requirements::Requirement>) -> impl Iterator<Item = FixFault> {
    let faults = requirements
        .into_iter()
        .filter(|requirement| !requirement.is_warning);
    faults.map(|requirement| FixFault {
        tn: requirement.tn,
        field: requirement.field,
        code: requirement.code,
        message: requirement.message,
    })
}

/// The reasons of class FIX that no correction answers.
fn unanswered(reasons: &[OrderReason], corrections: &[Correction], has_new_loa: bool) -> Vec<FixFault> {
    let to_fix = || {
        reasons
            .iter()
            .filter(|reason| reason.reason.class() == ReasonClass::Fix)
    };
    let mut faults: Vec<FixFault> = to_fix()
        .filter(|reason| !is_answered(reason, corrections, has_new_loa))
        .map(|reason| {
            let fields: Vec<&str> = reason.reason.fields().iter().map(|field| field.code()).collect();
            let tn = reason.tn.map(|tn| format!(" of {tn}")).unwrap_or_default();
            let needs_loa = reason.reason.fields() == [Field::Loa];
            FixFault {
                tn: None,
                field: fields.join(" or "),
                code: if needs_loa {
                    "LOA_MISSING"
                } else {
                    "CORRECTION_MISSING"
                },
                message: format!("{}{tn}: {}", reason.reason, reason.reason.remedy()),
            }
        })
        .collect();
    if corrections.is_empty() && to_fix().next().is_none() {
        faults.push(FixFault {
            tn: None,
            field: "corrections".to_owned(),
            code: "CORRECTION_MISSING",
            message: "no data is asked for; confirm the remedy instead".to_owned(),
        });
    }
    faults
}

fn is_answered(reason: &OrderReason, corrections: &[Correction], has_new_loa: bool) -> bool {
    let answers = |field: &Field| match field {
        Field::Loa => has_new_loa,
        // Only another number is at fault, and that has a reason of its own.
        Field::PhoneNumber => true,
        Field::Pin
        | Field::AccountNumber
        | Field::TaxId
        | Field::Btn
        | Field::NewBtn
        | Field::FirstName
        | Field::LastName
        | Field::CompanyName
        | Field::AuthorizedBy
        | Field::ServiceAddress
        | Field::PostalCode
        | Field::Partial
        | Field::WantedDate => corrections
            .iter()
            .any(|correction| correction.answers(*field, reason.tn)),
    };
    match reason.reason.fields() {
        // The carrier does not say what: any correction may be it.
        [] => !corrections.is_empty(),
        fields => fields.iter().any(answers),
    }
}
