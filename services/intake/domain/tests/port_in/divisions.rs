//! Which numbers go together.

use intake_domain::port_in::{
    Detail, NumberState, Order, OrderNumber, OrderRecord, Override, Overrides, PartKind, StateName,
};
use types::Secret;

use crate::orders::{ONE, TWO, number, order_in, tn};

const TOLL_FREE: &str = "+18005552368";
const OTHER_TOLL_FREE: &str = "+18885552369";
const NEW_BTN: &str = "+12018670150";

fn with(tn: &str, overrides: Vec<Override>) -> OrderNumber {
    OrderNumber {
        overrides: overrides.into_iter().fold(Overrides::default(), Overrides::with),
        ..number(tn, NumberState::Draft)
    }
}

fn draft(numbers: Vec<OrderNumber>, details: Vec<Detail>) -> Order {
    let draft = order_in(StateName::Draft).edit(details).unwrap().order;
    Order::restore(OrderRecord {
        numbers,
        ..draft.record().clone()
    })
}

/// The numbers of each part.
fn parts(numbers: Vec<OrderNumber>) -> Vec<Vec<String>> {
    let division = draft(numbers, Vec::new()).division();
    let tns = division.parts.iter().map(intake_domain::port_in::Part::tns);
    tns.map(|tns| tns.iter().map(ToString::to_string).collect())
        .collect()
}

#[test]
fn each_difference_that_a_carrier_sees_makes_a_part_and_no_other_does() {
    let one = || with(ONE, Vec::new());
    let carrier = || Override::LosingCarrier(Some("sim-cable".parse().unwrap()));
    let account = || Override::AccountNumber(Some(Secret::new("OTHER-1")));
    let btn = |of: &str| Override::Btn(Some(tn(of)));
    let signer = || Override::AuthorizedBy(Some("Bo Kay".parse().unwrap()));
    let part = || Override::Part(Some("annex".parse().unwrap()));
    let resp_org = |id: &str| Override::RespOrg(Some(id.parse().unwrap()));
    let apart = [carrier(), account(), btn(NEW_BTN), signer(), part()];
    for differs in apart {
        let two = with(TWO, vec![differs.clone()]);
        assert_eq!(parts(vec![one(), two]), [vec![ONE], vec![TWO]], "{differs:?}");
    }
    // What says the same as the order is no difference; a RespOrg is nothing to a local number.
    let same_carrier = Override::LosingCarrier(Some("sim-wireless".parse().unwrap()));
    for same in [same_carrier, btn(ONE), resp_org("ATX01")] {
        let two = with(TWO, vec![same.clone()]);
        assert_eq!(parts(vec![one(), two]), [vec![ONE, TWO]], "{same:?}");
    }
    let alike = || vec![carrier(), account(), btn(NEW_BTN)];
    assert_eq!(
        parts(vec![with(ONE, alike()), with(TWO, alike())]),
        [vec![ONE, TWO]]
    );
    let toll_free = |tn: &str, id: &str| with(tn, vec![resp_org(id)]);
    assert_eq!(
        parts(vec![
            one(),
            toll_free(TOLL_FREE, "ATX01"),
            toll_free(OTHER_TOLL_FREE, "ATX01")
        ]),
        [vec![ONE], vec![TOLL_FREE, OTHER_TOLL_FREE]]
    );
    assert_eq!(
        parts(vec![
            toll_free(TOLL_FREE, "ATX01"),
            toll_free(OTHER_TOLL_FREE, "BXA02")
        ]),
        [vec![TOLL_FREE], vec![OTHER_TOLL_FREE]]
    );
}

#[test]
fn a_part_has_what_is_its_own_and_of_the_order_what_holds_for_it() {
    let elsewhere = vec![Override::LosingCarrier(Some("sim-cable".parse().unwrap()))];
    let numbers = vec![
        with(ONE, Vec::new()),
        with(TWO, elsewhere),
        with(TOLL_FREE, Vec::new()),
    ];
    let details = vec![
        Detail::Partial(true),
        Detail::NewBtn(Some(tn(NEW_BTN))),
        Detail::RespOrg(Some("ATX01".parse().unwrap())),
    ];
    let division = draft(numbers, details).division();
    let shown: Vec<_> = division
        .parts
        .iter()
        .map(|part| {
            let alone = division.order_of(part);
            let details = &alone.record().details;
            assert!(
                alone
                    .record()
                    .numbers
                    .iter()
                    .all(|number| number.overrides == Overrides::default())
            );
            (
                part.key.kind,
                details.account_number.is_some(),
                details.btn,
                details.new_btn,
                details.resp_org.is_some(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (PartKind::Local, true, Some(tn(ONE)), Some(tn(NEW_BTN)), false),
            // Another carrier's account and BTN are not the order's.
            (PartKind::Local, false, None, None, false),
            (PartKind::TollFree, true, None, None, true),
        ]
    );
}

#[test]
fn a_parent_sums_up_and_is_left_by_its_children_alone() {
    let parent = draft(vec![with(ONE, Vec::new())], Vec::new());
    let division = parent.division();
    let now = crate::orders::now();
    let id = types::OrderId::generate();
    let child = division.child(&division.parts[0], id, parent.record().request_number, now);
    assert_eq!(child.record().parent.unwrap().id, parent.record().id);
    let divided = parent
        .divide(&[child], intake_domain::port_in::AtCarrier::Nothing, now)
        .unwrap();
    assert!(divided.order.record().numbers.is_empty() && divided.facts.len() == 1);
    assert_eq!(divided.order.record().state.name(), StateName::Submitted);
    assert!(divided.order.clone().confirm_remedy(now).is_err());
    assert!(divided.order.clone().edit(Vec::new()).is_err());
    assert_eq!(divided.order.next_due(), None);
}
