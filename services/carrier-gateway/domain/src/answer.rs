//! What a carrier answered, and its reasons in our words.

use jiff::Timestamp;
use reasons::{Explanation, Reason, Vocabulary};
use serde::{Deserialize, Serialize};
use types::{Pon, Tn, Ver};

use crate::ask::OrderAsk;

/// One reason of an answer, in the words of who gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawReason {
    /// The number it is about; none: the whole request.
    pub tn: Option<Tn>,
    /// The code; may be empty.
    pub code: String,
    /// The text; may be empty.
    pub text: String,
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// No.
    Rejected,
    /// Some data is to be corrected.
    UpdateRequired,
    /// It takes longer.
    Delayed,
    /// Firm order commitment.
    Foc {
        /// The committed cut-over instant.
        at: Timestamp,
    },
    /// Numbers are active with us.
    Activated {
        /// Which; empty: all.
        tns: Vec<Tn>,
    },
    /// The cancel is confirmed.
    Cancelled,
    /// A cancel or supplement came too late; the request goes on as it was.
    ChangeRefused,
    /// Numbers are back with the losing carrier.
    SnapbackConfirmed {
        /// Which; empty: all.
        tns: Vec<Tn>,
    },
    /// They are not given back.
    SnapbackRefused {
        /// Which; empty: all.
        tns: Vec<Tn>,
    },
}

impl Said {
    /// The stable name, for the database.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::UpdateRequired => "update_required",
            Self::Delayed => "delayed",
            Self::Foc { .. } => "foc",
            Self::Activated { .. } => "activated",
            Self::Cancelled => "cancelled",
            Self::ChangeRefused => "change_refused",
            Self::SnapbackConfirmed { .. } => "snapback_confirmed",
            Self::SnapbackRefused { .. } => "snapback_refused",
        }
    }

    /// The committed cut-over instant, of a FOC.
    pub const fn foc_at(&self) -> Option<Timestamp> {
        match self {
            Self::Foc { at } => Some(*at),
            Self::Rejected
            | Self::UpdateRequired
            | Self::Delayed
            | Self::Activated { .. }
            | Self::Cancelled
            | Self::ChangeRefused
            | Self::SnapbackConfirmed { .. }
            | Self::SnapbackRefused { .. } => None,
        }
    }

    /// The numbers it is about, when they may be some of the order's; empty: all.
    pub fn tns(&self) -> &[Tn] {
        match self {
            Self::Activated { tns } | Self::SnapbackConfirmed { tns } | Self::SnapbackRefused { tns } => tns,
            Self::Rejected
            | Self::UpdateRequired
            | Self::Delayed
            | Self::Foc { .. }
            | Self::Cancelled
            | Self::ChangeRefused => &[],
        }
    }

    /// Whether what was asked about the answered version must have arrived, or there would be no such answer.
    pub fn proves_receipt_of(&self, ask: &OrderAsk) -> bool {
        match (self, ask) {
            (
                Self::Rejected
                | Self::UpdateRequired
                | Self::Delayed
                | Self::Foc { .. }
                | Self::Activated { .. },
                OrderAsk::Submit | OrderAsk::Supplement { .. },
            )
            | (Self::Cancelled | Self::ChangeRefused, OrderAsk::Cancel)
            | (Self::ChangeRefused, OrderAsk::Supplement { .. }) => true,
            (Self::Activated { tns }, OrderAsk::Activate { tns: asked })
            | (
                Self::SnapbackConfirmed { tns } | Self::SnapbackRefused { tns },
                OrderAsk::Snapback { tns: asked, .. },
            ) => tns.is_empty() || asked.is_empty() || tns.iter().any(|tn| asked.contains(tn)),
            (
                Self::Rejected
                | Self::UpdateRequired
                | Self::Delayed
                | Self::Foc { .. }
                | Self::Activated { .. },
                OrderAsk::Cancel | OrderAsk::Snapback { .. } | OrderAsk::EnableMessaging { .. },
            )
            | (
                Self::Rejected | Self::UpdateRequired | Self::Delayed | Self::Foc { .. },
                OrderAsk::Activate { .. },
            )
            | (
                Self::Cancelled,
                OrderAsk::Submit
                | OrderAsk::Supplement { .. }
                | OrderAsk::Activate { .. }
                | OrderAsk::Snapback { .. }
                | OrderAsk::EnableMessaging { .. },
            )
            | (
                Self::ChangeRefused,
                OrderAsk::Submit
                | OrderAsk::Activate { .. }
                | OrderAsk::Snapback { .. }
                | OrderAsk::EnableMessaging { .. },
            )
            | (
                Self::SnapbackConfirmed { .. } | Self::SnapbackRefused { .. },
                OrderAsk::Submit
                | OrderAsk::Supplement { .. }
                | OrderAsk::Cancel
                | OrderAsk::Activate { .. }
                | OrderAsk::EnableMessaging { .. },
            ) => false,
        }
    }

    /// Whether it makes no sense without a reason.
    const fn needs_a_reason(&self) -> bool {
        match self {
            Self::Rejected | Self::UpdateRequired | Self::SnapbackRefused { .. } => true,
            Self::Delayed
            | Self::Foc { .. }
            | Self::Activated { .. }
            | Self::Cancelled
            | Self::ChangeRefused
            | Self::SnapbackConfirmed { .. } => false,
        }
    }
}

/// One answer to one version of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierAnswer {
    /// Unique per carrier partner; the same when the answer is delivered again.
    pub answer_id: String,
    /// The request.
    pub pon: Pon,
    /// The version it answers.
    pub ver: Ver,
    /// What it says.
    pub said: Said,
    /// Why, exactly as received.
    pub reasons: Vec<RawReason>,
    /// When the carrier gave it.
    pub answered_at: Timestamp,
}

/// A reason in our words, with the carrier's beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledReason {
    /// The number it is about; none: the whole request.
    pub tn: Option<Tn>,
    /// What it means and what follows.
    pub explanation: Explanation,
    /// The code exactly as received.
    pub raw_code: String,
    /// The text exactly as received.
    pub raw_text: String,
}

impl CompiledReason {
    /// Whether nobody knows the code, so that a person has to look.
    pub fn is_unmapped(&self) -> bool {
        self.explanation.reason == Reason::Unmapped
    }
}

impl CarrierAnswer {
    /// Its reasons in our words: all of them, in order, and never none where one is needed. A rejection without a
    /// reason is as unclear as one with an unknown code, and a person looks at both.
    pub fn compile(&self, vocabulary: &Vocabulary) -> Vec<CompiledReason> {
        let unexplained = RawReason {
            tn: None,
            code: String::new(),
            text: String::new(),
        };
        let is_silent = self.reasons.is_empty() && self.said.needs_a_reason();
        let missing = is_silent.then_some(&unexplained);
        self.reasons
            .iter()
            .chain(missing)
            .flat_map(|raw| compile_one(raw, vocabulary))
            .collect()
    }
}

/// A vendor's wrapper may hold several codes. Where a carrier leaves the code empty, the text is read instead.
fn compile_one(raw: &RawReason, vocabulary: &Vocabulary) -> Vec<CompiledReason> {
    let readable = if raw.code.trim().is_empty() {
        &raw.text
    } else {
        &raw.code
    };
    reasons::explain_all(vocabulary, readable)
        .into_iter()
        .map(|explanation| CompiledReason {
            tn: raw.tn,
            explanation,
            raw_code: raw.code.clone(),
            raw_text: raw.text.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use reasons::{Network, ReasonClass};

    use super::*;

    fn answer(said: Said, reasons: &[(&str, &str)]) -> CarrierAnswer {
        let raw = |(code, text): &(&str, &str)| RawReason {
            tn: None,
            code: (*code).to_owned(),
            text: (*text).to_owned(),
        };
        CarrierAnswer {
            answer_id: "A1".to_owned(),
            pon: "PI-1".parse().unwrap(),
            ver: Ver::FIRST,
            said,
            reasons: reasons.iter().map(raw).collect(),
            answered_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn wireless(carrier: &str) -> Vocabulary {
        Vocabulary {
            carrier: Some(carrier.parse().unwrap()),
            network: Some(Network::Wireless),
        }
    }

    #[test]
    fn all_reasons_are_listed_in_the_words_of_the_carrier_that_gave_them() {
        type Raw = &'static [(&'static str, &'static str)];
        const WRAPPER: &str = "951 ERROR statusReasonCode - 8A ~ no such account";
        let cases: [(&str, Said, Raw, &[Reason]); 8] = [
            ("sim-wireless", Said::Rejected, &[("8C", "pin")], &[Reason::Pin]),
            (
                "sim-wireless",
                Said::Rejected,
                &[("8C", ""), ("8a", "")],
                &[Reason::Pin, Reason::AccountNumber],
            ),
            ("tmobile", Said::Rejected, &[("6B", "")], &[Reason::Pin]),
            (
                "sim-wireless",
                Said::Rejected,
                &[("6B", "")],
                &[Reason::InternalPort],
            ),
            (
                "sim-wireless",
                Said::UpdateRequired,
                &[("", WRAPPER)],
                &[Reason::AccountNumber],
            ),
            (
                "sim-wireless",
                Said::Rejected,
                &[("9Z9", "?")],
                &[Reason::Unmapped],
            ),
            ("sim-wireless", Said::Rejected, &[], &[Reason::Unmapped]),
            ("sim-wireless", Said::Delayed, &[], &[]),
        ];
        for (carrier, said, raw, expected) in cases {
            let compiled = answer(said, raw).compile(&wireless(carrier));
            let reasons: Vec<Reason> = compiled.iter().map(|reason| reason.explanation.reason).collect();
            assert_eq!(reasons, expected, "{carrier} {raw:?}");
            for (reason, (code, text)) in compiled.iter().zip(raw) {
                assert_eq!(
                    (reason.raw_code.as_str(), reason.raw_text.as_str()),
                    (*code, *text)
                );
            }
        }
    }

    #[test]
    fn what_nobody_knows_is_for_a_person() {
        let compiled = answer(Said::Rejected, &[("9Z9", "?")]).compile(&Vocabulary::default());
        assert!(compiled[0].is_unmapped());
        assert_eq!(compiled[0].explanation.class, ReasonClass::Manual);
    }

    fn tns(lines: &[u16]) -> Vec<Tn> {
        lines
            .iter()
            .map(|line| format!("+1201555{line:04}").parse().unwrap())
            .collect()
    }

    #[test]
    fn an_answer_proves_that_what_it_answers_arrived() {
        let asked = |lines: &[u16]| tns(lines).into_iter().collect::<BTreeSet<Tn>>();
        let asks = [
            OrderAsk::Submit,
            OrderAsk::Supplement { date_only: true },
            OrderAsk::Cancel,
            OrderAsk::Activate { tns: asked(&[1, 2]) },
            OrderAsk::Activate { tns: asked(&[3]) },
            OrderAsk::Activate { tns: asked(&[]) },
            OrderAsk::Snapback {
                tns: asked(&[1, 2]),
                reason: String::new(),
            },
            OrderAsk::EnableMessaging {
                tns: asked(&[1, 2]),
                campaign: String::new(),
            },
        ];
        let at = Timestamp::UNIX_EPOCH;
        let cases = [
            (Said::Rejected, "yy......"),
            (Said::UpdateRequired, "yy......"),
            (Said::Delayed, "yy......"),
            (Said::Foc { at }, "yy......"),
            (Said::Activated { tns: vec![] }, "yy.yyy.."),
            (Said::Activated { tns: tns(&[2]) }, "yy.y.y.."),
            (Said::Cancelled, "..y....."),
            (Said::ChangeRefused, ".yy....."),
            (Said::SnapbackConfirmed { tns: tns(&[1]) }, "......y."),
            (Said::SnapbackConfirmed { tns: tns(&[3]) }, "........"),
            (Said::SnapbackRefused { tns: vec![] }, "......y."),
        ];
        for (said, expected) in cases {
            let proven = asks.iter().map(|ask| said.proves_receipt_of(ask));
            let proven: String = proven.map(|proven| if proven { 'y' } else { '.' }).collect();
            assert_eq!(proven, expected, "{said:?}");
        }
    }
}
