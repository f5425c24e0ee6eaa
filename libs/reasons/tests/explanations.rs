//! Which code of which carrier means what, and what every reason offers.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use reasons::{
    Actor, Crosswalk, Field, Mapping, Network, Reason, ReasonClass, Vocabulary, explain, explain_all,
};

fn carrier(id: &str) -> Vocabulary {
    Vocabulary {
        carrier: Some(id.parse().unwrap()),
        network: None,
    }
}

fn network(network: Network) -> Vocabulary {
    Vocabulary {
        carrier: None,
        network: Some(network),
    }
}

/// The reason and class of a code, as programs see them.
fn verdict(vocabulary: &Vocabulary, raw: &str) -> (&'static str, &'static str) {
    let explanation = explain(vocabulary, raw);
    (explanation.reason.code(), explanation.class.code())
}

/// The rows of the crosswalk: vocabulary, code, reason, class.
fn rows() -> Vec<[&'static str; 4]> {
    let file = include_str!("../data/reject_codes.csv");
    let columns = |row: &'static str| {
        let mut columns = row.split(',');
        [(); 4].map(|()| columns.next().unwrap())
    };
    file.lines().skip(1).map(columns).collect()
}

#[test]
fn codes_of_wireless_carriers_name_the_data_at_fault() {
    let cases = [
        ("8A", "ACCOUNT_NUMBER", Some(Field::AccountNumber)),
        ("8B", "TAX_ID", Some(Field::TaxId)),
        ("8C", "PIN", Some(Field::Pin)),
        ("8D", "ZIP", Some(Field::PostalCode)),
        ("8E", "FIRST_NAME", Some(Field::FirstName)),
        ("8F", "LAST_NAME", Some(Field::LastName)),
        ("8G", "BUSINESS_NAME", Some(Field::CompanyName)),
        ("6C", "ALL_DATA_MISMATCH", None),
    ];
    for (code, reason, field) in cases {
        for vocabulary in [
            carrier("anybody"),
            carrier("tmobile"),
            carrier("bandwidth"),
            network(Network::Wireless),
        ] {
            let explanation = explain(&vocabulary, code);
            assert_eq!(
                verdict(&vocabulary, code),
                (reason, "fix"),
                "{vocabulary:?} {code}"
            );
            assert_eq!(
                (explanation.field, explanation.actor),
                (field, Actor::Customer),
                "{code}"
            );
        }
    }
}

#[test]
fn a_code_means_what_its_own_carrier_means_by_it() {
    assert_eq!(verdict(&carrier("tmobile"), "6B"), ("PIN", "fix"));
    assert_eq!(verdict(&carrier("t-mobile"), "6B"), ("PIN", "fix"));
    assert_eq!(verdict(&carrier("bandwidth"), "6B"), ("INTERNAL_PORT", "reroute"));
    assert_eq!(verdict(&carrier("anybody"), "6B"), ("INTERNAL_PORT", "reroute"));
    assert_eq!(verdict(&carrier("telnyx"), "SV_CONFLICT"), ("CONFLICT", "manual"));
    assert_eq!(
        verdict(&carrier("bandwidth"), "SV_CONFLICT"),
        ("UNMAPPED", "manual")
    );
    assert_eq!(verdict(&carrier("anybody"), "7435"), ("UNMAPPED", "manual"));
}

#[test]
fn a_carrier_of_one_network_does_not_speak_the_others_codes() {
    assert_eq!(verdict(&network(Network::Wireline), "E14"), ("BTN", "fix"));
    assert_eq!(
        verdict(&network(Network::Wireless), "E14"),
        ("UNMAPPED", "manual")
    );
    assert_eq!(verdict(&network(Network::Wireline), "8A"), ("UNMAPPED", "manual"));
    assert_eq!(verdict(&Vocabulary::default(), "E14"), ("BTN", "fix"));
    let tmobile = Vocabulary {
        network: Some(Network::Wireless),
        ..carrier("tmobile")
    };
    assert_eq!(verdict(&tmobile, "6B"), ("PIN", "fix"));
    assert_eq!(verdict(&tmobile, "8D"), ("ZIP", "fix"));
}

#[test]
fn what_must_happen_follows_from_the_code() {
    let cases = [
        ("6A", "TN_NOT_FOUND", "cancel"),
        ("6D", "TN_NOT_ACTIVE", "customer"),
        ("6P", "PORT_PROTECTION", "customer"),
        ("6M", "PENDING_ORDER", "customer"),
        ("6N", "PENDING_ORDER", "customer"),
        ("E19", "PENDING_ORDER", "customer"),
        ("E6d", "LINE_FREEZE", "customer"),
        ("6H", "SYSTEM_OUTAGE", "delay"),
        ("6J", "WORKLOAD", "delay"),
        ("6L", "OUTSIDE_HOURS", "delay"),
        ("1B", "WORKLOAD", "delay"),
        ("1C", "NETWORK_NOT_READY", "delay"),
        ("E6h", "NEW_BTN_REQUIRED", "fix"),
        ("E24", "MIGRATION_INDICATOR", "fix"),
        ("E25", "FEATURE_DSL", "customer"),
        ("6R", "MULTI_LINE", "split"),
        ("E9999", "SPLIT_REQUIRED", "split"),
    ];
    for (code, reason, class) in cases {
        assert_eq!(verdict(&Vocabulary::default(), code), (reason, class), "{code}");
    }
}

#[test]
fn case_space_and_wrappers_do_not_change_a_code() {
    let wrapped = "951 Order rejected ~ statusReasonCode - 8A ~ statusReasonDescription - Account Number";
    for raw in [
        "8A",
        "8a",
        " 8A ",
        "8 a",
        "\t8A\n",
        wrapped,
        "statusReasonCode: 8a",
        "StatusReasonCode=\"8A\"",
    ] {
        let explanation = explain(&carrier("anybody"), raw);
        assert_eq!(
            (explanation.reason, explanation.code.as_str()),
            (Reason::AccountNumber, "8A"),
            "{raw:?}"
        );
        assert_eq!(explanation.raw, raw);
    }
    assert_eq!(verdict(&carrier("anybody"), "e6D"), ("LINE_FREEZE", "customer"));
    assert_eq!(
        verdict(&carrier("telnyx"), "passcode_pin_invalid"),
        ("PIN", "fix")
    );
}

#[test]
fn several_codes_in_one_text_are_all_explained() {
    let raw = "951 statusReasonCode - 8A ~ x ~ statusReasonCode - ZZ9 ~ statusReasonCode - 8C ~ statusReasonCode - 8A";
    let reasons: Vec<_> = explain_all(&carrier("anybody"), raw)
        .iter()
        .map(|explanation| explanation.reason)
        .collect();
    assert_eq!(reasons, [Reason::AccountNumber, Reason::Unmapped, Reason::Pin]);
    assert_eq!(explain_all(&carrier("anybody"), "8C").len(), 1);
}

#[test]
fn an_unknown_code_goes_to_a_person_with_what_the_carrier_sent() {
    for raw in [
        "ZZ9",
        "",
        "951",
        "statusReasonCode - ",
        "951 statusReasonCode - ZZ9 ~",
        "OK",
        "success",
    ] {
        let explanation = explain(&carrier("anybody"), raw);
        assert_eq!(
            (explanation.reason, explanation.class),
            (Reason::Unmapped, ReasonClass::Manual),
            "{raw:?}"
        );
        assert_eq!((explanation.actor, explanation.raw.as_str()), (Actor::Us, raw));
    }
    assert_eq!(
        explain(&carrier("anybody"), "951 statusReasonCode - zz9 ~").code,
        "ZZ9"
    );
}

#[test]
fn a_locked_google_voice_number_comes_with_the_way_to_unlock_it() {
    let explanation = explain(&carrier("bandwidth"), "7520");
    assert_eq!(
        (explanation.reason, explanation.class),
        (Reason::PlatformLock, ReasonClass::Customer)
    );
    assert!(
        explanation.remedy.contains("unlock in Google Voice"),
        "{}",
        explanation.remedy
    );
    assert!(explanation.remedy.contains("www.google.com/voice/unlock"));
}

#[test]
fn operators_can_map_what_no_carrier_documents() {
    let mapping = |vocabulary: &str, code: &str, reason| Mapping {
        vocabulary: vocabulary.to_owned(),
        code: code.to_owned(),
        reason,
    };
    let crosswalk = Crosswalk::built_in().clone().with_mappings([
        mapping("acme", "ubr", Reason::UnsatisfactoryRelationship),
        mapping("acme", "8A", Reason::ResoldAccount),
    ]);
    assert_eq!(
        crosswalk.explain(&carrier("acme"), "UBR").reason,
        Reason::UnsatisfactoryRelationship
    );
    assert_eq!(
        crosswalk.explain(&carrier("acme"), "8a").reason,
        Reason::ResoldAccount
    );
    assert_eq!(
        crosswalk.explain(&carrier("anybody"), "8a").reason,
        Reason::AccountNumber
    );
    assert_eq!(explain(&carrier("acme"), "UBR").reason, Reason::Unmapped);
}

#[test]
fn every_row_of_the_crosswalk_is_explained_as_it_says() {
    let rows = rows();
    assert_eq!(rows.len(), 118);
    for [vocabulary, code, reason, class] in &rows {
        let explanation = explain(&carrier(vocabulary), code);
        assert_eq!(
            (explanation.reason.code(), explanation.class.code()),
            (*reason, *class),
            "{vocabulary} {code}"
        );
    }
    let distinct: BTreeSet<_> = rows.iter().map(|row| (row[0], row[1].to_uppercase())).collect();
    assert_eq!(
        distinct.len(),
        rows.len(),
        "no two rows are one code after normalising"
    );
}

#[test]
fn every_reason_is_in_use_and_says_what_to_do() {
    let mut used: BTreeSet<&str> = rows().iter().map(|row| row[2]).collect();
    used.extend(["UNSATISFACTORY_RELATIONSHIP", "RESOLD_ACCOUNT", "UNMAPPED"]);
    let ours: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(ours, used);

    let mut remedies = BTreeMap::new();
    for reason in Reason::ALL {
        assert_eq!(reason.code().parse(), Ok(*reason));
        assert!(
            reason.remedy().ends_with('.') && reason.remedy().len() > 30,
            "{reason}"
        );
        assert!(
            reason.meaning().ends_with('.') && !reason.meaning().contains("  "),
            "{reason}"
        );
        assert!(
            !reason.remedy().contains("  ") && !reason.remedy().contains('\n'),
            "{reason}"
        );
        let confirms = reason.remedy().contains("confirm here");
        assert_eq!(confirms, reason.is_settled_by_confirming(), "{reason}");
        assert!(
            reason.class() != ReasonClass::Delay || reason.fields().is_empty(),
            "{reason} asks for no data"
        );
        remedies
            .entry(reason.remedy())
            .or_insert_with(Vec::new)
            .push(*reason);
    }
    remedies.retain(|_, reasons| reasons.len() > 1);
    let shared: Vec<_> = remedies.into_values().collect();
    assert_eq!(shared, [[Reason::MultiLine, Reason::SplitRequired]]);
}

#[test]
fn who_acts_follows_from_the_class() {
    for reason in Reason::ALL {
        let is_expected = match reason.class() {
            ReasonClass::Fix | ReasonClass::Split | ReasonClass::Cancel => reason.actor() == Actor::Customer,
            ReasonClass::Customer => matches!(reason.actor(), Actor::Customer | Actor::EndUser),
            ReasonClass::Delay => matches!(reason.actor(), Actor::LosingCarrier | Actor::GainingCarrier),
            ReasonClass::Reroute | ReasonClass::Manual => reason.actor() == Actor::Us,
        };
        assert!(is_expected, "{reason}");
    }
}

#[test]
fn words_travel_as_their_codes() {
    assert_eq!(serde_json::to_string(&Reason::Pin).unwrap(), "\"PIN\"");
    assert_eq!(
        serde_json::from_str::<ReasonClass>("\"fix\"").unwrap(),
        ReasonClass::Fix
    );
    assert!(serde_json::from_str::<Field>("\"PIN\"").is_err());
    assert_eq!("losing_carrier".parse(), Ok(Actor::LosingCarrier));
}

proptest! {
    #[test]
    fn whatever_a_carrier_sends_is_kept_and_explained(raw in "(.|statusReasonCode|é){0,60}") {
        for explanation in explain_all(&Vocabulary::default(), &raw) {
            prop_assert_eq!(&explanation.raw, &raw);
        }
    }
}
